import type { Random } from './seeded-random.ts'

const sound = [
  'GET /api/plain?a=1&b=%C3%B6 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nCookie: a=1; b=2\r\n\r\n',
  'GET /api/item/42/a/b//c?x=1 HTTP/1.1\r\nHost: localhost\r\nX-Functions-Key: abc\r\n\r\n',
  'POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world',
  'POST /api/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n',
  'PUT /api/echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody',
  'HEAD /api/plain HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'OPTIONS /api/plain HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n',
  'GET http://localhost/api/plain HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /api/plain HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n',
  'POST /admin/functions/plain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"input":""}',
  'PUT /admin/functions/plain/keys/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"value":"k"}',
  'POST /admin/host/wake HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n\r\n{"queue":"q"}',
  'POST /runtime/webhooks/EventGrid?functionName=onEvent HTTP/1.1\r\nHost: localhost\r\naeg-event-type: Notification\r\nContent-Length: 12\r\n\r\n[{"id":"1"}]',
  'GET /api/plain HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n',
]

const morsels = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  '%',
  '%00',
  '%2F',
  '%2e%2e/',
  '/',
  '//',
  '\\',
  '?',
  '#',
  ':',
  ';',
  ',',
  '-1',
  '0',
  '99999999999999999999',
  '0x10',
  'ffffffffffffffff',
  '\xff',
  '\xc3\xb6',
  '{',
  '[',
  '"',
  '__proto__',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Host: b\r\n',
  'Connection: close\r\n',
  'Expect: x\r\n',
  'HTTP/1.1',
  'HTTP/9.9',
  'A: b\r\n'.repeat(150),
  'x'.repeat(9000),
]

/** A sound request with some harm done to it. Its text is one byte a character. */
export function makeHostileRequest(random: Random): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const place = (text: string): number => Math.floor(random() * (text.length + 1))
  const harms: readonly ((text: string) => string)[] = [
    (text) => splice(text, place(text), 0, pick(morsels)),
    (text) => splice(text, place(text), 1, String.fromCharCode(Math.floor(random() * 256))),
    (text) => splice(text, place(text), Math.floor(random() * 20), ''),
    (text) => text.slice(0, place(text)),
    (text) => text.slice(0, place(text)) + pick(sound).slice(place(pick(sound))),
    (text) => text.replaceAll(/\d+/g, (number) => (random() < 0.2 ? pick(morsels) : number)),
    (text) => text.replace(/^\S+/, () => pick(['get', 'TRACE', 'PRI', 'M-SEARCH', 'QUERY', 'G\0T', ''])),
    (text) => text.replaceAll('\r\n', () => (random() < 0.9 ? '\r\n' : pick(['\n', '\r', '\r\n ', '']))),
    (text) => text + pick(sound),
  ]
  let text = pick(sound)
  for (let count = 1 + Math.floor(random() * 2); count > 0; count -= 1) text = pick(harms)(text)
  return text
}

function splice(text: string, start: number, length: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(start + length)
}
