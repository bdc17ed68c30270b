// Writes to an emulator until it is gone, and tells its parent each write that was acknowledged.
import { CosmosClient } from '@azure/cosmos'

const [, , endpoint, key, writer] = process.argv
const client = new CosmosClient({
  endpoint,
  key,
  connectionPolicy: { retryOptions: { maxRetryAttemptCount: 0 } },
})
const { items } = client.database('media').container('things')
let stopped = false
async function write(lane) {
  for (let n = 0; !stopped; n += 1) {
    const id = `${writer}-${lane}-${n}`
    try {
      if (n % 5 === 0) {
        const ids = [`${id}-a`, `${id}-b`]
        const batch = await items.batch(
          ids.map((each) => ({ operationType: 'Create', resourceBody: { id: each, tenantId: 't' } })),
          't',
        )
        if (batch.code === 200) process.stdout.write(`${ids.join('\n')}\n`)
      } else {
        await items.create({ id, tenantId: 't', n })
        process.stdout.write(`${id}\n`)
      }
    } catch {
      stopped = true
    }
  }
}
await Promise.all([0, 1, 2, 3].map(write))
process.exit(0)
