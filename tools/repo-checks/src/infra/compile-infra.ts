import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

import { repoRoot } from '../repo-root.ts'
import { CompilerSession, type Diagnostic } from './compiler-session.ts'

/** What the compiler says about `infra/`. */
export interface CompiledInfra {
  /** Errors and warnings, one line each. */
  readonly problems: readonly string[]
  /** Every file that is made or formatted by the compiler: its content by its path in the repo. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * Builds and lints every `.bicep` and `.bicepparam` file below `infra/`, formats them, and makes `main.json` and one
 * snapshot for each parameter set. Writes nothing.
 */
export async function compileInfra(compilerPath: string): Promise<CompiledInfra> {
  const templates = filesOf('infra/**/*.bicep')
  const parameterSets = filesOf('infra/*.bicepparam')
  const diagnostics: Diagnostic[] = []
  const files = new Map<string, string>()
  await using compiler = new CompilerSession(compilerPath)

  for (const path of parameterSets) {
    const { template, diagnostics: found } = await compiler.compileParameters(join(repoRoot, path))
    diagnostics.push(...found)
    if (template) files.set('infra/main.json', withNewline(template))
  }
  // What main.bicep uses was built with it; the rest, if any, is built by itself.
  const built = await compiler.references(join(repoRoot, 'infra/main.bicep'))
  for (const path of templates.map((each) => join(repoRoot, each)).filter((each) => !built.includes(each)))
    diagnostics.push(...(await compiler.compile(path)).diagnostics)
  for (const path of [...templates, ...parameterSets])
    files.set(path, withNewline(await compiler.format(join(repoRoot, path))))
  const problems = [...new Set(diagnostics.filter(isProblem).map(describe))]
  // A snapshot of what does not compile would only say so again.
  if (problems.length > 0) return { problems, files }
  for (const path of parameterSets)
    files.set(snapshotPath(path), withSortedOutputs(await compiler.snapshot(join(repoRoot, path))))
  return { problems, files }
}

/** Which of the files differ from what is in the repo. The `_generator` blocks of templates do not count. */
export function differingFiles(files: ReadonlyMap<string, string>): string[] {
  const differs = ([path, content]: [string, string]): boolean => {
    if (!existsSync(join(repoRoot, path))) return true
    const committed = readFileSync(join(repoRoot, path), 'utf8')
    if (path !== 'infra/main.json') return committed !== content
    return withoutGenerator(committed) !== withoutGenerator(content)
  }
  return [...files].filter(differs).map(([path]) => path)
}

/** Snapshots whose parameter set is gone. */
export function orphanedSnapshots(): string[] {
  const expected = new Set(filesOf('infra/*.bicepparam').map(snapshotPath))
  return filesOf('infra/snapshots/*.json').filter((path) => !expected.has(path))
}

/** `infra/prod.bicepparam` -> `infra/snapshots/prod.snapshot.json`. */
function snapshotPath(parameterSet: string): string {
  return `infra/snapshots/${basename(parameterSet, '.bicepparam')}.snapshot.json`
}

function filesOf(pattern: string): string[] {
  return globSync(pattern, { cwd: repoRoot })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
}

function isProblem({ level }: Diagnostic): boolean {
  return level === 'Error' || level === 'Warning'
}

/** `infra/main.bicep:3:5 no-unused-vars Variable "x" is declared but never used.` */
function describe({ source, range, code, message }: Diagnostic): string {
  const place = relative(repoRoot, source).replaceAll('\\', '/')
  return `${place}:${range.start.line + 1}:${range.start.char + 1} ${code} ${message}`
}

/** The snapshot with its outputs by name: the compiler gives them in another order each time. */
function withSortedOutputs(snapshot: string): string {
  const { outputs, ...rest } = JSON.parse(snapshot) as { outputs: Record<string, unknown> }
  const sorted = Object.fromEntries(Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1)))
  return withNewline(JSON.stringify({ ...rest, outputs: sorted }, undefined, 2))
}

function withNewline(text: string): string {
  const lines = text.replaceAll('\r\n', '\n')
  return lines.endsWith('\n') ? lines : `${lines}\n`
}

/** The template without the blocks that name the compiler and its hash, in nested templates too; as it is where a merge has left it broken. */
function withoutGenerator(template: string): string {
  try {
    return JSON.stringify(
      JSON.parse(template, (key, value: unknown) => (key === '_generator' ? undefined : value)),
    )
  } catch {
    return template
  }
}
