import type { Tree } from '@nx/devkit'

/** Changes one file of the workspace. @throws naming the file when it is missing or cannot be changed */
export function editFile(tree: Tree, path: string, change: (text: string) => string): void {
  const text = tree.read(path, 'utf8')
  if (text === null) throw new Error(`${path} is missing.`)
  try {
    tree.write(path, change(text))
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
