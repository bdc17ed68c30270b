import type { AppSettings } from './app-settings.ts'
import { HostError } from '../errors.ts'

const settingName = 'FUNCTIONS_WORKER_PROCESS_COUNT'
/** The real host takes no more either. */
const mostWorkers = 10

/** How many workers share the invocations of an app. @throws HostError for what is no number from 1 to 10 */
export function readWorkerCount(settings: AppSettings): number {
  const text = settings[settingName]
  if (text === undefined || text === '') return 1
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= mostWorkers) return count
  throw new HostError(`The setting ${settingName} is "${text}": use a whole number from 1 to ${mostWorkers}.`)
}
