/** SQLite's result codes; the upper bits of an error's code tell more, and are not asked. */
const busy = 5
const readOnly = 8
const inOutError = 10
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26

/** Why the file of a task hub cannot be used, and what helps; `httpStatus` for whoever asked something of the hub. */
export interface HubFault {
  readonly text: string
  readonly httpStatus: 503 | 507
}

/** The fault behind an error of SQLite; undefined where it is none of the file. */
export function hubFault(error: unknown, file: string): HubFault | undefined {
  const { errcode, message } = error as { errcode?: number; message: string }
  if (errcode === undefined) return undefined
  const orElse = 'or choose another folder with --data'
  switch (errcode & 0xff) {
    case busy:
      return {
        text: `The task hub in ${file} is in use by another host. End that one, ${orElse}.`,
        httpStatus: 503,
      }
    case full:
      return {
        text: `The task hub in ${file} cannot be written: there is no space left. Make room there: it goes on by itself, and nothing of what was accepted is lost.`,
        httpStatus: 507,
      }
    case readOnly:
    case cannotOpen:
    case inOutError:
      return {
        text: `The task hub in ${file} cannot be written (${message}). See that the file and its folder can be, ${orElse}.`,
        httpStatus: 503,
      }
    case corrupt:
    case notADatabase:
      return { text: damaged(file, message), httpStatus: 503 }
    default:
      return undefined
  }
}

/** Says that a hub's file is damaged. */
export function damaged(file: string, how: string): string {
  return `The task hub in ${file} is damaged (${how}); it was left as it is. Stop the host, and put a copy of the file from before in its place (without ${file}-wal), or move both away to begin with an empty hub.`
}
