import { declareStorage } from './declare-connections.ts'
import { addQueueNumbers, queueNumbers, saysQueues } from './host-numbers.ts'
import { handlerNameOf } from './names.ts'
import { queueOperations } from './observed-operations.ts'
import { addExportedName, addToNamedList } from './source-edit.ts'
import { addTuningRows } from './tables.ts'
import type { FileChange, TriggerKind, TriggerRequest } from './trigger-kind.ts'

/** Names of queues in Azure: 3 to 63 characters; `-poison` must still fit. A letter first: the schema of its messages is called after it. */
const queueName = /^(?=.{3,56}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const messagesFile = 'libs/contracts/src/messages.ts'

/** A function that takes messages from a queue. */
export const queueTrigger: TriggerKind = {
  required: ['queue'],
  optional: [],
  plan(request) {
    const { options, summary, handlerName } = request
    const { name } = options
    const queue = options.queue ?? ''
    checkQueue(request, queue)
    const isPoison = queue.endsWith('-poison')
    const isKnown = request.resources.queues.includes(queue)
    const schema = schemaNameOf(queue)
    return {
      suffix: 'queue',
      source: `import { ${schema} } from '@zoetrope/contracts'

import { edge } from '../edge.ts'

/** \`${queue}\` -> ${summary} */
export const ${handlerName} = edge.queue({
  name: '${name}',
  queueName: '${queue}',
  schema: ${schema},
  handle: async ({ tenantId }, _deps, context) => {
    context.info(\`${name}: a message of \${tenantId}\`)
  },
})
`,
      test: {
        imports: { mintId: '@zoetrope/contracts' },
        title: `gives a message on \`${queue}\` to ${name}`,
        body: `const tenantId = mintId('ten')

  await app.azurite.queue.send('${queue}', { tenantId })

  await until(() => app.output().includes(\`${name}: a message of \${tenantId}\`), { what: '${name}' })`,
      },
      trigger: `queue \`${queue}\``,
      whenItFails: isPoison ? 'retried by the queue' : `retried; then it waits on \`${queue}-poison\``,
      imports: ['@zoetrope/contracts'],
      declare: declareStorage,
      operations: queueOperations(queue),
      changes: [...(isKnown ? [] : changesForNewQueue(queue, schema)), ...changesForFirstQueue(request)],
    }
  },
  /** A message that failed too often is never only a log line: who takes a queue hears of what it set aside, too. */
  companion(request) {
    const { options, apps, resources } = request
    const poison = `${options.queue}-poison`
    const isHeard = apps.some(({ functions }) => functions.some(({ queueName: one }) => one === poison))
    if (isHeard || options.queue?.endsWith('-poison')) return undefined
    const name = `${options.name}-poison`
    return {
      ...request,
      options: { ...options, name, queue: poison },
      summary: `A message that \`${options.name}\` could not handle.`,
      handlerName: handlerNameOf(name),
      resources: { ...resources, queues: [...new Set([...resources.queues, options.queue ?? '', poison])] },
    }
  },
}

/** @throws when the queue cannot be listened to */
function checkQueue({ apps, resources, tree }: TriggerRequest, queue: string): void {
  if (!queueName.test(queue.replace(/-poison$/, '')))
    throw new Error(
      `"${queue}" is no name for a queue: lower-case words and digits joined by single hyphens, a letter first, 3 to 56 characters.`,
    )
  const listener = apps
    .flatMap((app) => app.functions.map((one) => ({ app: app.name, ...one })))
    .find((one) => one.queueName === queue)
  if (listener)
    throw new Error(
      `"${listener.name}" of ${listener.app} listens to ${queue} already: two listeners would share its messages, not both get them. Use a queue of its own.`,
    )
  const isKnown = resources.queues.includes(queue)
  if (!isKnown && queue.endsWith('-poison'))
    throw new Error(
      `There is no queue ${queue.replace(/-poison$/, '')}: make the function that listens to it first.`,
    )
  const schema = schemaNameOf(queue)
  const hasSchema = tree.read(messagesFile, 'utf8')?.includes(`export const ${schema} `) ?? false
  if (isKnown && !hasSchema)
    throw new Error(`${messagesFile} has no schema ${schema} for the messages of ${queue}. Add it first.`)
  if (!isKnown && hasSchema)
    throw new Error(
      `${messagesFile} has a schema ${schema} already, of another queue. Choose another name than ${queue}.`,
    )
}

/** `captions-wanted`, and its poison queue -> `CaptionsWantedMessage`. */
function schemaNameOf(queue: string): string {
  const words = queue.replace(/-poison$/, '').split('-')
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Message`
}

/** An app that begins to listen to queues says how. */
function changesForFirstQueue({ tree, app }: TriggerRequest): readonly FileChange[] {
  const path = `apps/${app.name}/host.json`
  if (saysQueues(tree.read(path, 'utf8') ?? '{}')) return []
  return [
    { path, change: addQueueNumbers },
    { path: 'docs/operations/tuning.md', change: (text) => addTuningRows(text, app.name, queueNumbers) },
  ]
}

function changesForNewQueue(queue: string, schema: string): readonly FileChange[] {
  return [
    {
      path: 'libs/contracts/src/resources.ts',
      change: (text) => addToNamedList(text, 'queueNames', queue),
    },
    {
      path: messagesFile,
      change: (text) => `${text}
/** On \`${queue}\`. */
export const ${schema} = z.object({
  tenantId: idSchema('ten'),
  traceparent: z.string().optional(),
})
/** On \`${queue}\`. */
export type ${schema} = z.infer<typeof ${schema}>
`,
    },
    {
      path: 'libs/contracts/src/index.ts',
      change: (text) => addExportedName(text, './messages.ts', schema),
    },
  ]
}
