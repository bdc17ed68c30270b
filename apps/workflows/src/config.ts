import { connection, defineApp, integer, setting, text } from '@zoetrope/app-kit'

/** What the app needs: settings, queues, containers. */
export const app = defineApp({
  name: 'workflows',
  settings: {
    storage: connection('ZOETROPE_STORAGE', {
      account: 'media-storage',
      help: 'Storage account of sources, renditions and queues.',
    }),
    cosmos: connection('ZOETROPE_COSMOS', { account: 'cosmos', help: 'Cosmos DB account of the product.' }),
    silenceMs: setting('ZOETROPE_SILENCE_MS', integer, {
      default: '60000',
      help: 'Silence of a worker that ends its attempt, ms.',
    }),
    dispatchDeadlineMs: setting('ZOETROPE_DISPATCH_DEADLINE_MS', integer, {
      default: '600000',
      help: 'A task that was sent and never begun is sent again after this, ms.',
    }),
    taskDeadlineMs: setting('ZOETROPE_TASK_DEADLINE_MS', integer, {
      default: '1500000',
      help: 'Longest run of one attempt of a task, ms; below the functionTimeout of the workers.',
    }),
    unclaimedMs: setting('ZOETROPE_UNCLAIMED_MS', integer, {
      default: '60000',
      help: 'A queued job that no orchestration has claimed is started again after this, ms.',
    }),
    slotsPerQueue: setting('ZOETROPE_SLOTS_PER_QUEUE', integer, {
      default: '32',
      help: 'Tasks of one queue that may be with workers at the same time.',
    }),
    slotLeaseMs: setting('ZOETROPE_SLOT_LEASE_MS', integer, {
      default: '900000',
      help: 'A place in a queue whose task has not been heard of is given away after this, ms.',
    }),
    sweepSchedule: setting('ZOETROPE_SWEEP_SCHEDULE', text, {
      default: '0 * * * * *',
      help: 'When sweeps look for what was forgotten (NCRONTAB, UTC).',
    }),
  },
  queues: { sends: ['tasks-images', 'tasks-video'] },
  blobContainers: { reads: ['renditions'], writes: ['work'] },
  cosmosContainers: {
    reads: ['library', 'jobs', 'catalog', 'playback'],
    writes: ['library', 'jobs', 'catalog', 'playback'],
  },
  metrics: [
    'jobs.ended',
    'job.durationMs',
    'job.waitMs',
    'tasks.ended',
    'task.durationMs',
    'attempts.failed',
    'usage.amountNano',
  ],
})
