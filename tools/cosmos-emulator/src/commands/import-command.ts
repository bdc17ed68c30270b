import { createReadStream } from 'node:fs'

import { Command } from 'commander'

import { messageOf } from '../errors.ts'
import { importAccount } from '../transfer/import-account.ts'
import type { ImportOptions } from '../transfer/import-account.ts'
import { addConnectionFlags, connect } from './connection.ts'
import type { ConnectionFlags } from './connection.ts'
import { describeCounts } from './describe-counts.ts'

interface ImportFlags extends ConnectionFlags {
  database?: string
  container?: string
  skipBadLines?: boolean
}

const more = `
Databases and containers that are missing are made; documents and scripts that are there are replaced. It ends with the first line that is
wrong, and tells its number: mend it and import again, nothing comes twice.

Examples:
  cosmos-emulator import account.jsonl
  cosmos-emulator import shop.jsonl --data .cosmos-emulator --container orders
  zcat account.jsonl.gz | cosmos-emulator import -`

/** `import`: reads an export into an account. */
export function importCommand(): Command {
  return addConnectionFlags(
    new Command('import').description('read the JSON lines of an export into an account'),
  )
    .argument('<file>', 'the export, or - for the standard input')
    .option('--database <id>', 'this database alone')
    .option('--container <id>', 'containers of this name alone')
    .option('--skip-bad-lines', 'tell of lines that are wrong, and go on')
    .addHelpText('after', more)
    .action(importFrom)
}

async function importFrom(file: string, flags: ImportFlags): Promise<void> {
  const { database, container, skipBadLines, ...connection } = flags
  const source = file === '-' ? process.stdin : createReadStream(file)
  // Before anything is made: whether there is something to read.
  if (file !== '-') await readable(source, file)
  await using target = await connect(connection, { isMade: true })
  let skipped = 0
  const onBadLine = (line: number, reason: string): void => {
    skipped += 1
    console.error(`Line ${line} was left out: ${reason}`)
  }
  const options: ImportOptions = {
    filter: {
      ...(database === undefined ? {} : { database }),
      ...(container === undefined ? {} : { container }),
    },
    counts: {},
    ...(skipBadLines === true ? { onBadLine } : {}),
  }
  try {
    await importAccount(target.client, source as AsyncIterable<Buffer>, options)
  } finally {
    console.error(`Imported ${describeCounts(options.counts)}.`)
  }
  if (skipped > 0) {
    console.error(`${skipped} lines were left out.`)
    process.exitCode = 1
  }
}

async function readable(stream: NodeJS.ReadableStream, file: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  stream.once('readable', resolve).once('end', resolve).once('error', reject)
  try {
    await promise
  } catch (error) {
    throw new Error(`The file ${file} cannot be read: ${messageOf(error)}.`, { cause: error })
  }
}
