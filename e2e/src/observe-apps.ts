import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startLocalStack } from '@zoetrope/local'

import type { ObservedOperations } from './observed-operations.ts'
import { readObserved } from './observed-operations.ts'
import { quickSettings, runEverything } from './run-everything.ts'

/** Starts a stack that records, has its apps do everything that they can, and answers what was seen. About half a minute. */
export async function observeApps(): Promise<ObservedOperations> {
  const directory = mkdtempSync(join(tmpdir(), 'zoetrope-observe-'))
  const recordFile = join(directory, 'seen.json')
  try {
    {
      await using stack = await startLocalStack({ recordFile, env: quickSettings })
      await runEverything(stack, recordFile)
    }
    // The end of a host is part of what it does.
    return readObserved(recordFile)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
