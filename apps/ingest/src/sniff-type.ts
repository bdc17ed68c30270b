import type { MediaType } from '@zoetrope/contracts'
import { fileTypeFromBuffer } from 'file-type'

/** Bytes from the beginning of a file that tell its type. */
export const sniffBytes = 4_100

/** What a file is, by its bytes. */
export interface SniffedType {
  readonly mediaType: MediaType
  readonly contentType: string
}

/** Extensions (as file-type names them) that are taken in. Everything else is no media, whatever it calls itself. */
const mediaTypes: Readonly<Record<string, MediaType>> = {
  jpg: 'image',
  png: 'image',
  apng: 'image',
  webp: 'image',
  gif: 'image',
  avif: 'image',
  heic: 'image',
  heif: 'image',
  tif: 'image',
  mp4: 'video',
  m4v: 'video',
  mov: 'video',
  '3gp': 'video',
  '3g2': 'video',
  mkv: 'video',
  webm: 'video',
  avi: 'video',
  mts: 'video',
  mpg: 'video',
  ogv: 'video',
  flv: 'video',
  asf: 'video',
  m4a: 'audio',
  m4b: 'audio',
  mp3: 'audio',
  aac: 'audio',
  wav: 'audio',
  flac: 'audio',
  ogg: 'audio',
  oga: 'audio',
  opus: 'audio',
  aif: 'audio',
  pdf: 'pdf',
}

/** Names the type of a file by its first bytes; no codec runs here. A playlist, a text, an SVG or a web page is `unknown`. */
export async function sniffType(head: Uint8Array): Promise<SniffedType> {
  const found = await fileTypeFromBuffer(head)
  const mediaType = found && mediaTypes[found.ext]
  if (!found || !mediaType)
    return { mediaType: 'unknown', contentType: found?.mime ?? 'application/octet-stream' }
  return { mediaType, contentType: found.mime }
}
