import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder for one execution, gone with it. */
export interface Scratch extends AsyncDisposable {
  readonly inputFolder: string
  readonly outputFolder: string
}

const prefix = 'zoetrope-task-'

/** Makes a scratch folder under `root`, named for this process. */
export async function openScratch(root: string): Promise<Scratch> {
  const folder = await mkdtemp(join(root, `${prefix}${process.pid}-`))
  const [inputFolder, outputFolder] = [join(folder, 'in'), join(folder, 'out')]
  await mkdir(inputFolder)
  await mkdir(outputFolder)
  return {
    inputFolder,
    outputFolder,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
    },
  }
}

/** Removes the scratch folders under `root` of processes that are gone (killed in the middle of a task). */
export async function sweepScratch(root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    if (!name.startsWith(prefix)) continue
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (Number.isInteger(pid) && pid > 0 && !isRunning(pid))
      await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
