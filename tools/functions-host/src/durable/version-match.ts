/** Which orchestrations an app runs by their version (host.json: `durableTask.versionMatchStrategy`). */
export type VersionMatch = 'none' | 'strict' | 'currentorolder'

/** What becomes of the others (`versionFailureStrategy`): they wait for an app that knows them, or fail. */
export type VersionFailure = 'reject' | 'fail'

/** Why an app of one version does not run an orchestration of another; undefined if it does. */
export function versionMismatch(
  match: VersionMatch,
  { orchestration, app }: { orchestration: string; app: string },
): string | undefined {
  const isKnown =
    match === 'none' ||
    (match === 'strict' ? orchestration === app : compareVersions(orchestration, app) <= 0)
  if (isKnown) return undefined
  const runs = match === 'strict' ? `'${app}' only` : `'${app}' and older`
  return `its version is '${orchestration}', and this app runs ${runs} (host.json: durableTask.defaultVersion, versionMatchStrategy).`
}

/**
 * Orders versions as .NET does: none comes first, then numbers of two to four parts (`1.10` after `1.9`), anything else by its letters without
 * regard to case. Negative where the first one is older.
 */
export function compareVersions(one: string, other: string): number {
  const isOneBlank = one.trim() === ''
  const isOtherBlank = other.trim() === ''
  if (isOneBlank || isOtherBlank) return Number(isOtherBlank) - Number(isOneBlank)
  const [ours, theirs] = [readNumbers(one), readNumbers(other)]
  if (ours === undefined || theirs === undefined) return compareLetters(one, other)
  for (let i = 0; i < Math.max(ours.length, theirs.length); i += 1) {
    // A part that is missing is older than any: `1.0` comes before `1.0.0`.
    const difference = (ours[i] ?? -1) - (theirs[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

// .NET's versions have two to four parts.
function readNumbers(version: string): number[] | undefined {
  const text = version.trim()
  return /^\d{1,9}(\.\d{1,9}){1,3}$/.test(text) ? text.split('.').map(Number) : undefined
}

function compareLetters(one: string, other: string): number {
  const [ours, theirs] = [one.toUpperCase(), other.toUpperCase()]
  if (ours === theirs) return 0
  return ours < theirs ? -1 : 1
}
