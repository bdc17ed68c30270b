import { databaseOf } from '../call.ts'
import type { Call } from '../call.ts'
import type { ResourceRules } from './resource-routes.ts'

/** Users of a database: names under which permissions are kept. */
export const userRules: ResourceRules = {
  kind: 'users',
  names: { one: 'user', many: 'users' },
  plural: 'Users',
  path: '/dbs/{database}/users',
  parentOf: (call: Call) => {
    const { rid } = databaseOf(call)
    return { rid, self: `dbs/${rid}/` }
  },
  toContent: () => ({}),
  toExtra: () => ({ _permissions: 'permissions/' }),
}
