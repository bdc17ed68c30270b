import type { JobDocument, TaskDocument, TaskInput } from '@zoetrope/contracts'
import { traitsOf } from '@zoetrope/contracts'

/** The inputs of a task: the source, with the fingerprint that the probe found; or the files of the tasks that it needs, as `<kind>:<name>`. */
export function inputsOf(job: JobDocument, task: TaskDocument, tasks: readonly TaskDocument[]): TaskInput[] {
  if (traitsOf(task.operation)?.inputs !== 'results') return [sourceOf(job, tasks[0])]
  return tasks
    .filter((needed) => task.needs.includes(needed.name))
    .flatMap((needed) => {
      const kind = needed.operation.split('.')[0] ?? ''
      return needed.outputs.map((output) => ({
        name: `${kind}:${String(needed.parameters['name'] ?? kind)}`,
        container: 'renditions',
        blob: output.blob,
        contentType: output.contentType,
        sizeBytes: output.sizeBytes,
        fingerprint: output.sha256,
      }))
    })
}

function sourceOf(job: JobDocument, probe: TaskDocument | undefined): TaskInput {
  const { container, blob, etag, contentType, sizeBytes } = job.source
  const fingerprint = probe?.facts?.['fingerprint']
  return {
    name: 'source',
    container,
    blob,
    etag,
    contentType,
    sizeBytes,
    ...(typeof fingerprint === 'string' ? { fingerprint } : {}),
  }
}
