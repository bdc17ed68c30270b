import pico from 'picocolors'

/** Levels of the host's log. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error'

/** Writes one line of the log. */
export type Log = (level: LogLevel, message: string) => void

/** A log on standard output: errors and warnings always, the rest as asked. `prefix` names the app. */
export function consoleLog(prefix: string, isVerbose: boolean): Log {
  const colour = { debug: pico.gray, info: (text: string) => text, warning: pico.yellow, error: pico.red }
  return (level, message) => {
    if (level === 'debug' && !isVerbose) return
    const time = new Date().toISOString().slice(11, 23)
    console.log(colour[level](`[${time}] ${prefix}: ${message}`))
  }
}
