import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const largestOutputBytes = 256 * 1024 * 1024

/** Runs `az` and answers what it printed as JSON. @throws Error with what it said */
export async function runAzureCli(args: readonly string[]): Promise<unknown> {
  const isWindows = process.platform === 'win32'
  try {
    const { stdout } = await run(isWindows ? 'az.cmd' : 'az', [...args, '--output', 'json'], {
      maxBuffer: largestOutputBytes,
      shell: isWindows,
    })
    return JSON.parse(stdout)
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: string; readonly stderr?: string }
    if (code === 'ENOENT')
      throw new Error('The Azure CLI is needed: https://aka.ms/azure-cli', { cause: error })
    throw new Error(`az ${args.slice(0, 3).join(' ')} failed: ${stderr.trim().slice(-2000)}`, {
      cause: error,
    })
  }
}
