import { connection, defineApp, integer, setting, text } from '@zoetrope/app-kit'

/** What the app needs: settings, queues, containers. */
export const app = defineApp({
  name: 'images',
  settings: {
    storage: connection('ZOETROPE_STORAGE', {
      account: 'media-storage',
      help: 'Storage account of the product: blobs and queues.',
    }),
    heartbeatMs: setting('ZOETROPE_HEARTBEAT_MS', integer, {
      default: '15000',
      help: 'A task says that it lives at least this often, ms.',
    }),
    progressMs: setting('ZOETROPE_PROGRESS_MS', integer, {
      default: '1000',
      help: 'A task says how far it is at most this often between two heartbeats, ms.',
    }),
    maxSourceBytes: setting('ZOETROPE_MAX_SOURCE_BYTES', integer, {
      default: '5368709120',
      help: 'Largest source file, bytes.',
    }),
    childCount: setting('ZOETROPE_IMAGES_CHILDREN', integer, {
      default: '2',
      help: 'Image processes at once.',
    }),
    childLimitMs: setting('ZOETROPE_IMAGES_TASK_LIMIT_MS', integer, {
      default: '300000',
      help: 'An image process that takes longer over one task is killed, ms.',
    }),
    childMaxBytes: setting('ZOETROPE_IMAGES_MEMORY_BYTES', integer, {
      default: '1610612736',
      help: 'An image process that takes more resident memory is killed, bytes.',
    }),
    scratchRoot: setting('ZOETROPE_SCRATCH', text, {
      default: '',
      help: "Folder for what a task downloads and makes; the system's temporary folder by default.",
    }),
  },
  queues: { sends: ['task-results'] },
  blobContainers: { reads: ['uploads', 'work', 'renditions'], writes: ['renditions'] },
})
