import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { readAudit } from '../src/audit-report.ts'
import type { LockedPackage } from '../src/licences.ts'
import { findLicenceFaults } from '../src/licences.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')

describe('licences', () => {
  it('of everything that is installed here are agreed to', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, LockedPackage>
    }

    expect(Object.keys(packages).length).toBeGreaterThan(100)
    expect(findLicenceFaults(packages)).toEqual([])
  })

  it('that nobody agreed to are named', () => {
    const faults = findLicenceFaults({
      'node_modules/fine': { license: '(MIT OR GPL-3.0-only)' },
      'node_modules/half': { license: 'MIT AND GPL-3.0-only' },
      'node_modules/@x/silent': {},
      'node_modules/@zoetrope/api': { link: true },
    })

    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      '@x/silent is under no licence that it names',
      'half is under MIT AND GPL-3.0-only',
    ])
  })
})

describe('known faults', () => {
  it('that are grave stand apart', () => {
    const fault = { range: '<2', fixAvailable: true }
    const { grave, others } = readAudit({
      vulnerabilities: {
        a: { name: 'a', severity: 'critical', ...fault },
        b: { name: 'b', severity: 'moderate', ...fault, fixAvailable: { name: 'c', version: '3.0.0' } },
      },
    })

    expect(grave).toEqual(['a <2: critical, mended by `npm audit fix`'])
    expect(others).toEqual(['b <2: moderate, mended by c@3.0.0'])
  })

  it('are not none where the registry did not answer', () => {
    expect(() => readAudit({ message: '503 Service Unavailable' })).toThrow('The registry gave no audit: 503')
  })
})
