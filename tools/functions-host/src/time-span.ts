import { HostError } from './errors.ts'

/** Reads a .NET time span (`hh:mm:ss`, `d.hh:mm:ss`, with fractions) as ms; `where` names the setting in the error. */
export function parseTimeSpan(text: string, where: string): number {
  const match = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(text.trim())
  if (!match) throw new HostError(`${where}: "${text}" is no time span such as 00:00:02.`)
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match
  const ms =
    ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 +
    Number(seconds) * 1000 +
    Number(`0.${fraction}`) * 1000
  return sign ? -ms : ms
}
