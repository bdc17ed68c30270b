import { describe, expect, it } from '@jest/globals'

import { arrangeChangelog } from '../src/arrange-changelog.ts'

describe('a changelog after a release', () => {
  it('has the title first, and what was unreleased under the new version', () => {
    const written =
      '## 0.2.0 (2026-12-01)\n\n### Features\n\n- From a plan.\n\n# Changelog\n\n## Unreleased\n\n- By hand.\n- And more.\n\n## 0.1.0\n\n- First.\n'

    expect(arrangeChangelog(written)).toBe(
      '# Changelog\n\n## 0.2.0 (2026-12-01)\n\n- By hand.\n- And more.\n\n### Features\n\n- From a plan.\n\n## 0.1.0\n\n- First.\n',
    )
  })

  it('stays as it is where nothing was released', () => {
    const text = '# Changelog\n\n## Unreleased\n\n- By hand.\n\n## 0.1.0\n\n- First.\n'

    expect(arrangeChangelog(text)).toBe(text)
  })

  it('has to have its title', () => {
    expect(() => arrangeChangelog('## 0.2.0\n')).toThrow('CHANGELOG.md has no line "# Changelog"')
  })
})
