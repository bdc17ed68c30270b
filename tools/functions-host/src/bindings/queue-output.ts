import { connectQueues } from '../storage/connections.ts'
import { readMessageEncoding } from '../storage/message-encoding.ts'
import { toQueueName } from '../storage/queue-name.ts'
import type { OutputBinding } from './binding-kind.ts'
import { createWhenMissing } from '../storage/create-when-missing.ts'
import type { OutputElement } from './output-elements.ts'
import { toElements } from './output-elements.ts'

/** Sends messages, one per element of a list: text and bytes as they are, else JSON. Its queue is made when it is missing. */
export const queueOutput: OutputBinding = {
  type: 'queue',
  prepare(properties, { settings, extensions }) {
    const connection = properties.connection('queue')
    const template = properties.requiredTemplate('queueName')
    const encoding = readMessageEncoding(extensions['queues']) === 'none' ? 'utf8' : 'base64'
    return async (value, data) => {
      const name = toQueueName(template.bind(data), `"queueName" of the ${properties.title}`)
      const queue = (await connectQueues(settings, connection)).getQueueClient(name)
      for (const element of toElements(value)) {
        const text = Buffer.from(toMessage(element)).toString(encoding)
        await createWhenMissing(
          () => queue.sendMessage(text),
          () => queue.createIfNotExists(),
        )
      }
      return name
    }
  },
}

function toMessage(element: OutputElement): string | Uint8Array {
  return typeof element === 'string' || element instanceof Uint8Array ? element : JSON.stringify(element)
}
