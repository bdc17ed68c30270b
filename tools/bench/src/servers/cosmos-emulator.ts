// `cosmos-emulator.ts FOLDER`: our Cosmos emulator, whose data lie in that folder.
import { setFlagsFromString } from 'node:v8'

import { startCosmosEmulator } from '@zoetrope/cosmos-emulator/source'

// As `cosmos-emulator start` does.
setFlagsFromString('--semi-space-growth-factor=1')
const emulator = await startCosmosEmulator({ dataDirectory: process.argv[2] ?? '' })
process.once('SIGTERM', () => {
  void emulator.close().then(() => process.exit(0))
})
process.send?.(emulator.accounts[0]?.endpoint)
