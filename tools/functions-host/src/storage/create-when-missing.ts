/** Does something; only when what it needs is not there, makes that and does it again, so that it costs one request where all is there. */
export async function createWhenMissing<Result>(
  action: () => Promise<Result>,
  create: () => Promise<unknown>,
): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (!isMissing(error)) throw error
    await create()
    return await action()
  }
}

/** Whether a service answered that there is no such thing. Storage has the status in one field, Cosmos DB in another. */
export function isMissing(error: unknown): boolean {
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown }
  return statusCode === 404 || code === 404
}
