/** HTTP status of an error thrown by a storage client; 0 where it has none. */
export function statusOf(error: unknown): number {
  return (error as { statusCode?: number }).statusCode ?? 0
}
