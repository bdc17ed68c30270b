import { cellText, counted, el, field, fold, json, table } from './elements.js'

const mostColumns = 30
/** What stands in the fields of each container, for whoever comes back to it. */
const kept = new Map()

/** A query with parameters: its results as a table or as JSON, its charge, metrics, index use and plan. */
export async function showQuery(room, { account, path, attempt }) {
  const draft = kept.get(path.join('/')) ?? { text: 'SELECT * FROM c', parameters: '', key: '' }
  kept.set(path.join('/'), draft)
  const keep = (name) => (event) => {
    draft[name] = event.target.value
  }
  const text = el('textarea', { rows: 5, spellcheck: false, value: draft.text, oninput: keep('text') })
  const parameters = el('textarea', {
    rows: 1,
    spellcheck: false,
    placeholder: '{ "@tenant": "t1" }',
    value: draft.parameters,
    oninput: keep('parameters'),
  })
  const key = el('input', {
    spellcheck: false,
    placeholder: 'all partitions',
    value: draft.key,
    oninput: keep('key'),
  })
  const size = el('input', { type: 'number', min: 1, max: 1000, value: 100 })
  const form = el(
    'select',
    {},
    el('option', { value: 'table' }, 'table'),
    el('option', { value: 'json' }, 'JSON'),
  )
  const results = el('div', { 'aria-live': 'polite' })
  const run = (continuation) =>
    attempt(async () => {
      try {
        await runPage(continuation)
      } catch (error) {
        if (error.location) {
          text.focus()
          text.setSelectionRange(error.location.start, error.location.end)
        }
        throw error
      }
    })
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run()
  })

  async function runPage(continuation) {
    results.replaceChildren()
    const query = { query: text.value, parameters: readParameters(parameters.value) }
    const common = {
      'content-type': 'application/query+json',
      'x-ms-documentdb-query-enablecrosspartition': 'true',
      ...keyHeaderOf(key.value),
    }
    const page = await account.send('POST', [...path, 'docs'], {
      headers: {
        ...common,
        'x-ms-documentdb-isquery': 'true',
        'x-ms-max-item-count': size.value,
        'x-ms-documentdb-populatequerymetrics': 'true',
        'x-ms-cosmos-populateindexmetrics': 'true',
        ...(continuation ? { 'x-ms-continuation': continuation } : {}),
      },
      body: query,
    })
    const plan = await account
      .send('POST', [...path, 'docs'], {
        headers: {
          ...common,
          'x-ms-cosmos-is-query-plan-request': 'True',
          'x-ms-cosmos-query-version': '1.4',
          'x-ms-cosmos-supported-query-features': features,
        },
        body: query,
      })
      .then(
        ({ body }) => body,
        (error) => ({ error: error.message }),
      )
    show(page, plan)
  }

  function show({ body, headers, milliseconds }, plan) {
    const rows = body.Documents
    const charge = headers.get('x-ms-request-charge')
    const next = headers.get('x-ms-continuation')
    const metrics = headers.get('x-ms-documentdb-query-metrics')
    const indexUse = readIndexUse(headers.get('x-ms-cosmos-index-utilization'))
    const drawn = el('div')
    const draw = () => drawn.replaceChildren(form.value === 'json' ? card(json(rows)) : resultTable(rows))
    form.onchange = draw
    draw()
    results.replaceChildren(
      ...[
        el(
          'p',
          { className: 'actions', role: 'status' },
          el('strong', {}, counted(rows.length, 'result')),
          el('span', {}, `${charge} RU`),
          el('span', { className: 'soft' }, `${milliseconds.toFixed(1)} ms`),
          next === null ? undefined : el('button', { type: 'button', onclick: () => run(next) }, 'Next page'),
        ),
        drawn,
        metrics === null
          ? undefined
          : fold(
              'Metrics',
              table(
                'Metrics',
                ['metric', 'value'],
                metrics.split(';').map((part) => part.split('=')),
              ),
            ),
        indexUse === undefined ? undefined : fold('Index use', card(indexUse)),
        fold('Plan', card(json(plan))),
      ].filter((part) => part !== undefined),
    )
  }

  room.append(
    field('Query', text),
    el(
      'div',
      { className: 'fields' },
      field('Parameters, as JSON', parameters),
      field('Partition key, as JSON', key),
      field('Results a page', size),
      field('Shown as', form),
    ),
    el(
      'p',
      { className: 'actions' },
      el('button', { type: 'button', className: 'main', onclick: () => run() }, 'Run'),
      el('span', { className: 'soft' }, 'Ctrl+Enter'),
    ),
    results,
  )
  text.focus()
}

const features =
  'Aggregate, CompositeAggregate, CountIf, DCount, Distinct, GroupBy, HybridSearch, ListAndSetAggregate, MultipleAggregates, MultipleOrderBy, NonStreamingOrderBy, NonValueAggregate, OffsetAndLimit, OrderBy, Top, WeightedRankFusion'

function card(content) {
  return el('div', { className: 'scroll' }, content)
}

function resultTable(rows) {
  if (rows.length === 0) return el('p', { className: 'soft' }, 'No results.')
  const isObject = (row) => typeof row === 'object' && row !== null && !Array.isArray(row)
  if (!rows.every(isObject))
    return table(
      'Results',
      ['value'],
      rows.map((row) => [cellText(row)]),
    )
  const own = new Set(rows.flatMap(Object.keys))
  const columns = [...own]
    .filter((name) => !/^_(rid|self|etag|attachments)$/.test(name))
    .slice(0, mostColumns)
  return table(
    'Results',
    columns,
    rows.map((row) => columns.map((name) => cellText(row[name]))),
  )
}

function readParameters(text) {
  if (text.trim() === '') return []
  let values
  try {
    values = JSON.parse(text)
  } catch (error) {
    throw new Error(`The parameters are not valid JSON: ${error.message}`, { cause: error })
  }
  return Object.entries(values).map(([name, value]) => ({
    name: name.startsWith('@') ? name : `@${name}`,
    value,
  }))
}

/** A value alone is the key of a container with one path. */
function keyHeaderOf(text) {
  if (text.trim() === '') return {}
  let value
  try {
    value = JSON.parse(text)
  } catch {
    value = text.trim()
  }
  return { 'x-ms-documentdb-partitionkey': JSON.stringify(Array.isArray(value) ? value : [value]) }
}

function readIndexUse(header) {
  if (header === null) return undefined
  try {
    return json(
      JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(header), (letter) => letter.charCodeAt(0)))),
    )
  } catch {
    return el('pre', {}, header)
  }
}
