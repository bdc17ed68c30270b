import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { GitHubConnection } from '../src/github.ts'

/** One answer of the fake: by method and path with query, JSON or bytes. */
export type Answers = Readonly<Record<string, unknown>>

/** GitHub's API on loopback, with the answers that a test gives it; what is not among them is 404. */
export async function startFakeGitHub(answers: Answers): Promise<{
  readonly connection: GitHubConnection
  /** `METHOD path body`, in order. */
  readonly requests: string[]
  readonly close: () => Promise<void>
}> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const label = `${request.method} ${request.url}`
      requests.push(body ? `${label} ${body}` : label)
      const answer = request.headers.authorization === 'Bearer gh-token' ? answers[label] : undefined
      if (answer === undefined) response.writeHead(404).end('{"message":"Not Found"}')
      else response.writeHead(200).end(answer instanceof Uint8Array ? answer : JSON.stringify(answer))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    connection: { apiUrl, repository: 'us/zoetrope', token: 'gh-token' },
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
