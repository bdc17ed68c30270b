import type { AppHost } from '../app-host.ts'
import { colours } from '../logging/console-log.ts'
import { coreToolsVersion, hostVersion, packageVersion } from '../versions.ts'

/** Says what runs, in the lines of Core Tools. */
export function describeVersions(): string {
  const versions = [
    `Core Tools Version:       ${coreToolsVersion} (functions-host ${packageVersion()})`,
    `Function Runtime Version: ${hostVersion}`,
  ]
  return `\nAzure Functions Core Tools\n${versions.map(colours.gray).join('\n')}\n`
}

/** The functions of an app and their addresses, in the lines of Core Tools. */
export function describeFunctions(app: AppHost): string {
  const lines = app.describe().map((line) => {
    const [name = '', ...rest] = line.split(':')
    return `\t${colours.yellow(`${name}:`)}${colours.green(rest.join(':'))}\n`
  })
  if (lines.length === 0)
    return `\nNo functions found. The app registers them with app.http, app.timer, ... in the files that "main" of its package.json names.\n`
  return `\n${colours.yellow('Functions:')}\n\n${lines.join('\n')}`
}
