import { HostError } from '../errors.ts'

/** Where a host is, and the key for it. */
export interface HostAddress {
  readonly host: string
  readonly port: number
  readonly code?: string
}

/** Sends a request to a host that runs. @throws HostError where none answers */
export async function askHost(
  { host, port, code }: HostAddress,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const base = `http://${host}:${port}`
  const headers = new Headers(init.headers)
  if (code) headers.set('x-functions-key', code)
  try {
    return await fetch(`${base}${path}`, { ...init, headers, redirect: 'manual' })
  } catch (error) {
    const { message, cause = { message } } = error as {
      message: string
      cause?: { code?: string; message: string }
    }
    if (cause.code !== 'ECONNREFUSED') throw new HostError(`${base} cannot be asked: ${cause.message}`)
    throw new HostError(
      `No Functions host answers at ${base}. Start one with functions-host start, or name its port with --port.`,
    )
  }
}
