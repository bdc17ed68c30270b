/** Script of one orchestration instance: what it is, and what can be done to it. */
export const instanceScript = `
const shown = { id: undefined, known: undefined, answer: undefined, top: 200 }

function showValue(id, value) {
  const isThere = value !== null && value !== undefined && value !== ''
  byId(id + '-part').hidden = !isThere
  const text = isThere ? shortened(asText(value), 20000) : ''
  if (byId(id).textContent !== text) byId(id).textContent = text
}

function showHead({ instance, nowMs, timeline }) {
  byId('instance-id').textContent = instance.instanceId
  if (byId('instance-state').textContent !== instance.status) {
    byId('instance-state').replaceChildren(stateBadge(instance.status))
    byId('actions').replaceChildren(...actionsOf(instance))
  }
  const parent = instance.parentId === undefined ? ['–'] : [linkTo(instance.parentId, instance.parentName)]
  byId('instance-name').textContent = instance.name
  if (byId('instance-parent').textContent !== (instance.parentName ?? '–')) byId('instance-parent').replaceChildren(...parent)
  byId('instance-started').textContent = showAgo(instance.createdMs, nowMs)
  byId('instance-started').title = new Date(instance.createdMs).toLocaleString()
  const fromMs = timeline ? timeline.startedMs : instance.createdMs
  byId('instance-took').textContent = showDuration((timeline?.endedMs ?? nowMs) - fromMs)
  byId('instance-events').textContent = whole.format(instance.eventCount)
  showValue('instance-input', instance.input)
  showValue('instance-custom', instance.customStatus)
  showValue('instance-output', instance.output)
  byId('instance-output-title').textContent = endedStates.has(instance.status) ? 'Output' : 'Reason'
  const isFailed = instance.status === 'Failed'
  byId('instance-failure').hidden = !isFailed
  // What follows the first line is the exception as .NET writes it.
  byId('instance-failure').textContent = isFailed ? asText(instance.output).split('\\n')[0] : ''
  byId('instance-output').className = instance.status === 'Failed' ? 'bad-text' : ''
}

// What can be done in which state; each asks first.
const actions = [
  { name: 'Raise event…', verb: 'raiseEvent', states: ['Running', 'Pending', 'Suspended'], asks: 'Sends an event to the instance.', hasEvent: true },
  { name: 'Suspend…', verb: 'suspend', states: ['Running', 'Pending'], asks: 'Holds the instance until it is resumed.' },
  { name: 'Resume…', verb: 'resume', states: ['Suspended'], asks: 'Lets the instance go on.' },
  { name: 'Terminate…', verb: 'terminate', states: ['Running', 'Pending', 'Suspended'], asks: 'Ends the instance. What it has begun runs on.', isGrave: true },
  { name: 'Rewind…', verb: 'rewind', states: ['Failed'], asks: 'Takes back what failed, and lets the instance go on from there.' },
  { name: 'Restart…', verb: 'restart', states: ['Completed', 'Failed', 'Terminated'], asks: 'Runs the orchestration again, as a new instance with the same input.', hasReason: false },
  { name: 'Purge…', verb: '', states: ['Completed', 'Failed', 'Terminated'], asks: 'Forgets the instance and its history.', hasReason: false, isGrave: true },
]

function actionsOf(instance) {
  return actions
    .filter(({ states }) => states.includes(instance.status))
    .map((action) => makeButton(action.name, () => openDialog(action, instance), action.isGrave ? 'grave' : ''))
}

let chosen

function openDialog(action, instance) {
  chosen = { action, id: instance.instanceId }
  byId('dialog-title').textContent = action.name.replace('…', '') + ': ' + shortened(instance.instanceId, 60)
  byId('dialog-text').textContent = action.asks
  byId('dialog-event-part').hidden = !action.hasEvent
  byId('dialog-reason-part').hidden = Boolean(action.hasEvent) || action.hasReason === false
  byId('dialog-fault').textContent = ''
  byId('dialog-do').textContent = action.name.replace('…', '')
  byId('dialog-do').className = action.isGrave ? 'grave' : 'main'
  byId('event-name').value = waitedFor()
  byId('event-data').value = ''
  byId('dialog-reason').value = ''
  byId('dialog').showModal()
}

// The event that the instance waits for is most likely the one to be sent.
function waitedFor() {
  const items = shown.answer?.timeline?.items ?? []
  return items.find((item) => item.kind === 'event' && item.spans?.at(-1).state === 'running')?.name ?? ''
}

async function doChosen() {
  const { action, id } = chosen
  const path = '/runtime/webhooks/durabletask/instances/' + encodeURIComponent(id)
  try {
    if (action.hasEvent) {
      const name = byId('event-name').value.trim()
      if (name === '') throw new Error('Give the name of the event.')
      const body = jsonOf(byId('event-data').value)
      const headers = { 'content-type': 'application/json' }
      await ask(path + '/raiseEvent/' + encodeURIComponent(name), {}, { method: 'POST', headers, body })
    } else if (action.verb === '') {
      await ask(path, {}, { method: 'DELETE' })
      location.hash = ''
    } else {
      const answer = await ask(path + '/' + action.verb, { reason: byId('dialog-reason').value }, { method: 'POST' })
      if (action.verb === 'restart') location.hash = 'instance=' + encodeURIComponent((await answer.json()).id)
    }
    byId('dialog').close()
    void refreshInstance()
  } catch (error) {
    byId('dialog-fault').textContent = error.message
  }
}

function jsonOf(text) {
  if (text.trim() === '') return 'null'
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}

byId('dialog-do').addEventListener('click', doChosen)
byId('dialog-cancel').addEventListener('click', () => byId('dialog').close())
byId('dialog').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.tagName === 'INPUT') void doChosen()
})

async function refreshInstance() {
  const id = shownId()
  if (id === undefined) return
  try {
    const isNew = shown.id !== id
    if (isNew) Object.assign(shown, { id, known: undefined, answer: undefined, top: 200 })
    const query = { known: shown.known, top: String(shown.top) }
    const answer = await (await ask(hubDoor + '/' + encodeURIComponent(id), query)).json()
    if (shownId() !== id) return
    const timeline = answer.timeline ?? shown.answer?.timeline
    shown.known = answer.known
    shown.answer = { ...answer, timeline }
    showHead(shown.answer)
    if (answer.timeline) drawTimeline(shown.answer)
    else placeBars(rangeOf(shown.answer))
    byId('instance-fault').textContent = ''
    byId('instance-body').hidden = false
  } catch (error) {
    byId('instance-body').hidden = error.status === 404
    byId('instance-id').textContent = id
    byId('instance-fault').textContent = error.status === 404 ? 'There is no such instance: it may have been purged.' : error.message
  }
}

function showView() {
  const isInstance = shownId() !== undefined
  byId('overview').hidden = isInstance
  byId('instance').hidden = !isInstance
  if (!isInstance) return void refreshList()
  scrollTo(0, 0)
  byId('instance-body').hidden = shown.id !== shownId()
  void refreshInstance()
}
addEventListener('hashchange', () => { showView(); byId(shownId() === undefined ? 'orchestrations-title' : 'instance-id').focus() })
keepFresh(refreshInstance, 1000)
showView()
`
