import type { Tree } from '@nx/devkit'

import { filesOfApp } from './app-files.ts'
import { editFile } from './edit-file.ts'
import { finishGenerated } from './finish-generated.ts'
import { appNumbers } from './host-numbers.ts'
import { stringify } from './json.ts'
import { checkAppName, checkSummary } from './names.ts'
import { addObservedOperations } from './observed-operations.ts'
import { addDependencies } from './package-manifests.ts'
import { addRoomRow, addTuningRows } from './tables.ts'

/** Options of `nx g app`. */
export interface AppOptions {
  readonly name: string
  /** One sentence that says what the app is for. */
  readonly summary?: string
  /** May import native code, in child processes. */
  readonly native?: boolean
}

/**
 * Makes a function app with one function, `health`, in every place that must know it. Answers what is to be run once the files
 * are written: what is made from them. @throws before anything is changed when the name cannot be used
 */
export function generateApp(tree: Tree, options: AppOptions): () => Promise<void> {
  const { name } = options
  checkAppName(tree, name)
  const summary = options.summary ?? `A function app: ${name.replaceAll('-', ' ')}.`
  checkSummary(summary)
  const files = filesOfApp({ name, summary, isNative: options.native ?? false })
  for (const [path, text] of Object.entries(files)) tree.write(`apps/${name}/${path}`, text)
  const manifest = {
    name: `@zoetrope/${name}`,
    version: '0.1.0',
    private: true,
    license: 'MIT',
    type: 'module',
    main: 'src/main.ts',
  }
  tree.write(`apps/${name}/package.json`, stringify(manifest))
  addDependencies(tree, name, { run: ['@zoetrope/app-kit'], test: ['@zoetrope/test-kit'] })
  editFile(tree, 'ARCHITECTURE.md', (text) => addRoomRow(text, `apps/${name}`, withoutStop(summary)))
  editFile(tree, 'docs/operations/tuning.md', (text) => addTuningRows(text, name, appNumbers))
  editFile(tree, 'apps/observed-operations.json', (text) => addObservedOperations(text, name, []))
  return () => finishGenerated(tree)
}

function withoutStop(sentence: string): string {
  const text = sentence.replace(/\.$/, '')
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
