const title = '# Changelog'
const unreleased = '## Unreleased'

/**
 * Puts a changelog in order after a release was written on top of it: the title first, then the new version, with what stood
 * under "Unreleased" as its first lines.
 *
 * @throws Error where the title is missing
 */
export function arrangeChangelog(text: string): string {
  const [added, rest] = splitAt(text, title)
  if (rest === undefined) throw new Error(`CHANGELOG.md has no line "${title}".`)
  const sections = rest.split(/^(?=## )/m).map((section) => section.trim())
  const waiting = sections.find((section) => section.startsWith(unreleased))
  const older = sections.filter((section) => section !== waiting && section !== '')
  const released = added.trim()
  const lines = waiting?.slice(unreleased.length).trim() ?? ''
  return `${[title, withLines(released, lines), ...older].filter((part) => part !== '').join('\n\n')}\n`
}

/** The section with these lines after its heading. */
function withLines(section: string, lines: string): string {
  if (section === '') return lines === '' ? '' : `${unreleased}\n\n${lines}`
  const [heading = '', ...rest] = section.split('\n')
  const own = rest.join('\n').trim()
  return [heading, lines, own].filter((part) => part !== '').join('\n\n')
}

function splitAt(text: string, line: string): readonly [string, string | undefined] {
  const at = text.split('\n').indexOf(line)
  if (at < 0) return [text, undefined]
  const all = text.split('\n')
  return [all.slice(0, at).join('\n'), all.slice(at + 1).join('\n')]
}
