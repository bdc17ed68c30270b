import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { sendLoad } from './http-load.ts'
import { ServerProcess } from './server-process.ts'

/** How many instances a hub is given. */
interface HubContent {
  readonly finished: number
  readonly waiting: number
}

/** The data folder of a host whose task hub holds many instances: copies of one that has ended and of one that waits. */
export class FullHub implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'bench-hub-'))

  private constructor() {}

  static async make(app: string, { finished, waiting }: HubContent): Promise<FullHub> {
    const hub = new FullHub()
    {
      await using host = await ServerProcess.start('host.ts', [app, '--in-process', '--data', hub.directory])
      const start = `${host.url}/runtime/webhooks/durabletask/orchestrators`
      await sendLoad({
        url: `${start}/chain/finished?timeout=30`,
        requests: 1,
        connections: 1,
        method: 'POST',
      })
      await fetch(`${start}/waiter/waiting`, { method: 'POST' })
      const status = `${host.url}/runtime/webhooks/durabletask/instances/waiting`
      for (;;) {
        const { runtimeStatus } = (await (await fetch(status)).json()) as { runtimeStatus: string }
        if (runtimeStatus === 'Running') break
      }
    }
    const file = readdirSync(hub.directory, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith('.db'),
    )
    if (file === undefined) throw new Error(`There is no task hub in ${hub.directory}.`)
    const database = new DatabaseSync(join(hub.directory, file))
    copyInstance(database, 'finished', finished)
    copyInstance(database, 'waiting', waiting)
    database.close()
    return hub
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** Copies all rows of an instance so many times, each copy with an id of its own. */
function copyInstance(database: DatabaseSync, id: string, times: number): void {
  database.exec('BEGIN')
  for (const table of ['instances', 'history']) {
    const columns = database
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map((column) => String(column['name']))
    const values = columns.map((column) => (column === 'instance_id' ? `'${id}-' || n` : column))
    database.exec(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${times})
       INSERT INTO ${table} (${columns.join(', ')})
       SELECT ${values.join(', ')} FROM numbers, ${table} WHERE instance_id = '${id}'`,
    )
  }
  database.exec('COMMIT')
}
