// The rules of this repo that no published linter has, as an oxlint JS plugin.
import { documentedExport } from './documented-export.mjs'
import { cataloguedError } from './catalogued-error.mjs'
import { noSleepInTests } from './no-sleep-in-tests.mjs'
import { reasonedDisable } from './reasoned-disable.mjs'
import { replaySafe } from './replay-safe.mjs'

export default {
  meta: { name: 'zoetrope' },
  rules: {
    'documented-export': documentedExport,
    'catalogued-error': cataloguedError,
    'replay-safe': replaySafe,
    'no-sleep-in-tests': noSleepInTests,
    'reasoned-disable': reasonedDisable,
  },
}
