import assert from 'node:assert/strict'

import type { Item, PatchOperation, PatchRequestBody } from '@azure/cosmos'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import type { ContractContext } from './contract-context.ts'
import { pathOf } from './contract-context.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const original = { n: 1, text: 'a', list: [1, 2, 3], object: { x: 1 }, none: null, 'a/b': 1, 'c~d': 1 }

/** A document to patch. */
async function makeItem({ makeContainer }: ContractContext): Promise<Item> {
  const container = await makeContainer()
  await container.items.create({ id: 'a', tenantId: 't', ...original })
  return container.item('a', 't')
}

/** Patches a fresh document and checks some of its fields afterwards. */
function patches(
  operations: object[],
  fields: Record<string, unknown>,
): (context: ContractContext) => Promise<void> {
  return async (context) => {
    const item = await makeItem(context)
    const { resource } = await answers(item.patch(operations as PatchOperation[]), 200)
    holds(resource, fields)
    holds((await item.read()).resource, fields)
  }
}

/** Sends patches of which each is refused, and checks that the document is as before. */
function refuses(...bodies: unknown[]): (context: ContractContext) => Promise<void> {
  return async (context) => {
    const item = await makeItem(context)
    const { etag } = await item.read()
    for (const body of bodies) {
      const path = `${pathOf(item.container)}/docs/a`
      const headers = { 'x-ms-documentdb-partitionkey': '["t"]' }
      isAnswer(await context.send('PATCH', path, { headers, body: JSON.stringify(body) }), 400)
    }
    assert.equal((await item.read()).etag, etag)
  }
}

const set = (path: string, value: unknown = 0): object => ({ op: 'set', path, value })

