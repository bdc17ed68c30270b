import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'

import type { JobBody } from '@zoetrope/contracts'
import { err, toErrorBody } from '@zoetrope/contracts'
import pc from 'picocolors'

import { isApiProblem } from '../api-problem.ts'
import type { ZoetropeClient } from '../client.ts'
import { collectPages } from '../client.ts'
import { uploadFile } from '../upload-file.ts'
import { isEnded, waitForAsset, waitForJob } from '../wait-for-job.ts'
import { chooseFolders, downloadRenditions } from './download-renditions.ts'
import { formatReport } from './format-report.ts'
import type { ProgressLine } from './progress-lines.ts'
import type { FileResult } from './file-result.ts'
import { createProgressLines } from './progress-lines.ts'

/** Options of {@link processFiles}. */
export interface ProcessOptions {
  readonly isJson: boolean
  readonly outDirectory?: string
}

const parallelFiles = 4
const assetWaitMs = 300_000

/** Uploads the files, watches their jobs and prints what came of them; the exit code is 0 only if all succeeded. */
export async function processFiles(
  client: ZoetropeClient,
  files: readonly string[],
  { isJson, outDirectory }: ProcessOptions,
): Promise<number> {
  const lines = createProgressLines({ isSilent: isJson, labels: files.map((file) => basename(file)) })
  const folders = outDirectory ? chooseFolders(outDirectory, files) : []
  const results: FileResult[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      const file = files[index] ?? ''
      const result = await processFile(client, file, lines.of(index))
      const folder = folders[index]
      results[index] = folder ? await saveResult(client, result, folder) : result
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(parallelFiles, files.length) }, work))
  } finally {
    lines.stop()
  }
  const hasSucceeded = results.every(({ state, error }) => state === 'succeeded' && !error)
  process.stdout.write(
    isJson ? `${JSON.stringify({ files: results }, null, 2)}\n` : formatReport(results, pc),
  )
  return hasSucceeded ? 0 : 1
}

async function processFile(client: ZoetropeClient, file: string, line: ProgressLine): Promise<FileResult> {
  let known: Pick<FileResult, 'assetId' | 'jobId'> = {}
  try {
    const blob = await openFile(file)
    const { assetId } = await uploadFile(
      client,
      { blob, filename: basename(file) },
      { onProgress: (sent, total) => line.show('upload', total === 0 ? 100 : (sent / total) * 100) },
    )
    known = { assetId }
    const asset = await waitForAsset(client, assetId, { intervalMs: 200, timeoutMs: assetWaitMs })
    known = { assetId, jobId: asset.jobId }
    const job = await waitForJob(client, asset.jobId, {
      intervalMs: 400,
      onProgress: (look) => showJob(line, look),
    })
    const renditions = await collectPages((cursor) =>
      client.listRenditions(assetId, { limit: 500, ...(cursor ? { cursor } : {}) }),
    )
    return {
      file,
      ...known,
      state: job.state,
      ...(job.error ? { error: errorOf(job.error) } : {}),
      ...(job.cost ? { cost: job.cost } : {}),
      renditions,
    }
  } catch (error) {
    line.end('failed')
    return { file, ...known, state: 'failed', error: errorOf(bodyOf(error)), renditions: [] }
  }
}

async function openFile(file: string): Promise<Blob> {
  const facts = await stat(file).catch(() => undefined)
  try {
    if (facts?.isFile()) return await openAsBlob(file)
  } catch (cause) {
    throw err('SOURCE_MISSING', { detail: `The file ${file} cannot be read.`, cause })
  }
  throw err('SOURCE_MISSING', { detail: facts ? `${file} is not a file.` : `There is no file ${file}.` })
}

async function saveResult(client: ZoetropeClient, result: FileResult, folder: string): Promise<FileResult> {
  try {
    await downloadRenditions(client, result, folder)
    return { ...result, folder }
  } catch (error) {
    const { code, title } = errorOf(bodyOf(error))
    const detail = `The results could not be saved in ${folder}: ${error instanceof Error ? error.message : title}`
    return { ...result, error: { code, title, detail, retry: true } }
  }
}

function showJob(line: ProgressLine, job: JobBody): void {
  if (isEnded(job)) line.end(job.state)
  else line.show(job.progress?.phase ?? job.state, job.progress?.percent ?? 0, job.progress?.etaSeconds)
}

type ErrorFields = NonNullable<FileResult['error']>

function bodyOf(error: unknown): {
  code: string
  title: string
  detail?: string | undefined
  retry: boolean
} {
  return isApiProblem(error) ? error.problem : toErrorBody(error)
}

function errorOf({ code, title, detail, retry }: ReturnType<typeof bodyOf>): ErrorFields {
  return { code, title, ...(detail ? { detail } : {}), retry }
}
