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

    generateApp(tree, { name: 'specimens', summary: 'Specimens of films.' })

    const made = Object.keys(snapshotOf(tree)).filter((path) => !before.includes(path))
    expect(made.toSorted()).toEqual([
      'apps/specimens/README.md',
      'apps/specimens/host.json',
      'apps/specimens/package.json',
      'apps/specimens/project.json',
      'apps/specimens/src/config.ts',
      'apps/specimens/src/edge.ts',
      'apps/specimens/src/main.ts',
      'apps/specimens/src/wiring.ts',
      'apps/specimens/test/functions.itest.ts',
    ])
    expect(textOf(tree, 'ARCHITECTURE.md')).toContain('| `apps/specimens` | specimens of films |')
    expect(textOf(tree, 'docs/operations/tuning.md')).toContain('| specimens | functionTimeout | 00:10:00 |')
    expect(JSON.parse(textOf(tree, 'apps/observed-operations.json'))).toMatchObject({ specimens: [] })
    const lock = JSON.parse(textOf(tree, 'package-lock.json')) as LockFile
    expect(lock.packages['apps/specimens']?.dependencies).toEqual({
      '@zoetrope/app-kit': expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
    expect(lock.packages['node_modules/@zoetrope/specimens']).toEqual({
      resolved: 'apps/specimens',
      link: true,
    })
  })

  it('marks an app with native code', () => {
    const tree = workspaceTree()

    generateApp(tree, { name: 'specimens', native: true })

    expect(JSON.parse(textOf(tree, 'apps/specimens/project.json'))).toMatchObject({
      tags: ['layer:app', 'runtime:native'],
    })
  })

  it.each([
    ['Specimens', /lower-case words/],
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
        name: 'exhibits-get',
        app: 'api',
        kind: 'http',
        route: 'v1/exhibits/{exhibitId}',
        method: ['GET', 'PUT'],
      },
      file: 'exhibits-get.http.ts',
      source: "auth: 'tenant'",
      row: '| `exhibits-get` | HTTP GET, PUT `/v1/exhibits/{exhibitId}` |',
    },
    {
      options: { name: 'exhibits-write', app: 'relay', kind: 'queue', queue: 'exhibits-wanted' },
      file: 'exhibits-write.queue.ts',
      source: 'schema: ExhibitsWantedMessage',
      row: '| `exhibits-write` | queue `exhibits-wanted` |',
    },
    {
      options: { name: 'exhibits-sweep', app: 'relay', kind: 'timer', schedule: '0 */5 * * * *' },
      file: 'exhibits-sweep.timer.ts',
      source: "schedule: '%ZOETROPE_RELAY_EXHIBITS_SWEEP_SCHEDULE%'",
      row: '| `exhibits-sweep` | timer `ZOETROPE_RELAY_EXHIBITS_SWEEP_SCHEDULE` |',
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

    generateTrigger(tree, { name: 'exhibits-write', app: 'relay', kind: 'queue', queue: 'exhibits-wanted' })

    expect(textOf(tree, 'libs/contracts/src/resources.ts')).toMatch(
      /queueNames = \[[^\]]*'exhibits-wanted'[^\]]*\]/,
    )
    expect(textOf(tree, 'libs/contracts/src/messages.ts')).toContain('export const ExhibitsWantedMessage = ')
    expect(textOf(tree, 'libs/contracts/src/index.ts')).toMatch(
      /ExhibitsWantedMessage[^}]*\} from '.\/messages.ts'/,
    )
    expect(textOf(tree, 'apps/relay/src/config.ts')).toContain("connection('ZOETROPE_STORAGE'")
  })

  it('hears of the messages that failed too often, too', () => {
    const tree = workspaceTree()

    generateTrigger(tree, { name: 'exhibits-write', app: 'relay', kind: 'queue', queue: 'exhibits-wanted' })

    const poison = textOf(tree, 'apps/relay/src/functions/exhibits-write-poison.queue.ts')
    expect(poison).toContain("queueName: 'exhibits-wanted-poison'")
    expect(textOf(tree, 'apps/relay/src/main.ts')).toContain('./functions/exhibits-write-poison.queue.ts')
    expect(textOf(tree, 'apps/relay/README.md')).toContain(
      '| `exhibits-write-poison` | queue `exhibits-wanted-poison` |',
    )
  })

  it('has an app that begins to listen to queues say how, and lists what the host will do', () => {
    const tree = workspaceTree()

    generateTrigger(tree, { name: 'exhibits-write', app: 'relay', kind: 'queue', queue: 'exhibits-wanted' })

    expect(JSON.parse(textOf(tree, 'apps/relay/host.json'))).toMatchObject({
      extensions: { queues: { batchSize: 8, maxDequeueCount: 5 } },
    })
    expect(textOf(tree, 'docs/operations/tuning.md')).toContain('| relay | extensions.queues.batchSize | 8 |')
    const { relay } = JSON.parse(textOf(tree, 'apps/observed-operations.json')) as Record<string, unknown>
    expect(relay).toContainEqual({
      account: 'media-storage',
      resource: 'queue:exhibits-wanted-poison',
      operation: 'PutMessage',
    })
  })

  it.each([
    ['0 */5 * * * *', true],
    ['*/10 * * * * *', false],
  ])('lists that the host reads when a timer ran last, if it runs seldom: %s', (schedule, isRead) => {
    const tree = workspaceTree()

    generateTrigger(tree, { name: 'exhibits-sweep', app: 'delivery', kind: 'timer', schedule })

    const { delivery } = JSON.parse(textOf(tree, 'apps/observed-operations.json')) as {
      delivery: { account: string; operation: string }[]
    }
    const seen = delivery.filter(({ account }) => account === 'host-storage')
    expect(seen.some(({ operation }) => operation === 'GetBlob')).toBe(isRead)
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
    generateApp(tree, { name: 'specimens' })
    tree.write(
      'apps/specimens/manifest.json',
      JSON.stringify({ name: 'specimens', settings: [], functions: [] }),
    )

    generateTrigger(tree, {
      name: 'specimens-sweep',
      app: 'specimens',
      kind: 'timer',
      schedule: '0 0 3 * * *',
    })
    generateTrigger(tree, { name: 'films-list', app: 'specimens', kind: 'http', route: 'v1/films' })

    expect(textOf(tree, 'apps/specimens/src/main.ts')).toBe(
      "import './functions/specimens-sweep.timer.ts'\nimport './functions/films-list.http.ts'\n",
    )
    expect(textOf(tree, 'apps/specimens/test/functions.itest.ts').match(/^it\(/gm)).toHaveLength(3)
    expect(textOf(tree, 'apps/specimens/src/config.ts')).toContain("'ZOETROPE_SPECIMENS_SWEEP_SCHEDULE'")
  })

  const common = { name: 'exhibits-get', app: 'relay' } as const
  it.each<[string, TriggerOptions, RegExp]>([
    [
      'a name without a verb',
      { ...common, name: 'exhibits', kind: 'http', route: 'v1/exhibits' },
      /<noun>-<verb>/,
    ],
    [
      'an unknown app',
      { ...common, app: 'specimens', kind: 'http', route: 'v1/exhibits' },
      /There are api, /,
    ],
    [
      'a static page',
      { ...common, app: 'console', kind: 'http', route: 'v1/exhibits' },
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
      { ...common, kind: 'http', route: 'v1/exhibits', queue: 'x' },
      /--queue does not go with a trigger of kind http/,
    ],
    ['a route with a slash before it', { ...common, kind: 'http', route: '/v1/exhibits' }, /is no route/],
    [
      'a name that no code may have',
      { ...common, name: 'exhibits-2', kind: 'http', route: 'v1/exhibits' },
      /verb/,
    ],
    ['a parameter twice', { ...common, kind: 'http', route: 'v1/{a}/x/{a}' }, /\{a\} twice/],
    ['a route that leads up', { ...common, kind: 'http', route: 'v1/../admin' }, /is no route/],
    ['a route of the host in capitals', { ...common, kind: 'http', route: 'Admin/exhibits' }, /is no route/],
    [
      'a queue whose schema no code may have',
      { ...common, kind: 'queue', queue: '2fa-codes' },
      /a letter first/,
    ],
    ['hours that no day has', { ...common, kind: 'timer', schedule: '0 0 25 * * *' }, /is no schedule/],
    ['a step of nothing', { ...common, kind: 'timer', schedule: '0 */0 * * * *' }, /is no schedule/],
    ['half a range', { ...common, kind: 'timer', schedule: '0 5- * * * *' }, /is no schedule/],
    ['no summary', { ...common, kind: 'http', route: 'v1/exhibits', summary: ' ' }, /one line/],
    ['a route of the host', { ...common, kind: 'http', route: 'admin/exhibits' }, /is no route/],
    [
      'a route that is answered, whatever its parameter is called',
      { ...common, app: 'api', kind: 'http', route: 'v1/jobs/{id}' },
      /answers GET.* by "jobs-get"/,
    ],
    [
      'tenants where there are none',
      { ...common, kind: 'http', route: 'v1/exhibits', auth: 'tenant' },
      /relay knows no tenants/,
    ],
    ['a name that no queue may have', { ...common, kind: 'queue', queue: 'Exhibits' }, /no name for a queue/],
    ['a queue that has a listener', { ...common, kind: 'queue', queue: 'media-events' }, /of ingest listens/],
    [
      'the poison of a queue that is not there',
      { ...common, kind: 'queue', queue: 'exhibits-poison' },
      /no queue exhibits:/,
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
      { ...common, kind: 'http', route: 'v1/exhibits', summary: 'a */ b' },
      /one line/,
    ],
  ])('refuses %s and writes nothing', (_what, options, message) => {
    const tree = workspaceTree()
    const before = snapshotOf(tree)

    expect(() => generateTrigger(tree, options)).toThrow(message)
    expect(snapshotOf(tree)).toEqual(before)
  })
})
