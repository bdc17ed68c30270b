// Calls one function of av and prints its result, or its error, as JSON: `node call-av.ts NAME '{...}'`.
import { toErrorBody } from '@zoetrope/contracts'

import type { MediaInput, ProbeOptions } from '../src/index.ts'
import { encodeAudio, encodeVideoRung, extractPoster, packageCmaf, probe } from '../src/index.ts'

const [, , name = '', options = '{}'] = process.argv
const functions: Readonly<Record<string, (options: never) => Promise<object>>> = {
  encodeAudio,
  encodeVideoRung,
  extractPoster,
  packageCmaf,
  probe: (options: ProbeOptions & { readonly input: MediaInput }) => probe(options.input, options),
}
const percents: number[] = []
const withProgress = { ...JSON.parse(options), onProgress: (percent: number) => percents.push(percent) }
try {
  const result = await functions[name]!(withProgress as never)
  const rssBytes = process.resourceUsage().maxRSS * 1024
  process.stdout.write(JSON.stringify({ result, percents, rssBytes }))
} catch (thrown) {
  process.stdout.write(JSON.stringify({ error: toErrorBody(thrown) }))
}
