/** JSON as npm and Nx write it: two spaces, a line break at the end. */
export function stringify(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
