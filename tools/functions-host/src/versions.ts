import { readFileSync } from 'node:fs'

/** Version of Microsoft's host that this one stands in for. */
export const hostVersion = '4.1037.0'
/** Version of Core Tools that came with it: what `func --version` answers. */
export const coreToolsVersion = '4.0.7030'

/** Version of this package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
