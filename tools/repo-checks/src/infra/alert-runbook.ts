import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repoRoot } from '../repo-root.ts'
import { resourcesOf, valueAt, type Snapshot } from './snapshot.ts'

const runbook = join(repoRoot, 'docs', 'operations', 'alerts.md')

/** Anchors of the sections of the runbook of alerts: `## Poison queue` -> `poison-queue`. */
export function readAlertSections(): string[] {
  if (!existsSync(runbook)) return []
  return [...readFileSync(runbook, 'utf8').matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}

/** Every alert of a snapshot by its name, and the section of the runbook that its description names. Budgets have none to write in. */
export function alertNames(snapshot: Snapshot): Map<string, string | undefined> {
  return new Map([
    ...resourcesOf(snapshot, 'Microsoft.Consumption/budgets').map(({ name }) => [name, 'budget'] as const),
    ...['Microsoft.Insights/scheduledQueryRules', 'Microsoft.Insights/metricAlerts']
      .flatMap((type) => resourcesOf(snapshot, type))
      .map(
        ({ name, properties }) =>
          [name, /alerts\.md#([\w-]+)/.exec(String(valueAt(properties, 'description') ?? ''))?.[1]] as const,
      ),
  ])
}
