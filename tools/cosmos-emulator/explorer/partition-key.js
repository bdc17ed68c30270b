/** The partition key of a document, as its header says it. */
export function keyHeader(document, { partitionKey }) {
  return JSON.stringify(keyParts(document, partitionKey).map((part) => (part === undefined ? {} : part)))
}

/** The partition key of a document, to be read. */
export function keyText(document, { partitionKey }) {
  return keyParts(document, partitionKey)
    .map((part) => (part === undefined ? 'undefined' : JSON.stringify(part)))
    .join(', ')
}

/** A new document with places for its id and its key. */
export function blankDocument({ partitionKey }) {
  const blank = { id: crypto.randomUUID() }
  for (const path of partitionKey.paths) {
    const names = namesOf(path)
    const last = names.pop()
    let place = blank
    for (const name of names) place = place[name] ??= {}
    place[last] ??= ''
  }
  return blank
}

function keyParts(document, { paths }) {
  return paths.map((path) => {
    const value = namesOf(path).reduce((object, name) => object?.[name], document)
    return typeof value === 'object' && value !== null ? undefined : value
  })
}

function namesOf(path) {
  return [...path.matchAll(/\/(?:"([^"]*)"|([^/]*))/g)].map(([, quoted, plain]) => quoted ?? plain)
}
