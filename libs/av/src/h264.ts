import { err } from '@zoetrope/contracts'

const sequenceParameterSet = 7
const pictureParameterSet = 8

/** Splits a byte stream with start codes (ISO 14496-10 Annex B) into NAL units. */
export function splitNalUnits(stream: Buffer): Buffer[] {
  const units: Buffer[] = []
  const startCode = Buffer.from([0, 0, 1])
  let start = stream.indexOf(startCode)
  while (start >= 0) {
    const next = stream.indexOf(startCode, start + 3)
    let end = next < 0 ? stream.length : next
    // Zeros before a start code belong to it.
    while (next >= 0 && end > start + 3 && stream[end - 1] === 0) end -= 1
    if (end > start + 3) units.push(stream.subarray(start + 3, end))
    start = next
  }
  return units
}

/** The same access unit with lengths instead of start codes, as MP4 wants it; parameter sets are left to the header. */
export function toLengthPrefixed(stream: Buffer): Buffer {
  const parts = splitNalUnits(stream)
    .filter((unit) => ![sequenceParameterSet, pictureParameterSet].includes((unit[0] ?? 0) & 0x1f))
    .flatMap((unit) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(unit.length)
      return [length, unit]
    })
  return Buffer.concat(parts)
}

/** `AVCDecoderConfigurationRecord` (ISO 14496-15 §5.3.3.1) from the encoder's header: 4:2:0, 8 bit. */
export function avcConfiguration(header: Buffer): Buffer {
  const units = splitNalUnits(header)
  const sps = units.find((unit) => ((unit[0] ?? 0) & 0x1f) === sequenceParameterSet)
  const pps = units.find((unit) => ((unit[0] ?? 0) & 0x1f) === pictureParameterSet)
  if (!sps || !pps) throw err('INTERNAL', { detail: 'The encoder gave no parameter sets.' })
  const [, profile = 0, compatibility = 0, level = 0] = sps
  const length = (unit: Buffer): Buffer => Buffer.from([unit.length >> 8, unit.length & 0xff])
  const highProfile = profile >= 100 ? [Buffer.from([0xfc | 1, 0xf8, 0xf8, 0])] : []
  return Buffer.concat([
    Buffer.from([1, profile, compatibility, level, 0xff, 0xe1]),
    length(sps),
    sps,
    Buffer.from([1]),
    length(pps),
    pps,
    ...highProfile,
  ])
}
