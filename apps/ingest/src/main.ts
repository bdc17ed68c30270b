import './functions/media-events.queue.ts'
import './functions/media-events-poison.queue.ts'
import './functions/uploads-sweep.timer.ts'
