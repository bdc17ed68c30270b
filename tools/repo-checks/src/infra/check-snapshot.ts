import { checkApps } from './check-apps.ts'
import { checkCosmos } from './check-cosmos.ts'
import { checkEdge } from './check-edge.ts'
import { checkEvents } from './check-events.ts'
import { checkMonitoring } from './check-monitoring.ts'
import { checkNotices } from './check-notices.ts'
import { checkOperations } from './check-operations.ts'
import { checkRoles } from './check-roles.ts'
import { checkSecurity } from './check-security.ts'
import { checkSettings } from './check-settings.ts'
import { checkStorage } from './check-storage.ts'
import type { Declarations } from './declarations.ts'
import { matchDeployment, type Check } from './deployment.ts'
import type { ParameterSet, Snapshot } from './snapshot.ts'

const checks: readonly Check[] = [
  checkSettings,
  checkApps,
  checkStorage,
  checkEvents,
  checkCosmos,
  checkRoles,
  checkOperations,
  checkSecurity,
  checkEdge,
  checkMonitoring,
  checkNotices,
]

/** All that is wrong with what a parameter set would make, by what the apps declare: one sentence each. */
export function checkSnapshot(set: ParameterSet, snapshot: Snapshot, declarations: Declarations): string[] {
  const deployment = matchDeployment(set, snapshot, declarations)
  return [...new Set(checks.flatMap((check) => check(deployment)))]
}
