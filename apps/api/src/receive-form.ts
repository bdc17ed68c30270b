import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { HttpRequest } from '@azure/functions'
import type { BusboyEvents, BusboyInstance } from '@fastify/busboy'
import { Busboy } from '@fastify/busboy'
import { bodyChunks } from '@zoetrope/app-kit'
import { err, ZoetropeError } from '@zoetrope/contracts'

/** The file of a form. Its stream fails when the form ends early or the file is over the limit. */
export interface FormFile {
  readonly stream: Readable
  readonly filename: string | undefined
  readonly contentType: string
}

/** Fields of the form that stood before its file. */
export type FormFields = Readonly<Record<string, string>>

/**
 * Reads a `multipart/form-data` request with one file, which is handed on as a stream as soon as it begins: fields must stand before it.
 * The stream ends only when the whole form has been read and is sound, so that half a file is never committed.
 *
 * @throws REQUEST_INVALID, BODY_TOO_LARGE
 */
export async function receiveForm<T>(
  request: HttpRequest,
  maxFileBytes: number,
  onFile: (fields: FormFields, file: FormFile) => Promise<T>,
): Promise<T> {
  if (!request.body) throw invalid('The form has no body.')
  const parser = makeParser(request.headers.get('content-type') ?? '', maxFileBytes)
  const whole = Promise.withResolvers<void>()
  whole.promise.catch(() => undefined)
  const answer = followFile(parser, whole.promise, onFile)
  const reading = pipeline(Readable.from(bodyChunks(request)), parser).catch((error: unknown) => {
    throw toProblem(error)
  })
  reading.then(whole.resolve, whole.reject)
  const [result] = await Promise.all([answer, reading])
  return result
}

function makeParser(contentType: string, maxFileBytes: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { files: 1, fields: 10, fieldSize: 32 * 1024, parts: 11, fileSize: maxFileBytes },
    })
  } catch (error) {
    throw invalid((error as Error).message)
  }
}

/** Collects the fields until the file begins, then answers what becomes of the file. */
function followFile<T>(
  parser: BusboyInstance,
  whole: Promise<void>,
  onFile: (fields: FormFields, file: FormFile) => Promise<T>,
): Promise<T> {
  const fields = new Map<string, string>()
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  let hasFile = false
  const refuse = (problem: Error): void => {
    reject(problem)
    parser.destroy(problem)
  }
  parser.on('field', (name, value, isNameCut, isValueCut) => {
    if (hasFile) refuse(invalid(`The field ${name} stands behind the file; it must stand before it.`))
    else if (isNameCut || isValueCut) refuse(invalid(`The field ${name} is too long.`))
    else fields.set(name, value)
  })
  parser.on('file', (...event: Parameters<BusboyEvents['file']>) => {
    const [name, source, filename, , contentType] = event
    hasFile = true
    source.on('error', () => undefined)
    source.once('limit', () =>
      refuse(err('BODY_TOO_LARGE', { detail: 'The file is over the limit of a form.' })),
    )
    // A parser that is destroyed does not end its parts.
    whole.catch((error: Error) => source.destroy(error))
    if (name !== 'file') return refuse(invalid('The part with the file must be named `file`.'))
    const stream = Readable.from(untilWhole(source, whole))
    onFile(Object.fromEntries(fields), { stream, filename: filename || undefined, contentType }).then(
      resolve,
      refuse,
    )
  })
  for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
    parser.on(limit, () => refuse(invalid('The form has too many parts.')))
  parser.once('error', (error) => reject(toProblem(error)))
  parser.once('finish', () => {
    if (!hasFile) reject(invalid('The form has no file: a part named `file` with a filename.'))
  })
  return promise
}

async function* untilWhole(source: Readable, whole: Promise<void>): AsyncGenerator<Buffer> {
  yield* source as AsyncIterable<Buffer>
  await whole
}

function toProblem(error: unknown): ZoetropeError {
  return error instanceof ZoetropeError ? error : invalid((error as Error).message)
}

function invalid(detail: string): ZoetropeError {
  return err('REQUEST_INVALID', { detail: detail.slice(0, 300) })
}
