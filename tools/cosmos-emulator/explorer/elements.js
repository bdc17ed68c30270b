/** An element with properties, attributes (those with a dash, and `role`), listeners (`onclick`) and children: nodes or text. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    if (name.includes('-') || name === 'role') element.setAttribute(name, value)
    else element[name] = value
  }
  element.append(...children.filter((child) => child !== undefined))
  return element
}

/** A table with a row for each of the rows: lists of text, numbers or nodes. */
export function table(label, columns, rows) {
  const cell = (value) =>
    el(
      'td',
      {
        className: typeof value === 'number' ? 'number' : '',
        title: value instanceof Node ? '' : String(value),
      },
      toNode(value),
    )
  return el(
    'div',
    { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': label },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...columns.map((column) => el('th', { scope: 'col' }, column)))),
      el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map(cell)))),
    ),
  )
}

/** A value as JSON, indented. */
export function json(value) {
  return el('pre', {}, JSON.stringify(value, null, 2))
}

/** Text in a fold. */
export function fold(summary, ...children) {
  return el('details', {}, el('summary', {}, summary), ...children)
}

/** A labelled field. */
export function field(label, input) {
  return el('label', {}, label, input)
}

/** Such as `1 result` or `2 results`. */
export function counted(count, name) {
  return `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`
}

/** A value in a cell: text as it is, the rest as JSON. */
export function cellText(value) {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function toNode(value) {
  return value instanceof Node ? value : String(value)
}
