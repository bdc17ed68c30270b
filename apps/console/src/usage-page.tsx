import { formatMoney } from '@zoetrope/client'
import type { VNode } from 'preact'

import { usage } from './library.ts'

export function UsagePage(): VNode {
  const known = usage.value
  if (!known) return <p class="faint">Looking …</p>
  return (
    <div class="panel">
      <h1>Usage</h1>
      <p class="total">
        {formatMoney(known.total)}{' '}
        <span class="faint">
          {known.from} to {known.to}
        </span>
      </p>
      <table>
        <thead>
          <tr>
            <th>Day</th>
            <th>Operation</th>
            <th>Meter</th>
            <th class="number">Quantity</th>
            <th class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          {known.data.map((row) => (
            <tr key={`${row.day} ${row.operation} ${row.meter} ${row.billable}`}>
              <td>{row.day}</td>
              <td>{row.operation}</td>
              <td>
                {row.meter} {!row.billable && <span class="badge calm">not charged</span>}
              </td>
              <td class="number">
                {row.quantity.toLocaleString()} {row.unit}
              </td>
              <td class="number">{formatMoney(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
