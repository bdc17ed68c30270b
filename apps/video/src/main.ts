import './functions/tasks-run.queue.ts'
import './functions/tasks-poison.queue.ts'
