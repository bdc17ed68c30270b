import { writeFileSync } from 'node:fs'

import { Command } from 'commander'

import { type HistoryFile, writeHistoryFile } from '../durable/history-file.ts'
import { HostError } from '../errors.ts'
import { DurableClient } from './durable-client.ts'
import { addDurableFlags, type DurableFlags } from './durable-flags.ts'

interface HistoryFlags extends DurableFlags {
  readonly out?: string
}

/** `durable history`: an instance as a history file, to be replayed against later code. */
export function durableHistory(): Command {
  const command = new Command('history')
    .description('write the history of an instance, to be kept and replayed against later code')
    .argument('<id>', 'id of the instance')
  return addDurableFlags(command)
    .option('-o, --out <file>', 'write it to this file (standard output)')
    .action(async (id: string, flags: HistoryFlags) => {
      const client = new DurableClient(flags)
      const file = await client.look<HistoryFile>(`instances/${encodeURIComponent(id)}/history`)
      if (!file) throw await client.notFound(id)
      if (flags.out === undefined) return void process.stdout.write(writeHistoryFile(file))
      write(flags.out, writeHistoryFile(file))
      console.log(
        flags.json ? JSON.stringify({ file: flags.out }) : `${file.events.length} events in ${flags.out}.`,
      )
    })
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new HostError(`--out ${file} cannot be written: ${(error as Error).message}`)
  }
}
