import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { hostJsonFor, parseDurableBackend } from '../src/durable-backend.ts'
import { repoRoot } from '../src/repo-root.ts'

const hostJsonOf = (app: string): string => readFileSync(join(repoRoot, 'apps', app, 'host.json'), 'utf8')

describe('host.json of a package', () => {
  it('stands as it is for Azure Storage', () => {
    expect(hostJsonFor(hostJsonOf('workflows'), 'storage')).toBe(hostJsonOf('workflows'))
  })

  it('names the scheduler, and keeps all else', () => {
    const { extensions, ...rest } = JSON.parse(hostJsonFor(hostJsonOf('workflows'), 'dts'))
    const { storageProvider, ...durableTask } = extensions.durableTask
    expect(storageProvider).toEqual({
      type: 'azureManaged',
      connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
    })
    expect({ ...rest, extensions: { ...extensions, durableTask } }).toEqual(
      JSON.parse(hostJsonOf('workflows')),
    )
  })

  it('is the same for both where an app has no orchestrations', () => {
    expect(hostJsonFor(hostJsonOf('api'), 'dts')).toBe(hostJsonOf('api'))
  })

  it('is for back ends that there are', () => {
    expect(parseDurableBackend(undefined)).toBe('storage')
    expect(parseDurableBackend('')).toBe('storage')
    expect(parseDurableBackend('dts')).toBe('dts')
    expect(() => parseDurableBackend('netherite')).toThrow('ZOETROPE_DURABLE_BACKEND is "netherite"')
  })
})
