// Preloaded (`--import`) into every process of the stack: when the supervisor dies, however it dies, its end of stdin closes
// and this process ends too, so that the next start finds the ports and the data free.
import process from 'node:process'

process.stdin.on('end', () => process.exit(1))
process.stdin.on('error', () => process.exit(1))
process.stdin.resume()
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref()
