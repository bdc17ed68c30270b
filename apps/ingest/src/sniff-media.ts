import type { MediaType } from '@zoetrope/contracts'
import { fileTypeFromBuffer } from 'file-type'

/** What a file is, by its first bytes. */
export interface SniffedMedia {
  readonly mediaType: MediaType
  readonly contentType: string
}

/** How many bytes from the start of a file {@link sniffMedia} wants to see. */
export const sniffedBytes = 16 * 1024

/** Allow-list. What is not here (text, playlists, SVG, archives, camera raws, ...) is `unknown` and never opened. */
const mediaTypes: Readonly<Record<string, MediaType>> = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/apng': 'image',
  'image/webp': 'image',
  'image/gif': 'image',
  'image/avif': 'image',
  'image/heic': 'image',
  'image/heif': 'image',
  'image/tiff': 'image',
  'video/mp4': 'video',
  'video/quicktime': 'video',
  'video/x-m4v': 'video',
  'video/webm': 'video',
  'video/matroska': 'video',
  'video/3gpp': 'video',
  'video/3gpp2': 'video',
  'video/mp2t': 'video',
  'video/mpeg': 'video',
  'video/mp2p': 'video',
  'video/mp1s': 'video',
  'video/ogg': 'video',
  'video/vnd.avi': 'video',
  'video/x-flv': 'video',
  'video/x-ms-asf': 'video',
  'application/vnd.ms-asf': 'video',
  'audio/mpeg': 'audio',
  'audio/aac': 'audio',
  'audio/mp4': 'audio',
  'audio/x-m4a': 'audio',
  'audio/flac': 'audio',
  'audio/wav': 'audio',
  'audio/ogg': 'audio',
  'audio/aiff': 'audio',
  'audio/amr': 'audio',
  'audio/x-caf': 'audio',
  'audio/x-ms-asf': 'audio',
  'audio/vnd.dolby.dd-raw': 'audio',
  'application/pdf': 'pdf',
}

/** Finds the true type of a file from its first bytes; never from its name or from what the uploader said. */
export async function sniffMedia(head: Uint8Array): Promise<SniffedMedia> {
  const found = await fileTypeFromBuffer(head)
  const contentType = found?.mime.split(';')[0]?.toLowerCase() ?? 'application/octet-stream'
  return { mediaType: mediaTypes[contentType] ?? 'unknown', contentType }
}
