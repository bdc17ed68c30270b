// `npm run observe`: shows where what the apps do differs from apps/observed-operations.json, and from what they declare; `--write` writes that file.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { findDifferences } from './declared-operations.ts'
import { observeApps } from './observe-apps.ts'
import { observedFile, readDeclarations, readObserved } from './observed-operations.ts'

const { write: isWritten } = parseArgs({ options: { write: { type: 'boolean', default: false } } }).values
const seen = await observeApps()
if (isWritten) writeFileSync(observedFile, `${JSON.stringify(seen, null, 2)}\n`)
const findings = findDifferences(seen, readObserved(observedFile), readDeclarations())
for (const finding of findings) process.stderr.write(`${finding}\n`)
process.stdout.write(`${findings.length} differences between what the apps did and what is written down.\n`)
process.exitCode = findings.length === 0 ? 0 : 1
