import type { Operation } from '@zoetrope/tasks'

import { imagePlaceholder } from './image-placeholder.ts'
import { imageProbe } from './image-probe.ts'
import { imageVariants } from './image-variants.ts'

/** Every operation of this app. Their work is in `imaging-child.ts`, under the same names. */
export const operations: readonly Operation[] = [imageProbe, imageVariants, imagePlaceholder]
