import { connection, defineApp, integer, setting, text } from '@zoetrope/app-kit'

/** What the app needs: settings, queues, containers. */
export const app = defineApp({
  name: 'ingest',
  settings: {
    storage: connection('ZOETROPE_STORAGE', {
      account: 'media-storage',
      help: 'Storage account of the product: blobs and queues.',
    }),
    cosmos: connection('ZOETROPE_COSMOS', { account: 'cosmos', help: 'Cosmos DB account of the product.' }),
    maxSourceBytes: setting('ZOETROPE_MAX_SOURCE_BYTES', integer, {
      default: '5368709120',
      help: 'Largest source file, bytes.',
    }),
    sweepGraceMs: setting('ZOETROPE_INGEST_GRACE_MS', integer, {
      default: '60000',
      help: 'A file or asset younger than this is left to its own event, ms.',
    }),
    sweepSchedule: setting('ZOETROPE_SWEEP_SCHEDULE', text, {
      default: '0 * * * * *',
      help: 'When sweeps look for what was forgotten (NCRONTAB, UTC).',
    }),
  },
  queues: { sends: ['job-starts'] },
  blobContainers: { reads: ['uploads'], writes: ['uploads'] },
  cosmosContainers: { reads: ['library', 'jobs', 'catalog'], writes: ['library', 'jobs'] },
  metrics: ['jobs.ended'],
})
