import type { Container, RequestOptions } from '@azure/cosmos'
import { TriggerOperation, TriggerType } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContainer, statusOf } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const partition = 't1'
let opened: OpenedContainer
let container: Container

const triggers = {
  stamp: [
    TriggerType.Pre,
    TriggerOperation.All,
    `function () {
      const request = getContext().getRequest()
      const body = request.getBody()
      body.stampedBy = request.getOperationType()
      request.setBody(body)
    }`,
  ],
  refuse: [TriggerType.Pre, TriggerOperation.All, `function () { throw new Error(403, 'not on my watch') }`],
  count: [
    TriggerType.Post,
    TriggerOperation.All,
    `function () {
      const made = getContext().getResponse().getBody()
      __.upsertDocument(__.getSelfLink(), { id: 'last', tenantId: 't1', of: made ? made.id : 'deleted' })
    }`,
  ],
  countAndFail: [
    TriggerType.Post,
    TriggerOperation.Create,
    `function () {
      __.createDocument(__.getSelfLink(), { id: 'trace', tenantId: 't1' }, () => { throw new Error('too late') })
    }`,
  ],
  rewrite: [
    TriggerType.Post,
    TriggerOperation.Create,
    `function () { __.response.setBody({ told: 'otherwise' }) }`,
  ],
  moves: [
    TriggerType.Pre,
    TriggerOperation.Create,
    `function () { __.request.setBody({ id: 'moved', tenantId: 'elsewhere' }) }`,
  ],
  onlyDelete: [TriggerType.Pre, TriggerOperation.Delete, `function () {}`],
} as const

beforeAll(async () => {
  opened = await openContainer()
  container = opened.container
  for (const [id, [triggerType, triggerOperation, body]] of Object.entries(triggers))
    await container.scripts.triggers.create({ id, triggerType, triggerOperation, body })
})

afterAll(async () => opened[Symbol.asyncDispose]())

async function idsThere(): Promise<string[]> {
  const { resources } = await container.items
    .query<string>('SELECT VALUE c.id FROM c ORDER BY c.id', { partitionKey: partition })
    .fetchAll()
  for (const id of resources) await container.item(id, partition).delete()
  return resources
}

const create = async (id: string, options: RequestOptions) =>
  container.items.create({ id, tenantId: partition }, options)

describe('a pre-trigger', () => {
  it('may change the document before it is written, by any kind of write', async () => {
    const options = { preTriggerInclude: ['stamp'] }
    expect((await create('a', options)).resource).toMatchObject({ id: 'a', stampedBy: 'Create' })
    const document = { id: 'a', tenantId: partition }
    expect((await container.items.upsert(document, options)).resource).toMatchObject({ stampedBy: 'Upsert' })
    const item = container.item('a', partition)
    expect((await item.replace(document, options)).resource).toMatchObject({ stampedBy: 'Replace' })
    expect((await item.read()).resource).toMatchObject({ stampedBy: 'Replace' })
    expect(await idsThere()).toEqual(['a'])
  })

  it('that fails lets nothing be written', async () => {
    await expect(create('b', { preTriggerInclude: ['stamp', 'refuse'] })).rejects.toMatchObject({
      code: 400,
      substatus: 403,
      message: expect.stringContaining('not on my watch'),
    })
    expect(await idsThere()).toEqual([])
  })

  it('cannot move a document to another partition', async () => {
    expect(await statusOf(create('c', { preTriggerInclude: ['moves'] }))).toBe(400)
    expect(await idsThere()).toEqual([])
  })

  it('has no response', async () => {
    const body = 'function () { getContext().getResponse() }'
    const more = { triggerType: TriggerType.Pre, triggerOperation: TriggerOperation.All }
    await container.scripts.triggers.create({ id: 'early', body, ...more })
    await expect(create('d', { preTriggerInclude: ['early'] })).rejects.toMatchObject({ code: 400 })
  })
})

describe('a post-trigger', () => {
  it('writes in the same transaction as what it follows', async () => {
    await create('e', { postTriggerInclude: ['count'] })
    expect((await container.item('last', partition).read()).resource).toMatchObject({ of: 'e' })
    await container.item('e', partition).delete({ postTriggerInclude: ['count'] })
    expect((await container.item('last', partition).read()).resource).toMatchObject({ of: 'deleted' })
    expect(await idsThere()).toEqual(['last'])
  })

  it('that fails undoes what it follows', async () => {
    await expect(create('f', { postTriggerInclude: ['countAndFail'] })).rejects.toMatchObject({ code: 400 })
    expect(await idsThere()).toEqual([])
  })

  it('may tell another body than was stored', async () => {
    const { resource } = await create('g', { postTriggerInclude: ['rewrite'] })
    expect(resource).toEqual({ told: 'otherwise' })
    expect((await container.item('g', partition).read()).resource).toMatchObject({ id: 'g' })
    expect(await idsThere()).toEqual(['g'])
  })
})

describe('a trigger that does not fit', () => {
  it.each([
    ['is not stored', { preTriggerInclude: ['nowhere'] }],
    ['is of the other type', { preTriggerInclude: ['count'] }],
    ['is of the other type still', { postTriggerInclude: ['stamp'] }],
    ['is for another operation', { preTriggerInclude: ['onlyDelete'] }],
  ])('is answered with 400, and nothing is written: it %s', async (_, options) => {
    expect(await statusOf(create('h', options))).toBe(400)
    expect(await idsThere()).toEqual([])
  })

  it('is refused by name with a patch and with a batch', async () => {
    await create('i', {})
    const options = { preTriggerInclude: ['stamp'] }
    const patch = container.item('i', partition).patch([{ op: 'add', path: '/x', value: 1 }], options)
    await expect(patch).rejects.toMatchObject({ code: 501, message: expect.stringContaining("'stamp'") })
    expect(await idsThere()).toEqual(['i'])
  })
})
