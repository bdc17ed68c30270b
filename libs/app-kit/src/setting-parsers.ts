/** Turns the text of a setting into its value; throws a text that says what is wrong with it. */
export type SettingParser<T> = (text: string) => T

/** Any text. */
export const text: SettingParser<string> = (value) => value

/** A whole number, not negative. */
export const integer: SettingParser<number> = (value) => {
  if (!/^\d{1,15}$/.test(value)) return fail(`"${value}" is not a whole number`)
  return Number(value)
}

/** An http(s) URL; a trailing slash is cut. */
export const url: SettingParser<string> = (value) => {
  if (!URL.canParse(value) || !/^https?:/.test(value)) return fail(`"${value}" is not an http or https URL`)
  return value.replace(/\/+$/, '')
}

/** Texts separated by commas. */
export const list: SettingParser<readonly string[]> = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function fail(message: string): never {
  // oxlint-disable-next-line zoetrope/catalogued-error -- caught by loadSettings, which collects all faults into one error of the catalogue
  throw new TypeError(message)
}
