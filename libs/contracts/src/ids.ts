import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'

/** The prefix of every id, and what it names. */
export const idPrefixes = {
  ten: 'tenant',
  key: 'API key',
  upl: 'upload',
  ast: 'asset',
  rnd: 'rendition',
  trk: 'track',
  wfl: 'workflow',
  job: 'job',
  tsk: 'task',
  evt: 'event',
  usg: 'usage record',
  whk: 'webhook endpoint',
  dlv: 'delivery',
  pbk: 'playback id',
} as const

/** One of the id prefixes. */
export type IdPrefix = keyof typeof idPrefixes

/** An id: `<prefix>_<26 characters>` of lower-case Crockford base32, branded by its prefix. */
export type Id<P extends IdPrefix> = string & { readonly __prefix: P }

/** Id of a tenant. */
export type TenantId = Id<'ten'>
/** Id of an API key. */
export type KeyId = Id<'key'>
/** Id of an upload; shares its 26 characters with the asset it becomes. */
export type UploadId = Id<'upl'>
/** Id of an asset; shares its 26 characters with its upload. */
export type AssetId = Id<'ast'>
/** Id of a rendition, derived from its asset and name. */
export type RenditionId = Id<'rnd'>
/** Id of a workflow. */
export type WorkflowId = Id<'wfl'>
/** Id of a job. */
export type JobId = Id<'job'>
/** Id of a task, derived from job, run, step and fan-out index. */
export type TaskId = Id<'tsk'>
/** Id of an event. */
export type EventId = Id<'evt'>
/** Playback id: public, unguessable. */
export type PlaybackId = Id<'pbk'>

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const body = '[0-9a-hjkmnp-tv-z]{26}'

/** Says whether a text is an id with this prefix. */
export function isId<P extends IdPrefix>(prefix: P, text: string): text is Id<P> {
  return new RegExp(`^${prefix}_${body}$`).test(text)
}

/** Zod schema of an id with this prefix. */
export function idSchema<P extends IdPrefix>(prefix: P): z.ZodType<Id<P>, string> {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_${body}$`), `must be an id such as ${prefix}_01k0w3v7h0e8r9a2b3c4d5e6f7`)
    .transform((text) => text as Id<P>) as unknown as z.ZodType<Id<P>, string>
}

/** Mints a new id: a UUIDv7 (time in milliseconds, then random bits), so ids sort by the time they were made. */
export function mintId<P extends IdPrefix>(prefix: P, nowMs: number = Date.now()): Id<P> {
  const bytes = new Uint8Array(16)
  globalThis.crypto.getRandomValues(bytes)
  let rest = nowMs
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return `${prefix}_${encode(BigInt(`0x${bytesToHex(bytes)}`))}` as Id<P>
}

/** Derives the id that names a thing made of these parts: the first 130 bits of their sha256, so a repeat names the same thing. */
export function deriveId<P extends IdPrefix>(prefix: P, ...parts: readonly (string | number)[]): Id<P> {
  const digest = bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))))
  return `${prefix}_${encode(BigInt(`0x${digest}`) >> 126n)}` as Id<P>
}

/** The id with another prefix and the same 26 characters (an upload and its asset share them). */
export function withPrefix<P extends IdPrefix>(prefix: P, id: string): Id<P> {
  return `${prefix}_${id.slice(id.indexOf('_') + 1)}` as Id<P>
}

/** Lower-case hexadecimal sha256 of a text, for hashes that must be the same in every runtime. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** 130 bits as 26 characters of Crockford base32. */
function encode(value: bigint): string {
  let text = ''
  for (let index = 0; index < 26; index += 1) {
    text = `${alphabet[Number(value & 31n)]}${text}`
    value >>= 5n
  }
  return text
}
