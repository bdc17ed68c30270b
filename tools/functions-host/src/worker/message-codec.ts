import { deserialize, serialize } from 'node:v8'

import type { Frame, OutgoingFrame } from './frame.ts'
import { FrameError } from './frame.ts'
import type { FromWorker, HttpData, Invocation, InvocationOutcome, ToWorker, TypedData } from './protocol.ts'

/** A message between host and worker. */
export type Message = ToWorker | FromWorker

/** How a message is written. Text is by far the cheapest, and most invocations need nothing else. */
const kinds = {
  /** The head is JSON. */
  json: 0,
  /** The head is JSON, and the body is that of its HTTP request or response. */
  http: 1,
  /** The head is a structured clone, for bytes, dates and whatever else may be in a message. */
  clone: 2,
} as const

/** Types of messages that are always JSON. */
const textMessages: ReadonlySet<Message['type']> = new Set(['log', 'ping', 'pong', 'terminate'])

/** How many kinds of frames there are. */
export const messageKindCount = Object.keys(kinds).length

/** Writes a message as a frame. */
export function encodeMessage(message: Message): OutgoingFrame {
  if (textMessages.has(message.type)) return { kind: kinds.json, head: JSON.stringify(message) }
  if (message.type === 'invoke' && isTextInvocation(message.invocation)) {
    const { invocation } = message
    const [first] = invocation.inputData
    if (!first?.data.http) return { kind: kinds.json, head: JSON.stringify(message) }
    const { body, ...http } = first.data.http
    const head: Message = {
      type: 'invoke',
      invocation: { ...invocation, inputData: [{ name: first.name, data: { http } }] },
    }
    return withBody(head, body)
  }
  if (message.type === 'result' && isTextOutcome(message.outcome)) {
    const { outcome, invocationId } = message
    const returned = outcome.ok ? outcome.returnValue?.http : undefined
    if (!returned) return { kind: kinds.json, head: JSON.stringify(message) }
    const { body, ...http } = returned
    const head: Message = {
      type: 'result',
      invocationId,
      outcome: { ok: true, returnValue: { http }, outputData: [] },
    }
    return withBody(head, body)
  }
  return { kind: kinds.clone, head: serialize(message) }
}

/** Reads a message from a frame. @throws FrameError for one that holds none */
export function decodeMessage({ kind, head, body }: Frame): Message {
  const message = readHead(kind, head)
  if (kind === kinds.http) {
    const http = httpOf(message)
    if (http) http.body = { bytes: body }
  }
  return message
}

function readHead(kind: number, head: Buffer): Message {
  try {
    return (kind === kinds.clone ? deserialize(head) : JSON.parse(head.toString())) as Message
  } catch (error) {
    throw new FrameError(`A frame holds no message: ${(error as Error).message}`)
  }
}

function withBody(head: Message, body: TypedData | null | undefined): OutgoingFrame {
  const text = JSON.stringify(head)
  if (!body) return { kind: kinds.json, head: text }
  return { kind: kinds.http, head: text, body: body.bytes ?? body.string ?? body.json ?? '' }
}

function httpOf(message: Message): HttpData | undefined {
  if (message.type === 'invoke') return message.invocation.inputData[0]?.data.http
  if (message.type === 'result' && message.outcome.ok) return message.outcome.returnValue?.http
  return undefined
}

/** Whether JSON holds all of an invocation, save the body of an HTTP request that is its only input. */
function isTextInvocation(invocation: Invocation): boolean {
  const { inputData, triggerMetadata, retryContext } = invocation
  if (retryContext) return false
  const [only, ...others] = inputData
  const isHttp = only?.data.http !== undefined && others.length === 0 && isPlainBody(only.data.http.body)
  return (
    (isHttp || inputData.every(({ data }) => isText(data))) && Object.values(triggerMetadata).every(isText)
  )
}

/** Whether JSON holds all of an outcome, save the body of an HTTP response. */
function isTextOutcome(outcome: InvocationOutcome): boolean {
  if (!outcome.ok) return true
  if (outcome.outputData.length > 0) return false
  const { returnValue } = outcome
  const http = returnValue?.http
  if (http) return (http.cookies?.length ?? 0) === 0 && isPlainBody(http.body)
  return returnValue === undefined || returnValue === null || isText(returnValue)
}

function isText(data: TypedData): boolean {
  return typeof data.string === 'string' || typeof data.json === 'string'
}

function isPlainBody(body: TypedData | null | undefined): boolean {
  return !body || body.bytes !== undefined || isText(body)
}
