import { describe, expect, it } from '@jest/globals'

import type { TriggerContext, TriggeredFunction } from '../../trigger.ts'
import { Prompts } from './prompts.ts'
import { readMcpSettings } from './mcp-settings.ts'
import { Resources } from './resources.ts'
import { SessionTokens } from './session-token.ts'
import { Tools } from './tools.ts'
import { missingArguments, toInputSchema } from './tool-schema.ts'

// Declarations are read before anything is invoked.
const context = {} as TriggerContext
const declare = (type: string, ...bindings: object[]): TriggeredFunction[] =>
  bindings.map((binding, index) => ({
    metadata: { name: `f${index}`, id: `f${index}`, bindings: [] },
    trigger: { type, name: 'call', ...binding },
  }))

describe('what an app declares for MCP', () => {
  it.each([
    [
      'a tool without a name',
      () => new Tools(declare('mcpToolTrigger', {}), context),
      'Function "f0": "toolName" is missing',
    ],
    [
      'two tools of one name',
      () => new Tools(declare('mcpToolTrigger', { toolName: 'a' }, { toolName: 'A' }), context),
      'Function "f1": toolName "A" is that of function "f0" already',
    ],
    [
      'properties that are no JSON',
      () => new Tools(declare('mcpToolTrigger', { toolName: 'a', toolProperties: '[' }), context),
      'Function "f0": "toolProperties" is not valid JSON',
    ],
    [
      'properties that are no list',
      () => new Tools(declare('mcpToolTrigger', { toolName: 'a', toolProperties: '{}' }), context),
      '"toolProperties" must be a JSON list of objects',
    ],
    [
      'a schema that is of no object',
      () =>
        new Tools(declare('mcpToolTrigger', { toolName: 'a', resultSchema: '{"type":"string"}' }), context),
      '"resultSchema" must be a JSON schema with "type": "object"',
    ],
    [
      'a schema of a worker that is missing',
      () => new Tools(declare('mcpToolTrigger', { toolName: 'a', useWorkerInputSchema: true }), context),
      '"inputSchema" must be a JSON schema',
    ],
    [
      'a resource without an absolute URI',
      () => new Resources(declare('mcpResourceTrigger', { uri: 'readme' }), context),
      'Function "f0": the resource URI "readme" must be absolute',
    ],
    [
      'metadata that is no object',
      () => new Prompts(declare('mcpPromptTrigger', { promptName: 'p', metadata: '[]' }), context),
      '"metadata" must be a JSON object',
    ],
    [
      'a key level that does not exist',
      () => readMcpSettings({ system: { webhookAuthorizationLevel: 'Nobody' } }),
      'mcp.system.webhookAuthorizationLevel is "Nobody"',
    ],
  ])('is refused: %s', (_case, read, message) => {
    expect(read).toThrow(message)
  })
})

describe('the schema of a tool', () => {
  it('leaves nameless properties out and names each required one once', () => {
    const property = { propertyName: 'a', propertyType: 'string', isRequired: true }
    expect(toInputSchema([property, { propertyName: ' ' }, property])).toEqual({
      type: 'object',
      properties: { a: { type: 'string', description: '' } },
      required: ['a'],
    })
  })

  it.each([
    [undefined, ['foo']],
    [{ foo: null }, ['foo']],
    [{ foo: '' }, []],
    [{ foo: [] }, []],
    [{ foo: {} }, []],
    [{ foo: 0 }, []],
    [{ foo: false }, []],
  ])('given %j misses %j', (given, missing) => {
    expect(missingArguments({ type: 'object', required: ['foo'] }, given)).toEqual(missing)
  })
})

describe('a session id', () => {
  it('is read back by whoever has the secret, and by nobody else', () => {
    const token = new SessionTokens('secret').issue({ name: 'n', version: '1' })
    expect(new SessionTokens('secret').read(token)).toEqual({ clientInfo: { name: 'n', version: '1' } })
    expect(new SessionTokens('other').read(token)).toBeUndefined()
    expect(new SessionTokens('secret').read(`x${token}`)).toBeUndefined()
  })
})
