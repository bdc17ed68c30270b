import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

import { repoRoot } from '../repo-root.ts'

/** A Bicep compiler of the pinned version, or why there is none: one sentence for each place that was looked at. */
export type CompilerSearch =
  | { readonly path: string; readonly version: string }
  | { readonly path?: undefined; readonly version: string; readonly reasons: readonly string[] }

const run = promisify(execFile)
const versionTimeoutMs = 60_000
const restoreTimeoutMs = 300_000
const project = join(repoRoot, 'tools', 'repo-checks', 'bicep', 'bicep.csproj')
const cache = join(repoRoot, 'node_modules', '.cache', 'bicep')
const program = process.platform === 'win32' ? 'bicep.exe' : 'bicep'

/**
 * Finds a compiler of exactly the version that `bicep.csproj` pins: another one knows other resource types and rules, and
 * would compile to another `main.json`. Looks at the restored copy, PATH, the copy of `az bicep`, and then restores one
 * with `dotnet` into `node_modules/.cache`.
 */
export async function findCompiler(): Promise<CompilerSearch> {
  const version = pinnedVersion()
  const restored = restoredProgram(version)
  if (restored) return { path: restored, version }
  const reasons: string[] = []
  for (const { place, path } of installedPrograms()) {
    const found = path ? await versionOf(path) : undefined
    if (path && found === version) return { path, version }
    reasons.push(found ? `${place} is version ${found}, not ${version}.` : `${place} is missing.`)
  }
  const failure = await restore()
  const path = restoredProgram(version)
  if (path) return { path, version }
  return { version, reasons: [...reasons, failure ?? `\`dotnet\` restored no ${program} into ${cache}.`] }
}

/** The version in the project file, for example `0.49.2`: the only place that names it. */
export function pinnedVersion(): string {
  const found = /Version="\[([\d.]+)\]"/.exec(readFileSync(project, 'utf8'))?.[1]
  if (!found)
    throw new Error(`${project} pins no version: it needs a PackageDownload with Version="[x.y.z]".`)
  return found
}

function installedPrograms(): { place: string; path: string | undefined }[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const ofAzureCli = join(homedir(), '.azure', 'bin', program)
  return [
    {
      place: '`bicep` on PATH',
      path: folders.map((folder) => join(folder, program)).find((path) => existsSync(path)),
    },
    { place: 'The copy of `az bicep`', path: existsSync(ofAzureCli) ? ofAzureCli : undefined },
  ]
}

/** `Bicep CLI version 0.49.2 (b34271ac51)` -> `0.49.2`. */
async function versionOf(path: string): Promise<string> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: versionTimeoutMs })
    return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown'
  } catch (error) {
    return `unknown (${(error as Error).message.split('\n')[0]})`
  }
}

/** Restores the pinned package; answers why it could not. */
async function restore(): Promise<string | undefined> {
  const options = [
    ['--packages', cache],
    [`-p:BicepRid=${runtimeId()}`, `-p:BaseIntermediateOutputPath=${join(cache, 'obj')}/`],
    ['-p:NuGetAudit=false', '-nodeReuse:false'],
  ].flat()
  const environment = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }
  try {
    await run('dotnet', ['restore', project, ...options], { timeout: restoreTimeoutMs, env: environment })
    return undefined
  } catch (error) {
    const { code, stdout, message } = error as { code?: unknown; stdout?: string; message: string }
    if (code === 'ENOENT') return '`dotnet` is missing, so that the package cannot be restored.'
    return `\`dotnet restore\` failed: ${stdout?.trim() || message}`
  }
}

/** The restored compiler. The metadata are written last: without them a restore was stopped half-way. */
function restoredProgram(version: string): string | undefined {
  const folder = join(cache, `azure.bicep.commandline.${runtimeId()}`, version)
  const path = join(folder, 'tools', program)
  return existsSync(path) && existsSync(join(folder, '.nupkg.metadata')) ? path : undefined
}

/** .NET's name of this machine: `linux-x64`, `osx-arm64`, `win-x64`, .... */
function runtimeId(): string {
  const systems: Partial<Record<NodeJS.Platform, string>> = { darwin: 'osx', win32: 'win' }
  return `${systems[process.platform] ?? process.platform}-${process.arch}`
}
