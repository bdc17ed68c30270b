/** Says. */
export function isId(x: string): boolean {
  return x.length > 0
}
