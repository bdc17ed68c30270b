import { Command } from 'commander'

import { durableControls, durableRaise, durableRestart, durableStart } from './durable-control.ts'
import { durableEntities } from './durable-entities.ts'
import { durableHistory } from './durable-history.ts'
import { durableList } from './durable-list.ts'
import { durablePurge } from './durable-purge.ts'
import { durableReplay } from './durable-replay.ts'
import { durableShow } from './durable-show.ts'

/** `durable`: looks at orchestrations of a host that runs, steers them, and replays their histories. */
export function durableCommand(): Command {
  const command = new Command('durable').description(
    'look at orchestrations of a host that runs, and steer them',
  )
  for (const sub of [
    durableList(),
    durableShow(),
    durableStart(),
    durableRaise(),
    ...durableControls(),
    durableRestart(),
    durablePurge(),
    durableEntities(),
    durableHistory(),
    durableReplay(),
  ])
    command.addCommand(sub)
  return command.exitOverride()
}
