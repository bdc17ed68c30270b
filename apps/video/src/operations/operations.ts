import type { Operation } from '@zoetrope/tasks'

import { audioEncode } from './audio-encode.ts'
import { videoEncode } from './video-encode.ts'
import { videoPackage } from './video-package.ts'
import { videoPoster } from './video-poster.ts'
import { videoProbe } from './video-probe.ts'

/** Every operation of this app. Their work is in `media-child.ts`, under the same names. */
export const operations: readonly Operation[] = [
  videoProbe,
  videoEncode,
  audioEncode,
  videoPackage,
  videoPoster,
]