/** Partial updates of a document. */
export const patchRows: ContractRow[] = [
  ...faithful('item.patch', {
    'add: a new property': patches([{ op: 'add', path: '/m', value: 1 }], { m: 1, n: 1 }),
    'add: an existing property gets the new value': patches([{ op: 'add', path: '/n', value: [] }], {
      n: [],
    }),
    'add: an element at an index moves the rest': patches([{ op: 'add', path: '/list/1', value: 9 }], {
      list: [1, 9, 2, 3],
    }),
    'add: an element at the end, by the length or a dash': patches(
      [
        { op: 'add', path: '/list/3', value: 8 },
        { op: 'add', path: '/list/-', value: 9 },
      ],
      { list: [1, 2, 3, 8, 9] },
    ),
    'add: 400 beyond the end of an array, to no index, and to a parent that is none': refuses(
      [{ op: 'add', path: '/list/4', value: 9 }],
      [{ op: 'add', path: '/list/x', value: 9 }],
      [{ op: 'add', path: '/list/-1', value: 9 }],
      [{ op: 'add', path: '/none/x', value: 9 }],
      [{ op: 'add', path: '/missing/x', value: 9 }],
      [{ op: 'add', path: '/text/x', value: 9 }],
    ),
    'add: 400 without a value': refuses([{ op: 'add', path: '/m' }]),
    'set: a new and an existing property': patches([set('/n', 'x'), set('/m', null)], { n: 'x', m: null }),
    'set: an element of an array': patches([set('/list/1', 9)], { list: [1, 9, 3] }),
    'set: a property of a nested object': patches([set('/object/y', 2)], { object: { x: 1, y: 2 } }),
    'set: names with a slash or a tilde, escaped': patches([set('/a~1b', 2), set('/c~0d', 3)], {
      'a/b': 2,
      'c~d': 3,
    }),
    'set: a property called like those of every object': patches([set('/toString', 1)], { toString: 1 }),
    'replace: an existing property': patches([{ op: 'replace', path: '/text', value: 'b' }], { text: 'b' }),
    'replace: 400 where there is none': refuses([{ op: 'replace', path: '/missing', value: 1 }]),
    'remove: a property and an element': patches(
      [
        { op: 'remove', path: '/text' },
        { op: 'remove', path: '/list/0' },
      ],
      { text: undefined, list: [2, 3] },
    ),
    'remove: 400 where there is none': refuses(
      [{ op: 'remove', path: '/missing' }],
      [{ op: 'remove', path: '/list/3' }],
    ),
    'incr: a number up, down and by a fraction': patches(
      [
        { op: 'incr', path: '/n', value: 5 },
        { op: 'incr', path: '/n', value: -2 },
        { op: 'incr', path: '/n', value: 0.5 },
      ],
      { n: 4.5 },
    ),
    'incr: a property that is not there begins with the value': patches(
      [{ op: 'incr', path: '/count', value: 3 }],
      { count: 3 },
    ),
    'incr: 400 to a property or a value that is no number': refuses(
      [{ op: 'incr', path: '/text', value: 1 }],
      [{ op: 'incr', path: '/none', value: 1 }],
      [{ op: 'incr', path: '/n', value: '1' }],
      [{ op: 'incr', path: '/n' }],
    ),
    'move: a property to another place, over what is there': patches(
      [{ op: 'move', from: '/text', path: '/n' }],
      { text: undefined, n: 'a' },
    ),
    'move: 400 where there is nothing, into itself, and without a source': refuses(
      [{ op: 'move', from: '/missing', path: '/m' }],
      [{ op: 'move', from: '/object', path: '/object/x' }],
      [{ op: 'move', path: '/m' }],
    ),
    'applies operations in order, each upon the one before': patches(
      [set('/m', {}), set('/m/x', 1), { op: 'move', from: '/m/x', path: '/y' }],
      { m: {}, y: 1 },
    ),
    'applies none where one fails': refuses([set('/n', 9), { op: 'remove', path: '/missing' }]),
    'takes 10 operations and answers 400 to 11': async (context) => {
      const item = await makeItem(context)
      const operations = (count: number): PatchOperation[] =>
        Array.from({ length: count }, () => ({ op: 'incr', path: '/n', value: 1 }))
      holds((await answers(item.patch(operations(10)), 200)).resource, { n: 11 })
      await fails(item.patch(operations(11)), 400, /10/)
    },
    'answers 400 to no operations, unknown ones and bodies that are none': refuses(
      [],
      {},
      { operations: 'x' },
      [1],
      [{ op: 'test', path: '/n', value: 1 }],
      [{ path: '/n', value: 1 }],
      'text',
    ),
    'answers 400 to system properties, the id and the partition key': refuses(
      ...['/id', '/_rid', '/_self', '/_etag', '/_ts', '/_attachments', '/tenantId'].map((path) => [
        set(path, 'x'),
      ]),
      [{ op: 'remove', path: '/tenantId' }],
      [{ op: 'move', from: '/tenantId', path: '/m' }],
    ),
    'answers 400 to paths that are none': refuses(
      [set('n')],
      [set('')],
      [set('/')],
      [{ op: 'set', value: 1 }],
    ),
    'answers 404 where there is no document': async (context) => {
      const { container } = await makeItem(context)
      await fails(container.item('none', 't').patch([{ op: 'incr', path: '/n', value: 1 }]), 404)
    },
    'answers 412 where the etag is another': async (context) => {
      const item = await makeItem(context)
      const accessCondition = { type: 'IfMatch', condition: '"other"' }
      await fails(item.patch([{ op: 'incr', path: '/n', value: 1 }], { accessCondition }), 412)
    },
    'answers 200 where its condition holds, and 412 where it does not': async (context) => {
      const item = await makeItem(context)
      const patch: PatchRequestBody = {
        condition: 'from c where c.n = 1',
        operations: [{ op: 'incr', path: '/n', value: 1 }],
      }
      await answers(item.patch(patch), 200)
      await fails(item.patch(patch), 412)
      holds((await item.read()).resource, { n: 2 })
    },
    'takes another alias in its condition, and functions': async (context) => {
      const item = await makeItem(context)
      const condition = 'from thing where IS_DEFINED(thing.list) and ARRAY_LENGTH(thing.list) > 2'
      await answers(item.patch({ condition, operations: [{ op: 'remove', path: '/list' }] }), 200)
    },
    'answers 400 to a condition that is no query': refuses(
      { condition: 'whenever', operations: [set('/n')] },
      { condition: 7, operations: [set('/n')] },
    ),
    'answers 413 where the document becomes larger than 2 MB': async (context) => {
      const item = await makeItem(context)
      await fails(item.patch([{ op: 'set', path: '/fill', value: 'x'.repeat(2 * 1024 * 1024) }]), 413)
    },
    'answers without a body where the client wants none': async (context) => {
      const item = await makeItem(context)
      const answer = await context.send('PATCH', `${pathOf(item.container)}/docs/a`, {
        headers: { 'x-ms-documentdb-partitionkey': '["t"]', prefer: 'return=minimal' },
        body: JSON.stringify([{ op: 'incr', path: '/n', value: 1 }]),
      })
      assert.deepEqual([answer.status, answer.text], [200, ''])
    },
    'gives a new etag and a new time': async (context) => {
      const item = await makeItem(context)
      const before = (await item.read()).resource
      context.advanceSeconds(3)
      const after = (await item.patch([{ op: 'incr', path: '/n', value: 1 }])).resource
      assert.notEqual(after?._etag, before?._etag)
      assert.equal(after?._ts, Number(before?._ts) + 3)
    },
  }),
]
