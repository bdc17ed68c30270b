/** Script of the status page: asks for the metrics every second while the page is in view, and shows them. */
export const pageScript = `
function showFunctions(functions) {
  const rows = functions.map((one) => makeRow([
    ['th', one.name],
    ['td', one.trigger.replace(/Trigger$/, ''), 'soft'],
    ['td', whole.format(one.invocations), 'number'],
    ['td', rounded.format(one.invocationsPerSecond), 'number'],
    ['td', showDuration(one.p50Ms), 'number'],
    ['td', showDuration(one.p95Ms), 'number'],
    ['td', whole.format(one.running), 'number'],
    ['td', whole.format(one.failures), one.failures > 0 ? 'number bad' : 'number'],
  ]))
  byId('functions').replaceChildren(...rows)
}

const workerStates = { hung: 'bad', starting: 'soft', stopping: 'soft' }

function showWorkers({ least, most, list }) {
  const rows = list.map((one) => makeRow([
    ['th', String(one.number)],
    ['td', one.state, workerStates[one.state] ?? ''],
    ['td', one.pids.join(', '), 'soft'],
    ['td', whole.format(one.running), 'number'],
    ['td', whole.format(one.invocations), 'number'],
    ['td', showDuration(one.coldStartMs), 'number'],
    ['td', showBytes(one.memoryBytes), 'number'],
  ]))
  byId('workers').replaceChildren(...rows)
  byId('workers-range').textContent = least === most ? '' : least + ' to ' + most + ', as the load asks'
  byId('workers-none').hidden = rows.length > 0
  byId('workers-scroll').hidden = rows.length === 0
}

function showQueues(functions) {
  const backlogs = functions.flatMap((one) => one.backlogs)
  const show = (count) => (count === undefined ? '–' : whole.format(count))
  const rows = backlogs.map((one) => makeRow([
    ['th', one.source],
    ['td', one.functionName, 'soft'],
    ['td', show(one.waiting), 'number'],
    ['td', show(one.poisoned), one.poisoned > 0 ? 'number bad' : 'number'],
  ]))
  byId('queues').replaceChildren(...rows)
  byId('queues-section').hidden = rows.length === 0
}

function showFaults(functions) {
  const failed = functions.filter((one) => one.lastFailure)
  failed.sort((a, b) => (a.lastFailure.at < b.lastFailure.at ? 1 : -1))
  const items = failed.map((one) => {
    const item = document.createElement('li')
    const time = makeCell('time', new Date(one.lastFailure.at).toLocaleTimeString())
    time.dateTime = one.lastFailure.at
    item.append(makeCell('strong', one.name), time, makeCell('p', one.lastFailure.message))
    return item
  })
  byId('faults').replaceChildren(...items)
  byId('faults-section').hidden = items.length === 0
}

function show(metrics) {
  document.title = metrics.app + ' – Functions'
  byId('app').textContent = metrics.app
  const sum = (field) => metrics.functions.reduce((total, one) => total + one[field], 0)
  byId('invocations').textContent = whole.format(sum('invocations'))
  byId('rate').textContent = rounded.format(sum('invocationsPerSecond'))
  byId('running').textContent = whole.format(sum('running'))
  byId('failures').textContent = whole.format(sum('failures'))
  byId('failures').className = sum('failures') > 0 ? 'bad' : ''
  showFunctions(metrics.functions)
  showQueues(metrics.functions)
  showFaults(metrics.functions)
  showWorkers(metrics.instances)
  showOrchestrations(metrics.functions)
}

// Said only when it changes: a screen reader reads it out.
function say(text, className) {
  const state = byId('state')
  if (state.textContent === text) return
  state.textContent = text
  state.className = className
}

async function refreshMetrics() {
  try {
    const metrics = await (await ask('/admin/host/metrics')).json()
    show(metrics)
    say(metrics.isDraining ? 'Draining' : 'Running', metrics.isDraining ? '' : 'good')
  } catch (error) {
    say(error instanceof TypeError ? 'The host does not answer' : error.message, 'bad')
  }
}

keepFresh(refreshMetrics, 1000)
`
