/** How much a container holds, from the header of an answer that was asked for it: `documentsCount`, `documentsSize` in KB. */
export function readUsage(headers) {
  const parts = (headers.get('x-ms-resource-usage') ?? '').split(';')
  return Object.fromEntries(parts.map((part) => part.split('=')))
}
