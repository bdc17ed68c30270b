import { cellText, counted, el, table } from './elements.js'
import { keyText } from './partition-key.js'

const pageSize = 100
const mostShown = 500
const askEveryMs = 1000

/** A look into the change feed of latest versions: from the beginning, or what changes from now on. */
export async function showChanges(room, { account, path, definition, attempt, left }) {
  const list = el('div', { 'aria-live': 'polite' })
  const state = el('span', { className: 'soft', role: 'status' })
  const more = el('button', { type: 'button', hidden: true, onclick: () => attempt(readOn) }, 'More')
  let changes = []
  let place = {}
  let timer

  async function read() {
    const { status, body, headers } = await account.send('GET', [...path, 'docs'], {
      headers: { 'a-im': 'Incremental Feed', 'x-ms-max-item-count': String(pageSize), ...place },
    })
    place = { 'if-none-match': headers.get('etag') }
    return status === 304 ? [] : body.Documents
  }

  async function readOn() {
    const found = await read()
    changes = [...changes, ...found].slice(-mostShown)
    more.hidden = found.length < pageSize
    state.textContent = counted(changes.length, 'change')
    draw()
  }

  async function fromBeginning() {
    stop()
    changes = []
    place = {}
    await readOn()
  }

  async function follow() {
    stop()
    changes = []
    more.hidden = true
    place = { 'if-none-match': '*' }
    await read()
    const ask = () =>
      attempt(async () => {
        changes = [...(await read()).toReversed(), ...changes].slice(0, mostShown)
        state.textContent = `Following · ${counted(changes.length, 'change')}`
        draw()
        if (!left.aborted) timer = setTimeout(ask, askEveryMs)
      })
    await ask()
  }

  function stop() {
    clearTimeout(timer)
  }

  function draw() {
    const rows = changes.map((document) => [
      document._lsn,
      new Date(document._ts * 1000).toISOString().replace('.000Z', 'Z'),
      document.id,
      keyText(document, definition),
      cellText(document),
    ])
    list.replaceChildren(
      changes.length === 0
        ? el('p', { className: 'soft' }, 'No changes.')
        : table('Changes', ['_lsn', '_ts', 'id', definition.partitionKey.paths.join(', '), 'document'], rows),
    )
  }

  left.addEventListener('abort', stop)
  room.append(
    el(
      'p',
      { className: 'actions' },
      el('button', { type: 'button', onclick: () => attempt(fromBeginning) }, 'From the beginning'),
      el('button', { type: 'button', onclick: () => attempt(follow) }, 'Follow from now'),
      state,
    ),
    list,
    el('p', { className: 'actions' }, more),
  )
  await fromBeginning()
}
