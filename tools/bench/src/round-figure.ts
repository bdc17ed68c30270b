/** A value with three significant digits. */
export function roundFigure(value: number): string {
  return Number(value.toPrecision(3)).toString()
}
