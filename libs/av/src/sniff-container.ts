/** A container that we open, and the only demuxer that may open it. */
export interface ContainerFormat {
  /** Short name, as it is reported: `mp4`, `webm`, ... */
  readonly name: string
  /** FFmpeg's name of the demuxer. */
  readonly demuxer: string
}

type Sniff = (head: Buffer) => boolean

const at = (offset: number, ...texts: readonly string[]): Sniff => {
  return (head) =>
    texts.some((text) => head.subarray(offset, offset + text.length).equals(Buffer.from(text, 'latin1')))
}
const riff = (form: string): Sniff => {
  return (head) => at(0, 'RIFF', 'RF64')(head) && at(8, form)(head)
}

/** First boxes that ISO media and QuickTime files begin with. */
const isoBoxes: Sniff = at(4, 'ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot', 'styp', 'moof')

/** Still pictures in ISO boxes belong to the image room. */
const stillBrands: Sniff = at(8, 'heic', 'heix', 'heim', 'heis', 'mif1', 'avif')

const webmDocType: Sniff = (head) => head.subarray(0, 64).includes('webm')
const ebml: Sniff = at(0, '\x1a\x45\xdf\xa3')

/** Sync bytes of three transport packets in a row; 192-byte packets carry four bytes of time before each. */
const transportStream: Sniff = (head) =>
  [
    [0, 188],
    [4, 192],
  ].some(([first = 0, stride = 0]) => [0, 1, 2].every((index) => head[first + index * stride] === 0x47))

/** Layer II or III with a bit rate and a sample rate that exist: a byte order mark of UTF-16 begins alike. */
const mpegAudioFrame: Sniff = (head) => {
  const [sync = 0, kind = 0, rates = 0] = head
  const [version, layer, bitrate, sampleRate] = [
    (kind >> 3) & 3,
    (kind >> 1) & 3,
    rates >> 4,
    (rates >> 2) & 3,
  ]
  const exists =
    version !== 1 && (layer === 1 || layer === 2) && bitrate > 0 && bitrate < 15 && sampleRate < 3
  return sync === 0xff && kind >= 0xe0 && exists
}
const adtsFrame: Sniff = (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0

/** Allow-list, most telling signature first: what is not here is not opened. */
const containers: readonly (ContainerFormat & { readonly sniff: Sniff })[] = [
  { name: 'quicktime', demuxer: 'mov', sniff: at(4, 'ftypqt  ') },
  { name: 'mp4', demuxer: 'mov', sniff: (head) => isoBoxes(head) && !stillBrands(head) },
  { name: 'webm', demuxer: 'matroska', sniff: (head) => ebml(head) && webmDocType(head) },
  { name: 'matroska', demuxer: 'matroska', sniff: ebml },
  { name: 'wav', demuxer: 'wav', sniff: riff('WAVE') },
  { name: 'avi', demuxer: 'avi', sniff: riff('AVI ') },
  { name: 'ogg', demuxer: 'ogg', sniff: at(0, 'OggS') },
  { name: 'flac', demuxer: 'flac', sniff: at(0, 'fLaC') },
  { name: 'flv', demuxer: 'flv', sniff: at(0, 'FLV\x01') },
  { name: 'asf', demuxer: 'asf', sniff: at(0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11') },
  { name: 'aiff', demuxer: 'aiff', sniff: (head) => at(0, 'FORM')(head) && at(8, 'AIFF', 'AIFC')(head) },
  { name: 'caf', demuxer: 'caf', sniff: at(0, 'caff') },
  { name: 'amr', demuxer: 'amr', sniff: at(0, '#!AMR') },
  { name: 'mpegps', demuxer: 'mpeg', sniff: at(0, '\x00\x00\x01\xba') },
  { name: 'mpegts', demuxer: 'mpegts', sniff: transportStream },
  { name: 'ac3', demuxer: 'ac3', sniff: (head) => at(0, '\x0b\x77')(head) && (head[5] ?? 0) >> 3 <= 10 },
  { name: 'eac3', demuxer: 'eac3', sniff: at(0, '\x0b\x77') },
  { name: 'aac', demuxer: 'aac', sniff: adtsFrame },
  { name: 'mp3', demuxer: 'mp3', sniff: mpegAudioFrame },
]

/** How many bytes from the start of a file {@link sniffContainer} looks at. */
export const sniffedBytes = 4096

/**
 * The container of a file by its first bytes; undefined for everything that we do not open.
 *
 * Never by name or declared type: a playlist called `.mp4` must not reach a demuxer that follows its addresses.
 * An ID3 tag may stand before several kinds of audio; `audioStart` are the bytes behind it.
 */
export function sniffContainer(head: Buffer, audioStart?: Buffer): ContainerFormat | undefined {
  if (at(0, 'ID3')(head)) {
    const inner = audioStart ? sniffContainer(audioStart) : undefined
    return inner ?? { name: 'mp3', demuxer: 'mp3' }
  }
  const found = containers.find((container) => container.sniff(head))
  return found ? { name: found.name, demuxer: found.demuxer } : undefined
}

/** Length of the ID3 tag at the start of a file, header included; 0 where there is none. */
export function id3LengthBytes(head: Buffer): number {
  if (!at(0, 'ID3')(head) || head.length < 10) return 0
  const size = [6, 7, 8, 9].reduce((sum, index) => sum * 128 + ((head[index] ?? 0) & 0x7f), 0)
  return size + 10
}
