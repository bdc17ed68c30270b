import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What programs call over HTTP: `/2` answers 202 and sends to `/1`, `/0` is done. */
export async function startPollServer(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const left = Number((request.url ?? '').slice(1))
    const { port } = server.address() as AddressInfo
    if (left === 0) response.end('done')
    else response.writeHead(202, { location: `http://127.0.0.1:${port}/${left - 1}` }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
