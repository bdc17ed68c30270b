// BullMQ: flows of jobs, one job a step. `bullmq.mjs FOLDER APPENDFSYNC`: when its redis syncs its file to disk.
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'

import { fail, folder, load, serveWorkflows, startProgram, untilItSucceeds } from './peer-server.mjs'

const path = join(folder, 'redis.sock')
const durable = ['--appendonly', 'yes', '--appendfsync', process.argv[3], '--save', '']
startProgram('redis-server', ['--port', '0', '--unixsocket', path, '--dir', folder, ...durable])
await untilItSucceeds(
  () =>
    new Promise((resolve, reject) => {
      const socket = connect(path, () => resolve(socket.destroy()))
      socket.on('error', reject)
    }),
)

const { FlowProducer, Worker } = load('bullmq')
const connection = { path, maxRetriesPerRequest: null }
const queueName = 'steps'
const flows = new FlowProducer({ connection })
const steps = {
  first: async () => 1,
  addOne: async (job) => Object.values(await job.getChildrenValues())[0] + 1,
  count: async (job) => Object.keys(await job.getChildrenValues()).length,
}
const worker = new Worker(queueName, (job) => steps[job.name](job), { connection, concurrency: 64 })
const ends = new Map()
worker.on('completed', (job, result) => ends.get(job.id)?.resolve(result))
worker.on('failed', (job, error) => ends.get(job?.id)?.reject(error))
// It would try for ever.
worker.on('error', (error) => fail(error.message))

const step = (name, children = []) => ({ name, queueName, children, opts: { removeOnComplete: true } })

async function run(flow) {
  const jobId = randomUUID()
  const end = Promise.withResolvers()
  ends.set(jobId, end)
  await flows.add({ ...flow, opts: { ...flow.opts, jobId } })
  const result = await end.promise
  ends.delete(jobId)
  return result
}

const chain = [1, 2, 3, 4].reduce((child) => step('addOne', [child]), step('first'))
const fan = step(
  'count',
  Array.from({ length: 50 }, () => step('first')),
)
serveWorkflows({ chain: () => run(chain), fan: () => run(fan) })
