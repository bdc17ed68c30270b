import { request } from 'node:http'

/** A file to send in a form, and the key under which it may be sent again. */
export interface FormUpload {
  readonly apiUrl: string
  readonly key: string
  readonly idempotencyKey: string
  readonly bytes: Uint8Array
}

const boundary = 'one-part'
const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="tone.wav"\r\ncontent-type: audio/wav\r\n\r\n`
const tail = `\r\n--${boundary}--\r\n`

/** Posts a file to `/v1/uploads` as `multipart/form-data`; answers what the API answers with 201. */
export async function sendForm(upload: FormUpload): Promise<unknown> {
  const body = new Blob([head, Uint8Array.from(upload.bytes), tail])
  const response = await fetch(`${upload.apiUrl}/v1/uploads`, {
    method: 'POST',
    headers: headersOf(upload),
    body,
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`The form was answered with ${response.status}: ${text}`)
  return JSON.parse(text)
}

/** Begins to post a file, and breaks off in the middle of it once `isUnderWay` resolves. */
export async function breakOffForm(upload: FormUpload, isUnderWay: () => Promise<unknown>): Promise<void> {
  const length = head.length + upload.bytes.byteLength + tail.length
  const sent = request(`${upload.apiUrl}/v1/uploads`, {
    method: 'POST',
    agent: false,
    headers: { ...headersOf(upload), 'content-length': length },
  })
  const isClosed = new Promise((done) => sent.once('close', done))
  sent.on('error', () => undefined)
  sent.write(head)
  sent.write(upload.bytes.subarray(0, upload.bytes.byteLength / 2))
  await isUnderWay()
  sent.destroy()
  await isClosed
}

function headersOf({ key, idempotencyKey }: FormUpload): Record<string, string> {
  return {
    authorization: `Bearer ${key}`,
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'idempotency-key': idempotencyKey,
  }
}
