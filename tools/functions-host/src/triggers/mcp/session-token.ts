import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'

import type { Caller } from './caller.ts'
import { parse } from './envelope.ts'

/** The part of a client's description that a session remembers. */
export type ClientInfo = NonNullable<Caller['clientInfo']>

/**
 * Session ids that hold what is known of the session, signed: the host keeps nothing of its sessions, so that they
 * outlive it, and any number of them costs nothing.
 */
export class SessionTokens {
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  /** A new session's id. */
  issue(clientInfo: ClientInfo | undefined): string {
    const text = JSON.stringify({ id: randomUUID(), ...(clientInfo ? { clientInfo } : {}) })
    const payload = Buffer.from(text).toString('base64url')
    return `${payload}.${this.#sign(payload)}`
  }

  /** What a session id holds; undefined for one that is not ours. */
  read(token: string): { readonly clientInfo: ClientInfo | undefined } | undefined {
    const [payload = '', signature = ''] = token.split('.')
    const expected = Buffer.from(this.#sign(payload))
    const given = Buffer.from(signature)
    if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected)) return undefined
    const held = parse(Buffer.from(payload, 'base64url').toString()) as
      | { clientInfo?: ClientInfo }
      | undefined
    return held && { clientInfo: held.clientInfo }
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.#secret).update(payload).digest('base64url')
  }
}
