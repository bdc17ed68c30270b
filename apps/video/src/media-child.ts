// The program of a child process: the only place of this app in which FFmpeg opens a file.
import { join } from 'node:path'

import { encodeAudio, encodeVideoRung, extractPoster, packageCmaf, probe } from '@zoetrope/av'
import type { TrackInput } from '@zoetrope/av'
import { err, operationParameters } from '@zoetrope/contracts'
import type { ChildInput, ChildJob, ChildProgress } from '@zoetrope/tasks'
import { serveChild } from '@zoetrope/tasks'

import { probeFacts, probeMedia } from './probe-facts.ts'

type Report = (progress: ChildProgress) => void

serveChild({
  'video.probe': async (job) => {
    const source = sourceOf(job)
    const probed = await probe({ path: source.file })
    return { outputs: [], media: probeMedia(probed), facts: probeFacts(probed, source.sha256) }
  },

  'video.encode': async (job, report) => {
    const { name, ...rung } = operationParameters['video.encode'].parse(job.parameters)
    const path = `${fileName(name)}.mp4`
    const made = await encodeVideoRung({
      ...rung,
      input: { path: sourceOf(job).file },
      output: join(job.outputFolder, path),
      onProgress: inPhase('encoding', report),
    })
    const { widthPx, heightPx, frames, startMs, durationMs, bitrateBps, codecs } = made
    const media = {
      format: 'mp4',
      widthPx,
      heightPx,
      frames,
      startMs,
      durationMs,
      bitrateBps,
      codecs,
      videoCodec: 'h264',
    }
    return { outputs: [{ name, path, contentType: 'video/mp4', media }], media }
  },

  'audio.encode': async (job, report) => {
    const { name, bitrateBps } = operationParameters['audio.encode'].parse(job.parameters)
    const path = `${fileName(name)}.mp4`
    const made = await encodeAudio({
      bitrateBps,
      input: { path: sourceOf(job).file },
      output: join(job.outputFolder, path),
      onProgress: inPhase('encoding', report),
    })
    const { channels, sampleRateHz, startMs, durationMs, codecs } = made
    const media = {
      format: 'mp4',
      channels,
      sampleRateHz,
      startMs,
      durationMs,
      bitrateBps: made.bitrateBps,
      codecs,
      audioCodec: 'aac',
    }
    return { outputs: [{ name, path, contentType: 'audio/mp4', media }], media }
  },

  'video.package': async (job, report) => {
    const { segmentSeconds } = operationParameters['video.package'].parse(job.parameters)
    const audioInput = tracksOf(job, 'audio')[0]
    const made = await packageCmaf({
      segmentSeconds,
      videoInputs: tracksOf(job, 'video'),
      ...(audioInput ? { audioInput } : {}),
      outputDirectory: job.outputFolder,
      onProgress: inPhase('packaging', report),
    })
    const outputs = made.files.map(({ name, contentType }) => ({ name, path: name, contentType }))
    return { outputs, media: { format: 'cmaf', durationMs: made.durationMs } }
  },

  'video.poster': async (job) => {
    const { widthPx, atMs } = operationParameters['video.poster'].parse(job.parameters)
    const path = 'poster.jpg'
    const made = await extractPoster({
      widthPx,
      ...(atMs === undefined ? {} : { atMs }),
      input: { path: sourceOf(job).file },
      output: join(job.outputFolder, path),
    })
    const media = { format: 'jpeg', widthPx: made.widthPx, heightPx: made.heightPx, frames: 1 }
    return { outputs: [{ name: path, path, contentType: 'image/jpeg', media }], media }
  },
})

function sourceOf(job: ChildJob): ChildInput {
  const source = job.inputs[0]
  if (!source) throw err('PARAMETERS_INVALID', { detail: `${job.operation} needs one input.` })
  return source
}

/** Inputs of a package are called `video:<name>` and `audio:<name>`, after the encodes that made them. */
function tracksOf(job: ChildJob, kind: 'video' | 'audio'): TrackInput[] {
  return job.inputs
    .filter(({ name }) => name.startsWith(`${kind}:`))
    .map(({ name, file }) => ({ name: fileName(name.slice(kind.length + 1)), path: file }))
}

/** A name that is safe in a path and in a manifest. */
function fileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9-]/g, '-') || 'track'
}

function inPhase(phase: string, report: Report): (percent: number) => void {
  report({ phase, percent: 0 })
  return (percent) => report({ phase, percent })
}
