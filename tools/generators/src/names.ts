import type { Tree } from '@nx/devkit'

/** Names of apps become names of resources in Azure, which are short. */
const maxAppNameLength = 16
const maxFunctionNameLength = 50
const maxSummaryLength = 150
const words = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
/** What names something else already, so that an app of that name would be taken for it. */
const reservedNames: Readonly<Record<string, string>> = {
  media: 'the storage account of the media is called so, and that of the app would be',
  deployer: 'apps/observed-operations.json means whoever deploys',
}
/** Windows has no folder of such a name. */
const devices = /^(?:con|prn|aux|nul|(?:com|lpt)\d)$/

/** Checks the name of a new app. @throws saying what to mend */
export function checkAppName(tree: Tree, name: string): void {
  if (!words.test(name) || name.length > maxAppNameLength)
    throw new Error(
      `"${name}" is no name for an app: lower-case words joined by hyphens, at most ${maxAppNameLength} characters, such as "captions".`,
    )
  const reason = devices.test(name) ? 'Windows has no folder that is called so' : reservedNames[name]
  if (reason !== undefined) throw new Error(`No app can be called "${name}": ${reason}. Choose another name.`)
  const taken = ['apps', 'libs', 'tools'].find((area) => tree.exists(`${area}/${name}/package.json`))
  if (taken || name === 'e2e')
    throw new Error(
      `There is already a project "${name}"${taken ? ` in ${taken}/` : ''}. Choose another name.`,
    )
}

/** Checks the name of a new function. @throws saying what to mend */
export function checkFunctionName(name: string): void {
  if (!words.test(name) || !/-[a-z][a-z0-9]*$/.test(name) || name.length > maxFunctionNameLength)
    throw new Error(
      `"${name}" is no name for a function: <noun>-<verb> in lower case, the verb without a digit before it, at most ${maxFunctionNameLength} characters, such as "photos-count".`,
    )
}

/** Checks the sentence about an app or function: it comes into comments and tables. @throws saying what to mend */
export function checkSummary(summary: string): void {
  if (/[\n\r|]|\*\//.test(summary) || summary.trim() === '' || summary.length > maxSummaryLength)
    throw new Error(
      `The summary must be one line of 1 to ${maxSummaryLength} characters, without "|" and "*/".`,
    )
}

/** `photos-count` -> `countPhotos`, as the functions of the apps are called. */
export function handlerNameOf(functionName: string): string {
  const parts = functionName.split('-')
  const nouns = parts.slice(0, -1)
  return (parts.at(-1) ?? '') + nouns.map((noun) => noun.charAt(0).toUpperCase() + noun.slice(1)).join('')
}

/** `photos-count` -> `PHOTOS_COUNT`, as settings are called. */
export function settingWordsOf(name: string): string {
  return name.replaceAll('-', '_').toUpperCase()
}
