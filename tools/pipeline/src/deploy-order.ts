import { z } from 'zod'

/** What the order needs to know of an app: `apps/manifests.json`. */
export const QueueUse = z.array(
  z.object({
    name: z.string(),
    queues: z.object({ consumes: z.array(z.string()), sends: z.array(z.string()) }),
  }),
)
/** What the order needs to know of an app: `apps/manifests.json`. */
export type QueueUse = z.infer<typeof QueueUse>

/**
 * The order in which apps are updated: who reads a message before who writes it, since readers accept what older writers
 * send and not the other way round. Where two apps write to each other, the name decides.
 */
export function orderForDeployment(apps: readonly string[], manifests: QueueUse): readonly string[] {
  const byName = manifests.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const ordered = new Set<string>()
  const underWay = new Set<string>()
  const visit = (app: QueueUse[number]): void => {
    if (underWay.has(app.name)) return
    underWay.add(app.name)
    for (const reader of byName) {
      if (reader.queues.consumes.some((queue) => app.queues.sends.includes(queue))) visit(reader)
    }
    ordered.add(app.name)
  }
  for (const app of byName) visit(app)
  const known = [...ordered].filter((name) => apps.includes(name))
  return [...known, ...apps.filter((name) => !ordered.has(name)).toSorted()]
}
