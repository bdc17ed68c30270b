const sampleRateHz = 8000

/** A WAV file: one tone, 8-bit mono. */
export function drawTone(seconds: number): Uint8Array<ArrayBuffer> {
  const samples = sampleRateHz * seconds
  const bytes = new Uint8Array(44 + samples)
  const view = new DataView(bytes.buffer)
  bytes.set(Buffer.from('RIFF'))
  bytes.set(Buffer.from('WAVEfmt '), 8)
  bytes.set(Buffer.from('data'), 36)
  view.setUint32(4, 36 + samples, true)
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRateHz, true)
  view.setUint32(28, sampleRateHz, true)
  view.setUint16(32, 1, true)
  view.setUint16(34, 8, true)
  view.setUint32(40, samples, true)
  for (let index = 0; index < samples; index += 1)
    bytes[44 + index] = 128 + Math.round(60 * Math.sin((2 * Math.PI * 440 * index) / sampleRateHz))
  return bytes
}
