import { el, field, table } from './elements.js'
import { blankDocument, keyHeader, keyText } from './partition-key.js'

const pageSize = 50

/** Documents by pages; one at a time is read, changed, made or deleted. */
export async function showDocuments(room, { account, path, definition, attempt, confirm, recount }) {
  const list = el('div')
  const editor = el('div', { className: 'editor' })
  const more = el(
    'button',
    { type: 'button', hidden: true, onclick: () => attempt(() => readPage()) },
    'More',
  )
  const create = el(
    'button',
    { type: 'button', className: 'main', onclick: () => edit(blankDocument(definition), true) },
    'New document',
  )
  let documents = []
  let chosen
  let continuation

  async function readPage() {
    const { body, headers } = await account.send('GET', [...path, 'docs'], {
      headers: {
        'x-ms-max-item-count': String(pageSize),
        ...(continuation ? { 'x-ms-continuation': continuation } : {}),
      },
    })
    documents = [...documents, ...body.Documents]
    continuation = headers.get('x-ms-continuation')
    more.hidden = continuation === null
    draw()
  }

  /** Says what has been done, and shows the list as it is then. */
  async function tell(message) {
    const told = el('p', { role: 'status', tabIndex: -1 }, message)
    editor.replaceChildren(told)
    told.focus()
    chosen = undefined
    documents = []
    continuation = undefined
    await readPage()
    await recount()
  }

  function choose(document) {
    chosen = document
    for (const [index, row] of list.querySelectorAll('tbody tr').entries())
      if (documents[index] === document) row.setAttribute('aria-current', 'true')
      else row.removeAttribute('aria-current')
  }

  function draw() {
    const rows = documents.map((document) => [
      el('button', { type: 'button', onclick: () => edit(document, false) }, document.id),
      keyText(document, definition),
      new Date(document._ts * 1000).toISOString().replace('.000Z', 'Z'),
    ])
    list.replaceChildren(
      documents.length === 0
        ? el('p', { className: 'soft' }, 'No documents.')
        : table('Documents', ['id', definition.partitionKey.paths.join(', '), '_ts'], rows),
    )
    choose(chosen)
  }

  function close() {
    editor.replaceChildren()
    choose(undefined)
  }

  function edit(document, isNew) {
    choose(isNew ? undefined : document)
    const text = el('textarea', { rows: 22, spellcheck: false, value: JSON.stringify(document, null, 2) })
    const target = [...path, 'docs', document.id]
    const save = async () => {
      const changed = parseDocument(text.value)
      if (isNew) await account.send('POST', [...path, 'docs'], { headers: keyOf(changed), body: changed })
      else
        await account.send('PUT', target, {
          headers: { ...keyOf(document), 'if-match': document._etag },
          body: changed,
        })
      await tell(`${changed.id} is saved.`)
    }
    const remove = async () => {
      if (!(await confirm(`Delete the document ${document.id}?`))) return
      await account.send('DELETE', target, { headers: { ...keyOf(document), 'if-match': document._etag } })
      await tell(`${document.id} is deleted.`)
    }
    editor.replaceChildren(
      field(isNew ? 'New document' : `Document ${document.id}`, text),
      el(
        'p',
        { className: 'actions' },
        el(
          'button',
          { type: 'button', className: 'main', onclick: () => attempt(save) },
          isNew ? 'Create' : 'Save',
        ),
        isNew
          ? undefined
          : el('button', { type: 'button', className: 'danger', onclick: () => attempt(remove) }, 'Delete…'),
        el('button', { type: 'button', onclick: close }, 'Close'),
      ),
    )
    text.focus()
    text.setSelectionRange(0, 0)
    text.scrollTop = 0
  }

  function keyOf(document) {
    return { 'x-ms-documentdb-partitionkey': keyHeader(document, definition) }
  }

  room.append(
    el('p', { className: 'actions' }, create),
    el('div', { className: 'split' }, el('div', {}, list, el('p', { className: 'actions' }, more)), editor),
  )
  await readPage()
}

function parseDocument(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`The document is not valid JSON: ${error.message}`, { cause: error })
  }
}
