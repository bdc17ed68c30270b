import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it } from '@jest/globals'

import { commandsOf, root, workflows } from './read-workflows.ts'

const run = promisify(execFile)
/** Scripts of npm that are programs of ours. */
const byScript: Readonly<Record<string, string>> = {
  deploy: 'tools/pipeline/src/run-deploy.ts',
  smoke: 'tools/pipeline/src/run-smoke.ts',
  audit: 'tools/pipeline/src/run-audit.ts',
  release: 'tools/pipeline/src/run-release.ts',
}

/** Program -> the options with which workflows call it. */
function usedOptions(): ReadonlyMap<string, ReadonlySet<string>> {
  const used = new Map<string, Set<string>>()
  for (const command of workflows.flatMap(commandsOf)) {
    const script = /npm run ([\w-]+)/.exec(command)?.[1] ?? ''
    const program = /node (tools\/pipeline\/src\/run-\S+\.ts)/.exec(command)?.[1] ?? byScript[script]
    if (!program) continue
    const options = used.get(program) ?? new Set()
    used.set(program, options)
    for (const [option] of command.matchAll(/(?<= )--[a-z][\w-]*/g)) options.add(option)
  }
  return used
}

describe('every program of the pipeline', () => {
  it('starts here, and knows the options with which workflows call it', async () => {
    const used = usedOptions()

    expect(used.size).toBeGreaterThanOrEqual(6)
    await Promise.all(
      [...used].map(async ([program, options]) => {
        const { stdout } = await run(process.execPath, [join(root, program), '--help'], { cwd: root })
        const unknown = [...options].filter((option) => !new RegExp(`^ +${option}\\b`, 'm').test(stdout))
        expect({ program, unknown }).toEqual({ program, unknown: [] })
      }),
    )
  })
})
