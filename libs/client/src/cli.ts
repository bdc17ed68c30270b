#!/usr/bin/env node
// `zoetrope process FILES`: uploads through the public API, watches the jobs, says what came out and what it cost.
import { readFileSync } from 'node:fs'

import { Command } from 'commander'

import { createClient } from './client.ts'
import { processFiles } from './cli/process-files.ts'

interface ProcessFlags {
  readonly api: string
  readonly key?: string
  readonly keyFile?: string
  readonly out?: string
  readonly json?: true
}

const program = new Command('zoetrope').description(
  'Uploads media to Zoetrope and watches it being processed.',
)
program
  .command('process')
  .description('Upload files, wait for their jobs, list the results.')
  .argument('<files...>', 'images, videos and sounds')
  .requiredOption('--api <url>', 'address of the API')
  .option('--key <key>', 'API key (other users of this machine can see it: better --key-file)')
  .option('--key-file <file>', 'JSON file with the field "key"')
  .option('--out <dir>', 'download the results into this folder')
  .option('--json', 'print one JSON document instead of text')
  .action(async (files: string[], flags: ProcessFlags) => {
    const key = flags.key ?? readKey(flags.keyFile)
    if (!key) program.error('An API key is needed: --key or --key-file')
    const client = createClient({ apiUrl: flags.api, key })
    process.exitCode = await processFiles(client, files, {
      isJson: flags.json ?? false,
      ...(flags.out ? { outDirectory: flags.out } : {}),
    })
  })
await program.parseAsync()

function readKey(file: string | undefined): string {
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly key: string }).key : ''
}
