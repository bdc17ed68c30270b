import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { Command } from 'commander'

import { exportAccount } from '../transfer/export-account.ts'
import type { TransferCounts } from '../transfer/export-account.ts'
import { addConnectionFlags, connect } from './connection.ts'
import type { ConnectionFlags } from './connection.ts'
import { describeCounts } from './describe-counts.ts'

interface ExportFlags extends ConnectionFlags {
  database?: string
  container?: string
  out?: string
}

const more = `
A line for each database, container (with indexing policy, keys, throughput), script and document. Users and permissions are left out.
Documents come without the properties of the service (_rid, _self, _etag, _ts).

Examples:
  cosmos-emulator export --out account.jsonl
  cosmos-emulator export --data .cosmos-emulator --database shop > shop.jsonl
  COSMOS_KEY=… cosmos-emulator export --endpoint https://name.documents.azure.com/ --out account.jsonl`

/** `export`: an account as JSON lines. */
export function exportCommand(): Command {
  return addConnectionFlags(new Command('export').description('write an account as JSON lines'))
    .option('--database <id>', 'this database alone')
    .option('--container <id>', 'containers of this name alone')
    .option('--out <file>', 'write to this file, in place of the standard output')
    .addHelpText('after', more)
    .action(exportTo)
}

async function exportTo({ out, database, container, ...connection }: ExportFlags): Promise<void> {
  await using source = await connect(connection, { isMade: false })
  const filter = {
    ...(database === undefined ? {} : { database }),
    ...(container === undefined ? {} : { container }),
  }
  const counts: TransferCounts = {}
  const lines = Readable.from(exportAccount(source.client, filter, counts))
  if (out === undefined) await pipeline(lines, process.stdout, { end: false })
  else {
    // A file of that name is a whole export.
    const unfinished = `${out}.unfinished`
    await pipeline(lines, createWriteStream(unfinished, { mode: 0o600 }))
    await rename(unfinished, out)
  }
  console.error(`Exported ${describeCounts(counts)}.`)
}
