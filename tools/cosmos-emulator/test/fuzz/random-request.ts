import { listOf } from '../random.ts'
import type { Random } from '../random.ts'
import { linkOf, signature } from '../signed-request.ts'
import type { Account } from '../signed-request.ts'
import { randomSql } from './random-sql.ts'
import { samples } from './sample-requests.ts'

/** The bytes of a request, and the method that it was meant to have. */
export interface RandomRequest {
  bytes: Buffer
  method: string
}

const methods = listOf('GET POST PUT PATCH DELETE HEAD OPTIONS TRACE MERGE get X ')
const headerNames = listOf(
  'x-ms-documentdb-partitionkey x-ms-max-item-count x-ms-continuation if-match if-none-match a-im if-modified-since ' +
    'x-ms-session-token x-ms-documentdb-partitionkeyrangeid x-ms-start-epk x-ms-end-epk x-ms-offer-throughput prefer ' +
    'x-ms-cosmos-offer-autopilot-settings content-type x-ms-documentdb-is-upsert x-ms-documentdb-isquery x-ms-date ' +
    'x-ms-cosmos-is-query-plan-request x-ms-cosmos-is-batch-request x-ms-cosmos-batch-atomic host origin cookie ' +
    'x-ms-documentdb-pre-trigger-include x-ms-documentdb-populatequerymetrics x-ms-cosmos-populateindexmetrics ' +
    'x-ms-read-key-type authorization content-encoding transfer-encoding content-length expect upgrade x-http-method ' +
    'x-ms-cosmos-supported-query-features x-ms-documentdb-expiry-seconds x-ms-indexing-directive',
)
const values = listOf(
  '|0|-1|1|1e400|NaN|true|True|null|*|"|"x"|[|[]|{}|[{}]|[null]|["t"]|["t","u"]|[[1]]|[{"__proto__":1}]|["__proto__"]|' +
    '[1e400]|0:-1#9|0:0#99999|x:#|99|05C1|FF|zz|ÿþ|\u0001|%00|../..|application/query+json|chunked|gzip|W10=|{"v":1}|' +
    'Incremental Feed|return=minimal|Thu, 01 Jan 1970 00:00:00 GMT|999999999999999999999|evil.example|' +
    'type%3Dmaster%26ver%3D1.0%26sig%3D|type%3Daad%26ver%3D1.0%26sig%3Da.b.c',
  '|',
)
const pathParts = listOf(
  '/|//|%00|%2F|..|%zz|%ed%a0%80|%ff|ä|?x=1|#|%F0%9F%98%80|__proto__| |constructor|/docs|/colls|/sprocs|/udfs|/offers|' +
    'http://evil.example/|\\|;|%252F',
  '|',
)
const jsonParts = listOf(
  '"|{|}|[|]|,|:|1e400|-0|"\\ud800"|\ud800|\u0000|\ufeff|null|true|\\|"__proto__":{"x":1},|"constructor":1,|"id":"b",|' +
    '"id":1,|"ttl":0,|9007199254740993|//|"\\u0000"',
  '|',
)
const largestHeaderCharacters = 40_000
const deepestNesting = 50_000

/** A signed request that is changed in some way, as bytes for a connection of its own. */
export function randomRequest(random: Random, account: Account): RandomRequest {
  const sample = { headers: {}, ...random.pick(samples) }
  let { method, path, body } = sample
  const headers: [string, string][] = Object.entries(sample.headers)
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1)
    switch (random.below(8)) {
      case 0:
        method = random.pick(methods)
        break
      case 1:
        path = mutatePath(random, path)
        break
      case 2:
      case 3:
        headers.push([random.pick(headerNames), headerValue(random)])
        break
      case 4:
        if (headers.length > 0) headers.splice(random.below(headers.length), 1)
        break
      default:
        body = mutateBody(random, body ?? '')
    }
  const link = linkOf(path)
  const signed: Record<string, string> = random.below(12) === 0 ? {} : signature(account.key, method, link)
  const content = Buffer.from(body ?? '', random.below(30) === 0 ? 'utf16le' : 'utf8')
  // Now and then a length that is not that of the body.
  const length = random.below(25) === 0 ? content.length + random.below(9) - 4 : content.length
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(account.endpoint).host}`,
    ...Object.entries(signed).map(([name, value]) => `${name}: ${value}`),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${length}`]),
    'Connection: close',
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, random.below(3) === 0 ? 'utf8' : 'latin1')
  const bytes = Buffer.concat([head, content])
  return { bytes: random.below(40) === 0 ? mutateBytes(random, bytes) : bytes, method }
}

function headerValue(random: Random): string {
  if (random.below(60) === 0) return 'x'.repeat(random.below(largestHeaderCharacters))
  return random.pick(values)
}

function mutatePath(random: Random, path: string): string {
  const at = random.below(path.length + 1)
  if (random.below(50) === 0) return path + 'x'.repeat(random.below(largestHeaderCharacters))
  return path.slice(0, at) + random.pick(pathParts) + path.slice(random.below(2) === 0 ? at : at + 1)
}

function mutateBody(random: Random, body: string): string {
  const at = random.below(body.length + 1)
  switch (random.below(8)) {
    case 0:
      return JSON.stringify({ query: randomSql(random), parameters: [{ name: '@p', value: 1 }] })
    case 1:
      return body.slice(0, at)
    case 2: {
      const depth = random.below(deepestNesting)
      return `{"id":"b","tenantId":"t","v":${'['.repeat(depth)}${']'.repeat(depth)}}`
    }
    case 3:
      return random.pick(jsonParts)
    default:
      return body.slice(0, at) + random.pick(jsonParts) + body.slice(at + random.below(3))
  }
}

function mutateBytes(random: Random, bytes: Buffer): Buffer {
  const mutated = Buffer.from(bytes)
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1)
    mutated[random.below(mutated.length)] = random.below(256)
  return mutated
}
