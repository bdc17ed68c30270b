import { showChanges } from './changes.js'
import { showDefinition } from './definition.js'
import { showDocuments } from './documents.js'
import { counted, el } from './elements.js'
import { showQuery } from './query.js'
import { Account, RestError, wellKnownKey } from './rest.js'
import { readUsage } from './usage.js'

const tabs = { documents: showDocuments, query: showQuery, changes: showChanges, definition: showDefinition }
const account = new Account()
const byId = (id) => document.querySelector(`#${id}`)
/** Ends what the view before still does. */
let leaving = new AbortController()
let hasContainers = false

/** Runs what somebody asked for; what goes wrong is shown, and asks for a key where that is what is wrong. */
async function attempt(work) {
  byId('fault').hidden = true
  try {
    await work()
  } catch (error) {
    if (error instanceof RestError && error.status === 401) {
      byId('account').textContent = 'Not connected'
      return askForKey('The account does not take this key.')
    }
    byId('fault').textContent = error.message
    byId('fault').hidden = false
    byId('fault').scrollIntoView({ block: 'nearest' })
  }
}

function askForKey(reason) {
  byId('key-reason').textContent = reason
  byId('key-dialog').returnValue = 'no'
  byId('key').value = ''
  byId('key-dialog').showModal()
}

async function showTree() {
  const { body } = await account.send('GET', ['dbs'])
  const databases = await Promise.all(body.Databases.map(readDatabase))
  byId('account').textContent = `${location.origin}/ · ${counted(databases.length, 'database')}`
  byId('tree').replaceChildren(
    ...(databases.length === 0
      ? [el('p', { className: 'soft' }, 'No databases yet.')]
      : databases.flatMap(drawDatabase)),
  )
  hasContainers = databases.some(({ containers }) => containers.length > 0)
  markCurrent()
}

async function readDatabase({ id }) {
  const { body } = await account.send('GET', ['dbs', id, 'colls'])
  const containers = body.DocumentCollections.map(async (container) => {
    const { headers } = await account.send('GET', ['dbs', id, 'colls', container.id], {
      headers: { 'x-ms-documentdb-populatequotainfo': 'true' },
    })
    return { id: container.id, usage: readUsage(headers) }
  })
  return { id, containers: await Promise.all(containers) }
}

function drawDatabase({ id, containers }) {
  const links = containers.map((container) => {
    const { documentsCount, documentsSize } = container.usage
    const count = el(
      'span',
      { className: 'soft number', title: `about ${documentsSize} KB` },
      Number(documentsCount).toLocaleString('en'),
    )
    return el(
      'li',
      {},
      el('a', { href: hashOf(id, container.id, 'documents') }, el('span', {}, container.id), count),
    )
  })
  return [
    el('h3', {}, id),
    links.length === 0 ? el('p', { className: 'soft' }, 'No containers.') : el('ul', {}, ...links),
  ]
}

function hashOf(...parts) {
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

function current() {
  const [database, container, tab = 'documents'] = location.hash
    .replace(/^#\//, '')
    .split('/')
    .map(decodeURIComponent)
  return { database, container, tab: Object.hasOwn(tabs, tab) ? tab : 'documents' }
}

function markCurrent() {
  const { database, container } = current()
  for (const link of document.querySelectorAll('#tree a')) {
    if (link.hash.startsWith(`${hashOf(database ?? '', container ?? '')}/`))
      link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
}

async function showView() {
  leaving.abort()
  leaving = new AbortController()
  markCurrent()
  const { database, container, tab } = current()
  if (!database || !container) {
    byId('view').replaceChildren(el('p', { className: 'soft' }, welcome()))
    return
  }
  const path = ['dbs', database, 'colls', container]
  const { body: definition } = await account.send('GET', path).catch((error) => {
    // What stands there is of another container, or of this one before it was deleted.
    byId('view').replaceChildren()
    throw error
  })
  const links = Object.keys(tabs).map((name) =>
    el(
      'a',
      { href: hashOf(database, container, name), 'aria-current': name === tab ? 'page' : undefined },
      name[0].toUpperCase() + name.slice(1),
    ),
  )
  const room = el('div')
  byId('view').replaceChildren(
    el('div', { className: 'bar' }, el('h2', {}, `${database} / ${container}`)),
    el('nav', { className: 'tabs', 'aria-label': 'Views' }, ...links),
    room,
  )
  document.title = `${container} · Cosmos DB emulator`
  await tabs[tab](room, {
    account,
    path,
    definition,
    attempt,
    confirm,
    recount: showTree,
    left: leaving.signal,
  })
}

function welcome() {
  if (hasContainers) return 'Choose a container.'
  return `There is no container yet. Make one with an SDK at the endpoint ${location.origin}/, or import an export, and refresh.`
}

/** Whether somebody really wants it. */
async function confirm(question) {
  const dialog = byId('confirm-dialog')
  byId('confirm-text').textContent = question
  dialog.returnValue = 'no'
  dialog.showModal()
  await new Promise((resolve) => {
    dialog.addEventListener('close', resolve, { once: true })
  })
  return dialog.returnValue === 'yes'
}

async function refresh() {
  await showTree()
  await showView()
}

async function connect(key) {
  await account.useKey(key)
  await refresh()
}

byId('change-key').addEventListener('click', () => askForKey('Another key for this account:'))
byId('key-dialog').addEventListener('close', () => {
  if (byId('key-dialog').returnValue === 'use') void attempt(() => connect(byId('key').value))
})
byId('refresh').addEventListener('click', () => void attempt(refresh))
window.addEventListener('hashchange', () => void attempt(showView))

if (globalThis.isSecureContext) await attempt(() => connect(wellKnownKey))
else {
  byId('fault').textContent =
    `Browsers sign requests on secure pages alone: open ${location.href.replace(location.hostname, 'localhost')}, or use HTTPS.`
  byId('fault').hidden = false
}
