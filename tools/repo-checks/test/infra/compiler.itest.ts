import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from '@jest/globals'

import { CompilerSession } from '../../src/infra/compiler-session.ts'
import { findCompiler, pinnedVersion } from '../../src/infra/find-compiler.ts'

const compiler = await findCompiler()
if (compiler.path === undefined) {
  if (process.env['ZOETROPE_REQUIRE_BICEP'])
    throw new Error(
      `No Bicep compiler, and ZOETROPE_REQUIRE_BICEP asks for one: ${compiler.reasons.join(' ')}`,
    )
  console.warn(`SKIPPED: the Bicep compiler is not tried: ${compiler.reasons.join(' ')}`)
}
const describeWithCompiler = compiler.path === undefined ? describe.skip : describe

describeWithCompiler('the Bicep compiler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoetrope-bicep-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it('tells of what it does not like, formats, says what would be made, and refuses a file that is not there', async () => {
    await using session = new CompilerSession(compiler.path ?? '')
    file(
      'bicepconfig.json',
      '{ "analyzers": { "core": { "rules": { "no-unused-vars": { "level": "error" } } } } }',
    )
    const template = file(
      'main.bicep',
      `targetScope = 'subscription'\nparam name string\nresource g 'Microsoft.Resources/resourceGroups@2025-04-01' = { name: name, location: deployment().location }\n`,
    )
    const parameters = file('small.bicepparam', `using 'main.bicep'\nparam   name = 'rg-small'\n`)

    const { contents, diagnostics } = await session.compile(template)
    const spared = await session.compile(file('spare.bicep', 'var spare = 1\n'))
    const formatted = await session.format(parameters)
    const snapshot = JSON.parse(await session.snapshot(parameters)) as { predictedResources: unknown[] }

    expect(JSON.parse(contents ?? '')).toMatchObject({
      metadata: { _generator: { version: expect.stringContaining(pinnedVersion()) } },
    })
    expect(diagnostics).toEqual([])
    expect(spared.diagnostics).toEqual([expect.objectContaining({ code: 'no-unused-vars', level: 'Error' })])
    expect(formatted).toBe(`using 'main.bicep'\nparam name = 'rg-small'\n`)
    expect(snapshot.predictedResources).toEqual([
      expect.objectContaining({ name: 'rg-small', location: 'westeurope' }),
    ])
    await expect(session.snapshot(join(folder, 'missing.bicepparam'))).rejects.toThrow('missing.bicepparam')
  })
})

describe('a compiler that cannot be started', () => {
  it('fails the call', async () => {
    await using session = new CompilerSession(join(tmpdir(), 'zoetrope-no-such-compiler'))

    await expect(session.format('/main.bicep')).rejects.toThrow('ENOENT')
  })
})
