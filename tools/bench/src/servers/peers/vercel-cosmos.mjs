// The Cosmos emulator of @vercel/cosmosdb-server, which keeps everything in memory.
import { fail, load, tellParent } from './peer-server.mjs'

const { createHttpServer } = load('@vercel/cosmosdb-server')
const server = createHttpServer()
server.on('error', (error) => fail(error.message))
// It closes each connection after an answer unless told otherwise.
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => tellParent(`http://127.0.0.1:${server.address().port}/`))
