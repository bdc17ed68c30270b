import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Decoder, Demuxer, Encoder, Muxer } from 'node-av/api'
import { AV_PIX_FMT_YUV420P, FF_ENCODER_AAC, FF_ENCODER_LIBX264 } from 'node-av/constants'
import sharp from 'sharp'

const widthPx = 1280
const heightPx = 720
const frameRate = 24
const sampleRateHz = 48_000

/** A zoetrope: a wheel with slits that turns, and a ball that bounces in it; a chord that swells and fades. */
export async function drawClip(file: string, seconds: number): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-demo-'))
  try {
    const pictures = join(scratch, 'pictures.yuv')
    const sound = join(scratch, 'sound.wav')
    await writePictures(pictures, seconds)
    writeFileSync(sound, chord(seconds))
    await encode(pictures, sound, file)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function writePictures(file: string, seconds: number): Promise<void> {
  const descriptor = openSync(file, 'w')
  for (let index = 0; index < frameRate * seconds; index += 1) {
    const { data } = await sharp(Buffer.from(drawFrame(index, frameRate * seconds)))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    writeSync(descriptor, toYuv420(data))
  }
  closeSync(descriptor)
}

function drawFrame(index: number, count: number): string {
  const turn = (index / count) * 360
  const bounce = Math.abs(Math.sin((index / frameRate) * Math.PI))
  const slits = Array.from({ length: 12 }, (_, slit) => {
    const angle = slit * 30 + turn
    return `<rect x="630" y="70" width="20" height="90" rx="8" fill="#14121f" transform="rotate(${angle} 640 360)"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}">
    <rect width="100%" height="100%" fill="#efeaff"/><circle cx="640" cy="360" r="310" fill="#6d5df6"/>${slits.join('')}
    <circle cx="640" cy="360" r="190" fill="#fff7e6"/>
    <ellipse cx="640" cy="500" rx="${60 - bounce * 25}" ry="10" fill="#00000033"/>
    <circle cx="640" cy="${450 - bounce * 190}" r="44" fill="#f0827d"/>
    <rect x="40" y="660" width="${(index / count) * 1200}" height="16" rx="8" fill="#6d5df6"/></svg>`
}

/** BT.601 limited range, the default for raw video. */
function toYuv420(rgb: Buffer): Buffer {
  const pixels = widthPx * heightPx
  const yuv = Buffer.alloc((pixels * 3) / 2)
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const at = (y * widthPx + x) * 3
      // A view of three bytes each would take nearly all the time.
      const r = rgb[at] ?? 0
      const g = rgb[at + 1] ?? 0
      const b = rgb[at + 2] ?? 0
      yuv[y * widthPx + x] = 16 + 0.257 * r + 0.504 * g + 0.098 * b
      if (x % 2 === 0 && y % 2 === 0) {
        const chroma = (y / 2) * (widthPx / 2) + x / 2
        yuv[pixels + chroma] = 128 - 0.148 * r - 0.291 * g + 0.439 * b
        yuv[pixels + pixels / 4 + chroma] = 128 + 0.439 * r - 0.368 * g - 0.071 * b
      }
    }
  }
  return yuv
}

function chord(seconds: number): Buffer {
  const samples = sampleRateHz * seconds
  const pcm = Buffer.alloc(samples * 4)
  for (let index = 0; index < samples; index += 1) {
    const time = index / sampleRateHz
    const swell = Math.sin((Math.PI * time) / seconds) ** 2 * 0.2
    const tone = (hz: number): number => Math.sin(2 * Math.PI * hz * time)
    pcm.writeInt16LE(Math.round(swell * (tone(220) + tone(277.18)) * 16_000), index * 4)
    pcm.writeInt16LE(Math.round(swell * (tone(220) + tone(329.63)) * 16_000), index * 4 + 2)
  }
  return Buffer.concat([wavHeader(pcm.length), pcm])
}

function wavHeader(pcmBytes: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + pcmBytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(2, 22)
  header.writeUInt32LE(sampleRateHz, 24)
  header.writeUInt32LE(sampleRateHz * 4, 28)
  header.writeUInt16LE(4, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(pcmBytes, 40)
  return header
}

async function encode(pictures: string, sound: string, file: string): Promise<void> {
  await using video = await Demuxer.open({
    type: 'video',
    input: pictures,
    width: widthPx,
    height: heightPx,
    pixelFormat: AV_PIX_FMT_YUV420P,
    frameRate: { num: frameRate, den: 1 },
  })
  await using audio = await Demuxer.open(sound)
  await encodeInto(file, video, audio)
}

async function encodeInto(file: string, video: Demuxer, audio: Demuxer): Promise<void> {
  const pictures = video.video()
  const sound = audio.audio()
  if (!pictures || !sound) throw new Error('The raw tracks cannot be read')
  using videoDecoder = await Decoder.create(pictures)
  using audioDecoder = await Decoder.create(sound)
  using videoEncoder = await Encoder.create(FF_ENCODER_LIBX264, {
    decoder: videoDecoder,
    context: { bitRate: '500k', gopSize: frameRate },
    options: { preset: 'slow' },
  })
  using audioEncoder = await Encoder.create(FF_ENCODER_AAC, {
    decoder: audioDecoder,
    autoResample: true,
    context: { bitRate: '96k' },
  })
  await using output = await Muxer.open(file, { options: { movflags: '+faststart' } })
  const tracks = [
    {
      index: output.addStream(videoEncoder, { inputStream: pictures }),
      packets: videoEncoder.packets(videoDecoder.frames(video.packets(pictures.index))),
    },
    {
      index: output.addStream(audioEncoder, { inputStream: sound }),
      packets: audioEncoder.packets(audioDecoder.frames(audio.packets(sound.index))),
    },
  ]
  await Promise.all(
    tracks.map(async ({ index, packets }) => {
      for await (using packet of packets) await output.writePacket(packet, index)
    }),
  )
}
