// The program of a child process: the only place of this app in which an image is opened.
import { basename } from 'node:path'

import type { ProbeFacts } from '@zoetrope/contracts'
import { err, operationParameters } from '@zoetrope/contracts'
import { makePlaceholder, probeImage, renderVariants } from '@zoetrope/imaging'
import type { ChildInput, ChildJob } from '@zoetrope/tasks'
import { serveChild } from '@zoetrope/tasks'

serveChild({
  'image.probe': async (job) => {
    const source = sourceOf(job)
    const image = await probeImage(source.file)
    const { format, widthPx, heightPx, frames, hasAlpha } = image
    const facts: ProbeFacts = {
      fingerprint: source.sha256,
      mediaType: 'image',
      video: { widthPx, heightPx, codec: image.codec },
    }
    return { outputs: [], media: { format, widthPx, heightPx, frames, hasAlpha }, facts }
  },
  'image.variants': async (job, report) => {
    const { variants } = operationParameters['image.variants'].parse(job.parameters)
    const tell = (done: number): void =>
      report({ phase: 'rendering', percent: (done * 100) / variants.length })
    tell(0)
    const rendered = await renderVariants(sourceOf(job).file, variants, job.outputFolder, {
      onRendered: tell,
    })
    return { outputs: rendered.map(({ file, ...output }) => ({ ...output, path: basename(file) })) }
  },
  'image.placeholder': async (job) => ({ outputs: [], media: await makePlaceholder(sourceOf(job).file) }),
})

function sourceOf(job: ChildJob): ChildInput {
  const source = job.inputs[0]
  if (!source) throw err('PARAMETERS_INVALID', { detail: `${job.operation} needs one input.` })
  return source
}
