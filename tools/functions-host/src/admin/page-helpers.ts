/** Script that the parts of the status page share: elements, durations, requests. All text goes in as text, never as HTML. */
export const pageHelpers = `
'use strict'
const byId = (id) => document.getElementById(id)
const whole = new Intl.NumberFormat('en')
const rounded = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

function showDuration(ms) {
  if (ms === undefined) return '–'
  if (ms < 1000) return rounded.format(ms < 10 ? ms : Math.round(ms)) + ' ms'
  if (ms < 59950) return rounded.format(ms / 1000) + ' s'
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const two = (many, unit, rest, smaller) => many + ' ' + unit + (rest === 0 ? '' : ' ' + rest + ' ' + smaller)
  if (minutes < 60) return two(minutes, 'min', seconds % 60, 's')
  return hours < 24 ? two(hours, 'h', minutes % 60, 'min') : two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function showAgo(ms, nowMs) {
  const text = showDuration(Math.max(0, Math.round((nowMs - ms) / 1000) * 1000))
  return text === '0 ms' ? 'now' : text.split(' ').slice(0, 2).join(' ') + ' ago'
}

function showBytes(bytes) {
  return bytes === undefined ? '–' : rounded.format(bytes / 1048576) + ' MiB'
}

function shortened(text, length) {
  return text.length > length ? text.slice(0, length - 1) + '…' : text
}

function asText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}

function make(name, { text, className, ...attributes } = {}, ...children) {
  const element = document.createElement(name)
  if (text !== undefined) element.textContent = text
  if (className) element.className = className
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value)
  element.append(...children)
  return element
}

function makeButton(text, act, className = '') {
  const button = make('button', { text, className, type: 'button' })
  button.addEventListener('click', act)
  return button
}

function makeCell(name, text, className) {
  return make(name, { text, className, ...(name === 'th' ? { scope: 'row' } : {}) })
}

function makeRow(cells) {
  return make('tr', {}, ...cells.map((cell) => makeCell(...cell)))
}

// Rows that stay the same stay in place: what somebody reads, selects or is about to press must not go from under them.
function replaceRows(parent, rows) {
  if (parent.textContent === rows.map((row) => row.textContent).join('')) return
  const key = document.activeElement?.closest('[data-key]')?.dataset.key
  const hadFocus = key !== undefined && parent.contains(document.activeElement)
  parent.replaceChildren(...rows)
  if (hadFocus) parent.querySelector('[data-key="' + CSS.escape(key) + '"]')?.focus()
}

// The key that the page was opened with opens what it asks for too.
function withKey(path, query = {}) {
  const all = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') all.set(name, value)
  return path + (all.size > 0 ? '?' + all : '')
}

async function ask(path, query, init = {}) {
  const answer = await fetch(withKey(path, query), { signal: AbortSignal.timeout(10000), ...init })
  if (answer.ok) return answer
  const text = await answer.text()
  let message = text
  try {
    const body = JSON.parse(text)
    message = typeof body === 'string' ? body : (body.ExceptionMessage ?? body.Message ?? text)
  } catch {}
  throw Object.assign(new Error(message || 'The host answers ' + answer.status), { status: answer.status })
}

// Looks again after a pause, longer where the answer takes the host long; only while the page is in view.
async function keepFresh(refresh, pauseMs) {
  for (;;) {
    const startMs = performance.now()
    if (!document.hidden) await refresh()
    const tookMs = performance.now() - startMs
    await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, tookMs * 10)))
  }
}
`
