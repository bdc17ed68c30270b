/** Script that draws the timeline of an instance: a row for each thing that it did, a bar for each attempt. */
export const timelineScript = `
const kindNames = {
  activity: 'activity', subOrchestration: 'sub-orchestration', timer: 'timer', event: 'event',
  entityCall: 'entity call', entitySignal: 'entity signal', lock: 'lock', suspension: 'suspended',
}
// What is drawn: each bar with its times, so that those of what runs can grow without being made anew.
let bars = []
let marks = []
const opened = new Map()

function rangeOf({ timeline, nowMs }) {
  const fromMs = timeline.startedMs
  return { fromMs, toMs: Math.max(fromMs + 1, timeline.endedMs ?? nowMs) }
}

function percentOf(ms, { fromMs, toMs }) {
  return Math.min(100, Math.max(0, ((ms - fromMs) / (toMs - fromMs)) * 100))
}

function placeBars(range) {
  for (const { element, fromMs, toMs } of bars) {
    const left = percentOf(fromMs, range)
    element.style.left = left + '%'
    element.style.width = Math.max(0, percentOf(toMs ?? range.toMs, range) - left) + '%'
  }
  for (const { element, atMs } of marks) {
    element.hidden = atMs > range.toMs
    element.style.left = percentOf(atMs, range) + '%'
  }
  drawScale(range)
}

function drawScale(range) {
  const lengthMs = range.toMs - range.fromMs
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1800000, 3600000, 7200000, 21600000, 43200000, 86400000]
  const most = byId('scale').clientWidth < 420 ? 3 : 6
  const stepMs = steps.find((step) => lengthMs / step <= most) ?? Math.ceil(lengthMs / most / 86400000) * 86400000
  const ticks = []
  for (let ms = 0; ms <= lengthMs * 0.97; ms += stepMs) {
    const tick = make('span', { text: ms === 0 ? '0' : showDuration(ms) })
    tick.style.left = (ms / lengthMs) * 100 + '%'
    ticks.push(tick)
  }
  byId('scale').replaceChildren(...ticks)
}

function spanTitle(span, index, count) {
  const attempt = span.label ?? (count > 1 ? 'attempt ' + (index + 1) : '')
  const took = span.toMs === undefined ? 'runs' : showDuration(span.toMs - span.fromMs)
  const failure = span.failure ? ': ' + shortened(span.failure, 300) : ''
  return [attempt, span.state + failure, took].filter((part) => part !== '').join(', ')
}

function makeBar(span, kind, title) {
  const element = make('span', { className: 'bar ' + span.state + ' ' + kind + (span.label === 'holds' ? ' holds' : ''), title })
  bars.push({ element, fromMs: span.fromMs, toMs: span.toMs })
  return element
}

function stateOfRow(item) {
  if (item.count !== undefined) return item.failed > 0 ? 'failed' : item.running > 0 ? 'running' : 'completed'
  return item.spans.at(-1).state
}

function tookOf(item) {
  const fromMs = item.count === undefined ? item.spans[0].fromMs : item.fromMs
  const toMs = item.count === undefined ? item.spans.at(-1).toMs : item.toMs
  if (toMs !== undefined) return item.kind === 'entitySignal' ? '' : showDuration(toMs - fromMs)
  return item.kind === 'timer' || item.kind === 'event' ? 'waits' : item.kind === 'suspension' ? 'held' : 'runs'
}

function noteOf(item) {
  if (item.count !== undefined)
    return [
      item.failed > 0 ? whole.format(item.failed) + ' failed' : '',
      item.running > 0 ? whole.format(item.running) + ' run' : '',
      item.retried > 0 ? whole.format(item.retried) + ' retried' : '',
      item.medianMs === undefined ? '' : 'median ' + showDuration(item.medianMs),
    ].filter((part) => part !== '').join(', ')
  if (item.kind === 'event' && stateOfRow(item) === 'left') return 'nobody has taken it'
  if (item.kind === 'timer' && stateOfRow(item) === 'left') return 'never fired'
  if (item.kind === 'timer' && stateOfRow(item) === 'running') return 'fires ' + showTime(item.plannedMs)
  return item.spans.length > 1 && item.kind !== 'lock' ? item.spans.length + ' attempts' : ''
}

function showTime(ms) {
  const isSoon = ms - shown.answer.nowMs < 72000000
  return isSoon ? new Date(ms).toLocaleTimeString() : new Date(ms).toLocaleString()
}

function keyOf(item) {
  return item.count === undefined ? [item.kind, item.id, item.name, item.spans[0].fromMs].join(' ') : 'group ' + item.kind + ' ' + item.name
}

function rowOf(item, isInner = false) {
  const key = keyOf(item)
  const state = stateOfRow(item)
  const name = item.kind === 'lock' ? '' : item.name
  const what = make('span', { className: 'what' },
    make('span', { text: kindNames[item.kind], className: 'kind' }),
    make('span', { text: name + (item.count === undefined ? '' : ' ×' + whole.format(item.count)), className: 'name' }))
  const note = make('span', { text: noteOf(item), className: 'note' })
  const took = make('span', { text: tookOf(item), className: 'took' })
  const button = make('button', { type: 'button', className: 'line', 'aria-expanded': String(opened.has(key)), 'data-key': key }, what, note, took)
  const spans = item.count === undefined ? item.spans : [{ fromMs: item.fromMs, toMs: item.toMs, state }]
  const track = make('span', { className: 'track' }, ...spans.map((span, index) =>
    makeBar(span, item.kind, item.count === undefined ? spanTitle(span, index, spans.length) : noteOf(item))))
  if (item.plannedMs !== undefined) {
    const mark = make('span', { className: 'mark', title: 'is to fire at ' + new Date(item.plannedMs).toLocaleString() })
    marks.push({ element: mark, atMs: item.plannedMs })
    track.append(mark)
  }
  const row = make('li', { className: 'row ' + state + (isInner ? ' inner' : '') }, button, track)
  button.addEventListener('click', () => {
    if (opened.has(key)) opened.delete(key)
    else opened.set(key, { top: 100 })
    drawTimeline(shown.answer)
  })
  return opened.has(key) ? [row, ...detailsOf(item, key)] : [row]
}

function detailsOf(item, key) {
  if (item.count !== undefined) return groupDetails(item, opened.get(key))
  const lines = [
    ...(item.instanceId === undefined ? [] : [['of', item.kind === 'subOrchestration' ? linkTo(item.instanceId) : item.instanceId]]),
    ...(item.plannedMs === undefined ? [] : [['planned', new Date(item.plannedMs).toLocaleString()]]),
    ...item.spans.flatMap((span, index) => spanLines(span, index, item)),
  ]
  const list = make('dl', { className: 'lines' }, ...lines.flatMap(([term, value, className]) =>
    [make('dt', { text: term }), make('dd', { className: className ?? '' }, value)]))
  return [make('li', { className: 'details' }, list)]
}

function spanLines(span, index, item) {
  const title = span.label ?? (item.spans.length > 1 ? 'attempt ' + (index + 1) : 'from')
  const times = [span.fromMs, span.toMs].map((ms) => (ms === undefined ? 'now' : new Date(ms).toLocaleTimeString()))
  const took = span.toMs === undefined ? '' : ', ' + showDuration(span.toMs - span.fromMs)
  return [
    [title, times.join(' – ') + took + ', ' + span.state],
    ...(span.instanceId ? [['of', linkTo(span.instanceId)]] : []),
    ...(span.failure ? [['failure', span.failure, 'bad-text text']] : []),
    ...(span.stack ? [['stack', span.stack, 'text soft']] : []),
    ...(span.result ? [['result', span.result, 'text']] : []),
  ]
}

// The rows of a group are asked for when somebody opens it.
function groupDetails(item, state) {
  const rows = (state.items ?? []).flatMap((one) => rowOf(one, true))
  if (state.asked !== state.top + ' ' + shown.known) {
    state.asked = state.top + ' ' + shown.known
    void loadGroup(item, state)
  }
  if (!state.items) return [make('li', { className: 'details', text: 'Asking…' })]
  if (item.medianMs !== undefined) {
    const spread = 'min ' + showDuration(item.minMs) + ', median ' + showDuration(item.medianMs) + ', max ' + showDuration(item.maxMs)
    rows.unshift(make('li', { className: 'details soft', text: spread }))
  }
  if (state.items.length >= item.count) return rows
  const rest = make('li', { className: 'details' })
  if (state.top >= 1000) rest.textContent = 'The first 1,000 of ' + whole.format(item.count) + ': functions-host durable show --all has the others.'
  else rest.append(makeButton('Show more of ' + whole.format(item.count), () => { state.top = Math.min(1000, state.top * 3); drawTimeline(shown.answer) }))
  return [...rows, rest]
}

async function loadGroup(item, state) {
  const { id } = shown
  const query = { kind: item.kind, name: item.name, top: String(state.top) }
  const answer = await (await ask(hubDoor + '/' + encodeURIComponent(id), query)).json()
  if (shown.id !== id || !answer.timeline) return
  state.items = answer.timeline.items
  drawTimeline(shown.answer)
}

function drawTimeline(answer) {
  const focused = document.activeElement?.dataset?.key
  bars = []
  marks = []
  const { items, itemCount } = answer.timeline
  const rows = items.flatMap((item) => rowOf(item))
  if (items.length < itemCount) {
    const more = make('li', { className: 'details' })
    if (items.length >= 1000) more.textContent = 'The first 1,000 rows of ' + whole.format(itemCount) + '.'
    else more.append(makeButton('More of ' + whole.format(itemCount) + ' rows', () => { shown.top = 1000; shown.known = undefined; void refreshInstance() }))
    rows.push(more)
  }
  byId('timeline').replaceChildren(...rows)
  byId('timeline-none').hidden = rows.length > 0
  byId('scale').hidden = rows.length === 0
  placeBars(rangeOf(answer))
  if (focused !== undefined) byId('timeline').querySelector('[data-key="' + CSS.escape(focused) + '"]')?.focus()
}
addEventListener('resize', () => { if (shownId() !== undefined && shown.answer?.timeline) placeBars(rangeOf(shown.answer)) })
`
