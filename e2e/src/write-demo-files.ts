// Makes the two demo files under `examples/demo`: a photo whose orientation is in its EXIF data, and a clip with picture and
// sound. Both are drawn here, so they are ours. Run by hand: `node e2e/src/write-demo-files.ts`.
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { Decoder, Demuxer, Encoder, Muxer } from 'node-av/api'
import { AV_PIX_FMT_YUV420P, FF_ENCODER_AAC, FF_ENCODER_LIBX264 } from 'node-av/constants'
import sharp from 'sharp'

const folder = resolve(import.meta.dirname, '..', '..', 'examples', 'demo')
const widthPx = 1280
const heightPx = 720
const frameRate = 24
const seconds = 4
const sampleRateHz = 48_000

await writePhoto(join(folder, 'photo.jpg'))
await writeClip(join(folder, 'clip.mp4'))

/** A hilly evening in portrait, stored lying on its side as phones do. */
async function writePhoto(file: string): Promise<void> {
  const size = { width: 1500, height: 2000 }
  const hill = (top: number, wave: number, colour: string): string => {
    const points = Array.from({ length: 51 }, (_, index) => {
      const x = (index / 50) * size.width
      const y = top + wave * Math.sin(index * 0.35 + top) + wave * 0.4 * Math.sin(index * 0.9 + wave)
      return `${x.toFixed(0)},${y.toFixed(0)}`
    })
    return `<polygon fill="${colour}" points="0,${size.height} ${points.join(' ')} ${size.width},${size.height}"/>`
  }
  const hills = [
    hill(1080, 60, '#b0587c'),
    hill(1240, 70, '#85456f'),
    hill(1430, 80, '#57345c'),
    hill(1640, 70, '#2f2343'),
    hill(1830, 40, '#191530'),
  ]
  const scene = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#2b3a7c"/><stop offset=".35" stop-color="#8a5aa8"/>
    <stop offset=".55" stop-color="#f0827d"/><stop offset=".7" stop-color="#ffd08a"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/><circle cx="980" cy="1000" r="150" fill="#fff3cf"/>${hills.join('')}</svg>`
  await sharp(Buffer.from(scene))
    .rotate(-90)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toFile(file)
}

/** A zoetrope: a wheel with slits that turns, and a ball that bounces in it; a chord that swells and fades. */
async function writeClip(file: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-demo-'))
  try {
    const pictures = join(scratch, 'pictures.yuv')
    const sound = join(scratch, 'sound.wav')
    await writePictures(pictures)
    writeFileSync(sound, chord())
    await encode(pictures, sound, file)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function writePictures(file: string): Promise<void> {
  const descriptor = openSync(file, 'w')
  for (let index = 0; index < frameRate * seconds; index += 1) {
    const { data } = await sharp(Buffer.from(drawFrame(index)))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    writeSync(descriptor, toYuv420(data))
  }
  closeSync(descriptor)
}

function drawFrame(index: number): string {
  const turn = (index / (frameRate * seconds)) * 360
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
    <rect x="40" y="660" width="${(index / (frameRate * seconds)) * 1200}" height="16" rx="8" fill="#6d5df6"/></svg>`
}

/** BT.601 limited range, the default for raw video. */
function toYuv420(rgb: Buffer): Buffer {
  const pixels = widthPx * heightPx
  const yuv = Buffer.alloc((pixels * 3) / 2)
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const at = (y * widthPx + x) * 3
      const [r = 0, g = 0, b = 0] = rgb.subarray(at, at + 3)
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

function chord(): Buffer {
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
