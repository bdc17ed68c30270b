import { err } from '@zoetrope/contracts'

/** HTTP status of an error thrown by a storage client; 0 where it has none. */
export function statusOf(error: unknown): number {
  return (error as { statusCode?: number }).statusCode ?? 0
}

/** A failure of the service as an error of the catalogue; anything else (a full disk, a stream that broke) stays what it is. */
export function storageFault(error: unknown): unknown {
  const isOfService = error instanceof Error && error.name === 'RestError'
  return isOfService ? err('BLOBS_UNAVAILABLE', { cause: error }) : error
}

/** Runs a call that has no refusals to answer with. @throws BLOBS_UNAVAILABLE when the service fails */
export async function callStorage<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw storageFault(error)
  }
}
