import { Codec } from 'node-av/lib'
import type { Stream } from 'node-av/lib'

/** Decoders that end the process on some real files. */
const crashing: ReadonlySet<string> = new Set(['ac4'])

let names: string | undefined

/** Names of all decoders that may be used, as FFmpeg's option `codec_whitelist` takes them. */
export function decoderAllowList(): string {
  names ??= Codec.getCodecList()
    .filter((codec) => codec.isDecoder() && codec.name !== null && !crashing.has(codec.name))
    .map(({ name }) => name)
    .join(',')
  return names
}

/** The decoder of a stream; undefined where there is none that may be used. */
export function usableDecoder(stream: Stream): Codec | undefined {
  const codec = Codec.findDecoder(stream.codecpar.codecId)
  return codec?.name && !crashing.has(codec.name) ? codec : undefined
}
