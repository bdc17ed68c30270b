import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { HttpRequest } from '@azure/functions'
import type { BusboyEvents, BusboyInstance } from '@fastify/busboy'
import { Busboy } from '@fastify/busboy'
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
  const answer = followFile(parser, onFile)
  // Whichever ends first: a handler that refuses stops the reading, and a broken form fails the file's stream.
  const reading = pipeline(Readable.fromWeb(request.body as never), parser)
  const [result] = await Promise.all([
    answer,
    reading.catch((error: unknown) => Promise.reject(toProblem(error))),
  ])
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
  onFile: (fields: FormFields, file: FormFile) => Promise<T>,
): Promise<T> {
  const fields = new Map<string, string>()
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  let hasFile = false
  const refuse = (problem: ZoetropeError): void => {
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
    const stream = new PassThrough()
    // Every failure of the source must reach who reads the stream, so that half a file is never committed.
    pipeline(source, stream).catch((error: unknown) => stream.destroy(toProblem(error)))
    stream.on('error', () => undefined)
    source.once('limit', () => {
      const problem = err('BODY_TOO_LARGE', { detail: 'The file is over the limit of a form.' })
      stream.destroy(problem)
      refuse(problem)
    })
    if (name !== 'file') return refuse(invalid('The part with the file must be named `file`.'))
    onFile(Object.fromEntries(fields), { stream, filename: filename || undefined, contentType }).then(
      resolve,
      (error: unknown) => {
        reject(error)
        stream.destroy()
        parser.destroy()
      },
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

function toProblem(error: unknown): ZoetropeError {
  return error instanceof ZoetropeError ? error : invalid((error as Error).message)
}

function invalid(detail: string): ZoetropeError {
  return err('REQUEST_INVALID', { detail: detail.slice(0, 300) })
}
