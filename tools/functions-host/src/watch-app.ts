import { extname, relative, resolve, sep } from 'node:path'

import { watch } from 'chokidar'

/** What a change of matters to an app: its code and its configuration. */
const watchedExtensions: ReadonlySet<string> = new Set([
  '.js',
  '.mjs',
  '.cjs',
  '.ts',
  '.mts',
  '.cts',
  '.json',
  '.wasm',
  '.node',
])
/** Saves that follow each other this closely are one change: a compiler writes many files. */
const quietMs = 80

/** What to watch. */
export interface WatchOptions {
  readonly directory: string
  /** Folders inside it whose changes do not count, such as that of the data. */
  readonly except: readonly string[]
  /** Told once for all files that changed together; the names are relative to the folder. */
  readonly onChange: (files: readonly string[]) => void
  /** Watching does not work (any more). */
  readonly onError: (error: Error) => void
}

/** Watches the code and the configuration of an app, from when it resolves until it is closed. */
export async function watchApp(options: WatchOptions): Promise<AsyncDisposable> {
  const { directory, onChange, onError } = options
  const except = options.except.map((folder) => resolve(folder))
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const tell = (): void => {
    onChange([...changed])
    changed.clear()
  }
  const watcher = watch(directory, {
    ignoreInitial: true,
    ignored: (path, stats) =>
      isOutside(relative(directory, path), except.includes(path)) ||
      (stats?.isFile() === true && !watchedExtensions.has(extname(path))),
  })
  watcher.on('all', (_event, path) => {
    if (!watchedExtensions.has(extname(path))) return
    changed.add(relative(directory, path))
    clearTimeout(timer)
    timer = setTimeout(tell, quietMs)
  })
  await new Promise<void>((ready) => {
    watcher.once('ready', ready)
    watcher.on('error', (error) => {
      onError(error as Error)
      ready()
    })
  })
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}

/** Packages, hidden files, and what Azurite writes where it is started in the app's folder. */
function isOutside(path: string, isExcepted: boolean): boolean {
  if (isExcepted) return true
  return path
    .split(sep)
    .some(
      (part) => part === 'node_modules' || part.startsWith('__') || (part.startsWith('.') && part !== '..'),
    )
}
