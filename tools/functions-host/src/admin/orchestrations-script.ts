/** Script of the list of orchestration instances: filters, pages, and where one of them is shown. */
export const orchestrationsScript = `
const hubDoor = '/admin/host/durabletask/instances'
const stateNames = ['Running', 'Pending', 'Suspended', 'Failed', 'Completed', 'Terminated']
const endedStates = new Set(['Completed', 'Failed', 'Terminated', 'Canceled'])
const list = { state: '', pages: [''], next: undefined }

function showOrchestrations(functions) {
  const isThere = functions.some((one) => one.trigger.toLowerCase() === 'orchestrationtrigger')
  if (isThere && byId('orchestrations-section').hidden) {
    byId('orchestrations-section').hidden = false
    keepFresh(refreshList, 1000)
  }
}

function stateBadge(state) {
  return make('span', { text: state, className: 'badge ' + state.toLowerCase() })
}

function linkTo(instanceId, text = instanceId) {
  return make('a', { text, href: '#instance=' + encodeURIComponent(instanceId) })
}

function listRow(one, nowMs) {
  const took = endedStates.has(one.status) ? showDuration(Math.max(0, one.updatedMs - one.createdMs)) : ''
  const says = (one.output ?? one.customStatus ?? '').split('\\n')[0].replace(/^Orchestrator function '[^']*' failed: +/, '')
  const link = linkTo(one.instanceId)
  link.dataset.key = one.instanceId
  return make('tr', {},
    make('th', { scope: 'row', className: 'id' }, link),
    make('td', { text: one.name }),
    make('td', {}, stateBadge(one.status)),
    make('td', { text: showAgo(one.createdMs, nowMs), className: 'soft', title: new Date(one.createdMs).toLocaleString() }),
    make('td', { text: took, className: 'number' }),
    make('td', { text: shortened(says, 80), className: one.status === 'Failed' ? 'says bad-text' : 'says soft', title: says }))
}

function showCounts(counts) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const chips = [['', 'All', total], ...stateNames.filter((state) => counts[state] > 0 || state === list.state).map((state) => [state, state, counts[state] ?? 0])]
  replaceRows(byId('states'), chips.map(([state, name, count]) => {
    const chip = makeButton(name + ' ' + whole.format(count), () => choose(() => { list.state = state }), 'chip')
    chip.dataset.key = 'state ' + state
    chip.setAttribute('aria-pressed', String(state === list.state))
    return chip
  }))
  for (const chip of byId('states').children)
    chip.setAttribute('aria-pressed', String(chip.dataset.key === 'state ' + list.state))
}

function choose(change) {
  change()
  list.pages = ['']
  void refreshList()
}

async function refreshList() {
  if (shownId() !== undefined) return
  try {
    const query = {
      status: list.state,
      name: byId('by-name').value.trim(),
      idPrefix: byId('by-id').value.trim(),
      after: list.pages.at(-1),
      top: '15',
      counts: 'true',
    }
    const asked = JSON.stringify(query)
    list.asked = asked
    const page = await (await ask(hubDoor, query)).json()
    if (list.asked !== asked) return
    list.next = page.next
    showCounts(page.counts)
    replaceRows(byId('orchestrations'), page.instances.map((one) => listRow(one, page.nowMs)))
    byId('orchestrations-none').hidden = page.instances.length > 0
    byId('orchestrations-scroll').hidden = page.instances.length === 0
    byId('newer').disabled = list.pages.length === 1
    byId('older').disabled = page.next === undefined
    byId('pages').hidden = list.pages.length === 1 && page.next === undefined
    byId('orchestrations-fault').textContent = ''
  } catch (error) {
    byId('orchestrations-fault').textContent = 'Instances cannot be listed: ' + error.message
  }
}

for (const id of ['by-name', 'by-id']) byId(id).addEventListener('input', () => choose(() => {}))
byId('newer').addEventListener('click', () => { list.pages.pop(); void refreshList() })
byId('older').addEventListener('click', () => { if (list.next) list.pages.push(list.next); void refreshList() })

// An instance is shown in place of everything else: its address can be kept, and Back goes back.
function shownId() {
  return new URLSearchParams(location.hash.slice(1)).get('instance') ?? undefined
}
`
