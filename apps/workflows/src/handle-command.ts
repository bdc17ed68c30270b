import type { JobCommandMessage } from '@zoetrope/contracts'
import { err, JobDocument } from '@zoetrope/contracts'
import { isJobEnded } from '@zoetrope/domain'
import { eventOperation } from '@zoetrope/store'

import { cancelBlobOf } from './admission.ts'
import { idsOf } from './claim-run.ts'
import { instanceIdOf } from './durable-names.ts'
import type { Wake } from './handle-result.ts'
import type { Deps } from './wiring.ts'

/** Carries out a command: written on the job first, then its instance is woken. One for another run, or an ended job, is dropped. @throws NOT_BUILT for commands beside cancel */
export async function handleCommand(deps: Deps, command: JobCommandMessage, wake: Wake): Promise<void> {
  if (command.command !== 'cancel')
    throw err('NOT_BUILT', { detail: `The command "${command.command}" of jobs.` })
  const partition = [command.tenantId, command.jobId]
  for (;;) {
    const job = await deps.store.jobs.read(JobDocument, partition, command.jobId)
    if (!job || job.run !== command.run || isJobEnded(job.state)) return
    if (job.cancelRequestedAt) break
    const now = deps.now()
    const document: JobDocument = {
      ...job,
      cancelRequestedAt: now.toISOString(),
      updatedAt: now.toISOString(),
    }
    const event = eventOperation({ ...idsOf(job), type: 'job.cancelRequested', key: [job.id, job.run] }, now)
    if ((await deps.store.jobs.batch(partition, [{ type: 'replace', document }, event])) === 'written') break
  }
  await deps.work.write(
    cancelBlobOf(command),
    '',
    { contentType: 'application/octet-stream' },
    { ifAbsent: true },
  )
  await wake(instanceIdOf(command.jobId, command.run))
}
