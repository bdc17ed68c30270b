// Makes the two demo files under `examples/demo`: a photo whose orientation is in its EXIF data, and a clip with picture and
// sound. Both are drawn here, so they are ours. Run by hand: `node e2e/src/write-demo-files.ts`.
import { join, resolve } from 'node:path'

import sharp from 'sharp'

import { drawClip } from './draw-clip.ts'

const folder = resolve(import.meta.dirname, '..', '..', 'examples', 'demo')

await writePhoto(join(folder, 'photo.jpg'))
await drawClip(join(folder, 'clip.mp4'), 4)

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
