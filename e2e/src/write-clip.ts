// `node write-clip.ts FILE SECONDS`: draws a clip with picture and sound. A program of its own, so that native code stays out of the tests.
import { drawClip } from './draw-clip.ts'

await drawClip(process.argv[2] ?? '', Number(process.argv[3]))
