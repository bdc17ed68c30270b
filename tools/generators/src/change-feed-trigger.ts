import { declareCosmos } from './declare-connections.ts'
import { changeFeedOperations } from './observed-operations.ts'
import { addToDescribedList } from './source-edit.ts'
import type { TriggerKind } from './trigger-kind.ts'

/** Where the host keeps what each change feed function has seen. */
const leaseContainer = 'leases'

/** A function that gets every change of a Cosmos container. */
export const changeFeedTrigger: TriggerKind = {
  required: ['container'],
  optional: [],
  plan({ options, summary, handlerName, resources }) {
    const { name, container = '' } = options
    const known = resources.cosmosContainers.filter(({ name: one }) => one !== leaseContainer)
    const spec = known.find((one) => one.name === container)
    if (!spec)
      throw new Error(
        `There is no Cosmos container "${container}". There are ${known.map((one) => one.name).join(', ')}.`,
      )
    const keys = spec.partitionKeyPaths.map((path) => path.slice(1)).filter((key) => key !== 'id')
    const fields = ['id', ...keys].map((key) => `${key}: '${name}'`)
    return {
      suffix: 'changefeed',
      source: `import { cosmosDatabaseName } from '@zoetrope/contracts'

import { edge } from '../edge.ts'

/** Changes of \`${container}\` -> ${summary} */
export const ${handlerName} = edge.changeFeed({
  name: '${name}',
  connection: 'ZOETROPE_COSMOS',
  databaseName: cosmosDatabaseName,
  containerName: '${container}',
  handle: async (documents, _deps, context) => {
    context.info(\`${name}: changes: \${documents.length}\`)
  },
})
`,
      test: {
        title: `gives the changes of \`${container}\` to ${name}`,
        body: `await app.cosmos.database.container('${container}').items.create({ ${fields.join(', ')} })

  await until(() => app.output().includes('${name}: changes: 1'), { what: '${name}' })`,
      },
      trigger: `change feed of \`${container}\``,
      whenItFails: 'retried for ever, with back-off',
      imports: ['@zoetrope/contracts'],
      operations: changeFeedOperations(container, leaseContainer),
      declare: (config) => {
        const lists: readonly [string, string][] = [
          ['reads', container],
          ['reads', leaseContainer],
          ['writes', leaseContainer],
        ]
        return lists.reduce(
          (source, [list, name]) => addToDescribedList(source, ['cosmosContainers', list], name),
          declareCosmos(config),
        )
      },
    }
  },
}
