// `npm run smoke -- --api URL`: tries a deployment, or the local stack, through its public doors.
import { readFileSync } from 'node:fs'

import { Command } from 'commander'
import pico from 'picocolors'
import { z } from 'zod'

import { messageOf } from './message-of.ts'
import { smokeTest } from './smoke-test.ts'

interface Options {
  readonly api: string
  readonly delivery?: string
  readonly keyFile?: string
  readonly health: readonly string[]
  readonly timeoutSeconds: string
}

const program = new Command('npm run smoke --')
  .description(
    'Tries a deployment: health, a photo from upload to image, its cost. Ends with 0 only if all went well.',
  )
  .requiredOption('--api <url>', 'address of the API')
  .option('--delivery <url>', 'where images have to come from (default: wherever the API says)')
  .option('--key-file <file>', 'JSON file with the field "key" (default: the key in ZOETROPE_API_KEY)')
  .option('--health <urls...>', 'further addresses whose /health has to answer 200', [])
  .option('--timeout-seconds <n>', 'all of it may take this long', '300')
  .parse()
const options = program.opts<Options>()
const timeoutMs = Number(options.timeoutSeconds) * 1000
if (!(timeoutMs > 0)) program.error('--timeout-seconds needs a number above 0.')
const key = options.keyFile ? readKey(options.keyFile) : (process.env['ZOETROPE_API_KEY'] ?? '')
if (!key) program.error('An API key is needed: --key-file, or the environment variable ZOETROPE_API_KEY.')

const doors = [options.api, options.delivery, ...options.health].filter((url) => url !== undefined)
try {
  await smokeTest(
    {
      apiUrl: withoutSlash(options.api),
      ...(options.delivery ? { deliveryUrl: withoutSlash(options.delivery) } : {}),
      healthUrls: [...new Set(doors.map(withoutSlash))],
      key,
      timeoutMs,
    },
    (text) => console.log(text),
  )
  console.log(pico.green('The deployment works.'))
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}

function readKey(file: string): string {
  return z.object({ key: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).key
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
