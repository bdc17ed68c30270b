import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const repoRoot = resolve(import.meta.dirname, '..', '..')

/** Folder of the shared media set, if it is there: `ZOETROPE_MEDIA`, by default beside the checkout. */
export const mediaFolder: string | undefined = [
  process.env['ZOETROPE_MEDIA'] ?? resolve(repoRoot, '..', 'shared', 'media'),
].find((folder) => existsSync(join(folder, 'manifest.tsv')))

/** Files of the set by what they are for. */
export const mediaFiles = {
  jpegRotated: 'sharp-fixtures/Landscape_6.jpg',
  pngAlpha: 'sharp-fixtures/alpha-premultiply-2048x1536-paper.png',
  webp: 'sharp-fixtures/4.webp',
  mp4: 'androidx-media/mp4/sample.mp4',
  mov: 'androidx-media/mp4/bt601.mov',
} as const
