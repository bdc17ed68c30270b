import { describe, expect, it } from '@jest/globals'

import { generateApp } from '../src/generate-app.ts'
import { generateTrigger } from '../src/generate-trigger.ts'
import type { TriggerOptions } from '../src/trigger-kind.ts'
import { snapshotOf, textOf, workspaceTree } from './workspace-tree.ts'

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>
}

describe('nx g app', () => {
  it('writes every file of an app, and the places outside that list apps', () => {
    const tree = workspaceTree()
    const before = Object.keys(snapshotOf(tree))

    generateApp(tree, { name: 'captions', summary: 'Captions of films.' })

    const made = Object.keys(snapshotOf(tree)).filter((path) => !before.includes(path))
    expect(made.toSorted()).toEqual([
      'apps/captions/README.md',
      'apps/captions/host.json',
      'apps/captions/package.json',
      'apps/captions/project.json',
      'apps/captions/src/config.ts',
      'apps/captions/src/edge.ts',
      'apps/captions/src/main.ts',
      'apps/captions/src/wiring.ts',
      'apps/captions/test/functions.itest.ts',
    ])
    expect(textOf(tree, 'ARCHITECTURE.md')).toContain('| `apps/captions` | captions of films |')
    expect(textOf(tree, 'docs/operations/tuning.md')).toContain('| captions | functionTimeout | 00:10:00 |')
    expect(JSON.parse(textOf(tree, 'apps/observed-operations.json'))).toMatchObject({ captions: [] })
    const lock = JSON.parse(textOf(tree, 'package-lock.json')) as LockFile
    expect(lock.packages['apps/captions']?.dependencies).toEqual({
      '@zoetrope/app-kit': expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
    expect(lock.packages['node_modules/@zoetrope/captions']).toEqual({
      resolved: 'apps/captions',
      link: true,
    })
  })

  it('marks an app with native code', () => {
    const tree = workspaceTree()

    generateApp(tree, { name: 'captions', native: true })

    expect(JSON.parse(textOf(tree, 'apps/captions/project.json'))).toMatchObject({
      tags: ['layer:app', 'runtime:native'],
    })
  })

  it.each([
    ['Captions', /lower-case words/],
    ['a-name-that-is-far-too-long', /at most 16 characters/],
    ['api', /already a project "api" in apps/],
    ['contracts', /already a project "contracts" in libs/],
    ['../outside', /lower-case words/],
    ['', /lower-case words/],
    ['café', /lower-case words/],
    ['con', /Windows/],
    ['media', /storage account/],
    ['deployer', /whoever deploys/],
    ['console', /already a project/],
  ])('refuses the name %s and writes nothing', (name, message) => {
    const tree = workspaceTree()
    const before = snapshotOf(tree)

    expect(() => generateApp(tree, { name })).toThrow(message)
    expect(snapshotOf(tree)).toEqual(before)
  })
})

describe('nx g trigger', () => {
  const examples: readonly { options: TriggerOptions; file: string; source: string; row: string }[] = [
    {
      options: {
        name: 'reports-get',
        app: 'api',
        kind: 'http',
        route: 'v1/reports/{reportId}',
        method: ['GET', 'PUT'],
      },
      file: 'reports-get.http.ts',
      source: "auth: 'tenant'",
      row: '| `reports-get` | HTTP GET, PUT `/v1/reports/{reportId}` |',
    },
    {
      options: { name: 'reports-write', app: 'relay', kind: 'queue', queue: 'reports-wanted' },
      file: 'reports-write.queue.ts',
      source: 'schema: ReportsWantedMessage',
      row: '| `reports-write` | queue `reports-wanted` |',
    },
    {
      options: { name: 'reports-sweep', app: 'relay', kind: 'timer', schedule: '0 */5 * * * *' },
      file: 'reports-sweep.timer.ts',
      source: "schedule: '%ZOETROPE_RELAY_REPORTS_SWEEP_SCHEDULE%'",
      row: '| `reports-sweep` | timer `ZOETROPE_RELAY_REPORTS_SWEEP_SCHEDULE` |',
    },
    {
      options: { name: 'assets-count', app: 'images', kind: 'changeFeed', container: 'library' },
      file: 'assets-count.changefeed.ts',
      source: "containerName: 'library'",
      row: '| `assets-count` | change feed of `library` |',
    },
  ]

  it.each(examples)(
    'writes $file with its line in main.ts, its row and its test',
    ({ options, file, source, row }) => {
      const tree = workspaceTree()

      generateTrigger(tree, options)

      const folder = `apps/${options.app}`
      expect(textOf(tree, `${folder}/src/functions/${file}`)).toContain(source)
      expect(textOf(tree, `${folder}/src/main.ts`)).toContain(`import './functions/${file}'`)
      expect(textOf(tree, `${folder}/README.md`)).toContain(row)
      expect(textOf(tree, `${folder}/test/functions.itest.ts`)).toContain(`startApp('${options.app}')`)
    },
  )

  it('declares a new queue with its messages, and the connection of an app that had none', () => {
    const tree = workspaceTree()

    generateTrigger(tree, { name: 'reports-write', app: 'relay', kind: 'queue', queue: 'reports-wanted' })

    expect(textOf(tree, 'libs/contracts/src/resources.ts')).toMatch(
      /queueNames = \[[^\]]*'reports-wanted'[^\]]*\]/,
    )
    expect(textOf(tree, 'libs/contracts/src/messages.ts')).toContain('export const ReportsWantedMessage = ')
    expect(textOf(tree, 'libs/contracts/src/index.ts')).toMatch(
      /ReportsWantedMessage[^}]*\} from '.\/messages.ts'/,
    )
    expect(textOf(tree, 'apps/relay/src/config.ts')).toContain("connection('ZOETROPE_STORAGE'")
  })

  it('hears of the messages that failed too often, too', () => {
    const tree = workspaceTree()

    generateTrigger(tree, { name: 'reports-write', app: 'relay', kind: 'queue', queue: 'reports-wanted' })

    const poison = textOf(tree, 'apps/relay/src/functions/reports-write-poison.queue.ts')
    expect(poison).toContain("queueName: 'reports-wanted-poison'")
    expect(textOf(tree, 'apps/relay/src/main.ts')).toContain('./functions/reports-write-poison.queue.ts')
    expect(textOf(tree, 'apps/relay/README.md')).toContain(
      '| `reports-write-poison` | queue `reports-wanted-poison` |',
    )
  })

  it('has an app that begins to listen to queues say how, and lists what the host will do', () => {
    const tree = workspaceTree()

    generateTrigger(tree, { name: 'reports-write', app: 'relay', kind: 'queue', queue: 'reports-wanted' })

    expect(JSON.parse(textOf(tree, 'apps/relay/host.json'))).toMatchObject({
      extensions: { queues: { batchSize: 8, maxDequeueCount: 5 } },
    })
    expect(textOf(tree, 'docs/operations/tuning.md')).toContain('| relay | extensions.queues.batchSize | 8 |')
    const { relay } = JSON.parse(textOf(tree, 'apps/observed-operations.json')) as Record<string, unknown>
    expect(relay).toContainEqual({
      account: 'media-storage',
      resource: 'queue:reports-wanted-poison',
      operation: 'PutMessage',
    })
  })

  it('declares the container that a change feed reads, its leases and its connection', () => {
    const tree = workspaceTree()

    generateTrigger(tree, { name: 'assets-count', app: 'images', kind: 'changeFeed', container: 'library' })

    const config = textOf(tree, 'apps/images/src/config.ts')
    expect(config).toMatch(/connection\('ZOETROPE_COSMOS', \{ account: 'cosmos'/)
    expect(config).toMatch(/cosmosContainers: \{ reads: \['library', 'leases'\], writes: \['leases'\] \}/)
  })

  it('keeps the tests of an app in one file, and the list of its functions without the bare edge', () => {
    const tree = workspaceTree()
    generateApp(tree, { name: 'captions' })
    tree.write(
      'apps/captions/manifest.json',
      JSON.stringify({ name: 'captions', settings: [], functions: [] }),
    )

    generateTrigger(tree, { name: 'captions-sweep', app: 'captions', kind: 'timer', schedule: '0 0 3 * * *' })
    generateTrigger(tree, { name: 'films-list', app: 'captions', kind: 'http', route: 'v1/films' })

    expect(textOf(tree, 'apps/captions/src/main.ts')).toBe(
      "import './functions/captions-sweep.timer.ts'\nimport './functions/films-list.http.ts'\n",
    )
    expect(textOf(tree, 'apps/captions/test/functions.itest.ts').match(/^it\(/gm)).toHaveLength(3)
    expect(textOf(tree, 'apps/captions/src/config.ts')).toContain("'ZOETROPE_CAPTIONS_SWEEP_SCHEDULE'")
  })

  const common = { name: 'reports-get', app: 'relay' } as const
  it.each<[string, TriggerOptions, RegExp]>([
    [
      'a name without a verb',
      { ...common, name: 'reports', kind: 'http', route: 'v1/reports' },
      /<noun>-<verb>/,
    ],
    [
      'an unknown app',
      { ...common, app: 'captions', kind: 'http', route: 'v1/reports' },
      /There are api, delivery/,
    ],
    [
      'a static page',
      { ...common, app: 'console', kind: 'http', route: 'v1/reports' },
      /no function app "console"/,
    ],
    [
      'a name that is taken',
      { ...common, name: 'jobs-log', kind: 'timer', schedule: '0 * * * * *' },
      /already/,
    ],
    ['a missing option', { ...common, kind: 'http' }, /kind http needs --route/],
    [
      'an option of another kind',
      { ...common, kind: 'http', route: 'v1/reports', queue: 'x' },
      /--queue does not go with a trigger of kind http/,
    ],
    ['a route with a slash before it', { ...common, kind: 'http', route: '/v1/reports' }, /is no route/],
    [
      'a name that no code may have',
      { ...common, name: 'reports-2', kind: 'http', route: 'v1/reports' },
      /verb/,
    ],
    ['a parameter twice', { ...common, kind: 'http', route: 'v1/{a}/x/{a}' }, /\{a\} twice/],
    ['a route that leads up', { ...common, kind: 'http', route: 'v1/../admin' }, /is no route/],
    ['a route of the host in capitals', { ...common, kind: 'http', route: 'Admin/reports' }, /is no route/],
    [
      'a queue whose schema no code may have',
      { ...common, kind: 'queue', queue: '2fa-codes' },
      /a letter first/,
    ],
    ['hours that no day has', { ...common, kind: 'timer', schedule: '0 0 25 * * *' }, /is no schedule/],
    ['a step of nothing', { ...common, kind: 'timer', schedule: '0 */0 * * * *' }, /is no schedule/],
    ['half a range', { ...common, kind: 'timer', schedule: '0 5- * * * *' }, /is no schedule/],
    ['no summary', { ...common, kind: 'http', route: 'v1/reports', summary: ' ' }, /one line/],
    ['a route of the host', { ...common, kind: 'http', route: 'admin/reports' }, /is no route/],
    [
      'a route that is answered, whatever its parameter is called',
      { ...common, app: 'api', kind: 'http', route: 'v1/jobs/{id}' },
      /answers GET.* by "jobs-get"/,
    ],
    [
      'tenants where there are none',
      { ...common, kind: 'http', route: 'v1/reports', auth: 'tenant' },
      /relay knows no tenants/,
    ],
    ['a name that no queue may have', { ...common, kind: 'queue', queue: 'Reports' }, /no name for a queue/],
    ['a queue that has a listener', { ...common, kind: 'queue', queue: 'media-events' }, /of ingest listens/],
    [
      'the poison of a queue that is not there',
      { ...common, kind: 'queue', queue: 'reports-poison' },
      /no queue reports:/,
    ],
    [
      'an unknown container',
      { ...common, kind: 'changeFeed', container: 'films' },
      /There are library, jobs/,
    ],
    [
      'the container of the leases',
      { ...common, kind: 'changeFeed', container: 'leases' },
      /no Cosmos container/,
    ],
    ['five fields', { ...common, kind: 'timer', schedule: '* * * * *' }, /six fields/],
    [
      'a summary that ends its comment',
      { ...common, kind: 'http', route: 'v1/reports', summary: 'a */ b' },
      /one line/,
    ],
  ])('refuses %s and writes nothing', (_what, options, message) => {
    const tree = workspaceTree()
    const before = snapshotOf(tree)

    expect(() => generateTrigger(tree, options)).toThrow(message)
    expect(snapshotOf(tree)).toEqual(before)
  })
})
