import { connection, defineApp, integer, list, setting, text, url } from '@zoetrope/app-kit'

/** What the app needs: settings, queues, containers. */
export const app = defineApp({
  name: 'api',
  settings: {
    storage: connection('ZOETROPE_STORAGE', {
      account: 'media-storage',
      help: 'Storage account of the product: blobs and queues.',
    }),
    cosmos: connection('ZOETROPE_COSMOS', { account: 'cosmos', help: 'Cosmos DB account of the product.' }),
    deliveryUrl: setting('ZOETROPE_DELIVERY_URL', url, {
      help: 'Public address of the delivery app, or of the CDN before it.',
    }),
    corsOrigins: setting('ZOETROPE_CORS_ORIGINS', list, {
      default: '',
      help: 'Origins whose pages may call the API, separated by commas; `*` for all.',
    }),
    maxSourceBytes: setting('ZOETROPE_MAX_SOURCE_BYTES', integer, {
      default: '5368709120',
      help: 'Largest source file, bytes.',
    }),
    maxFormBytes: setting('ZOETROPE_MAX_FORM_BYTES', integer, {
      default: '104857600',
      help: 'Largest file in a multipart upload, bytes. Functions allows requests of 210 MB.',
    }),
    uploadTtlSeconds: setting('ZOETROPE_UPLOAD_TTL_SECONDS', integer, {
      default: '86400',
      help: 'How long an upload URL may be written to, seconds.',
    }),
    sweepSchedule: setting('ZOETROPE_SWEEP_SCHEDULE', text, {
      default: '0 * * * * *',
      help: 'When sweeps look for what was forgotten (NCRONTAB, UTC).',
    }),
  },
  queues: { sends: ['job-starts', 'job-commands'] },
  blobContainers: { reads: ['uploads', 'renditions'], writes: ['uploads'], signs: ['uploads'] },
  cosmosContainers: {
    reads: ['library', 'jobs', 'catalog', 'usage'],
    writes: ['library', 'jobs', 'catalog', 'playback'],
  },
})
