import type { AppPackage } from './app-packages.ts'
import { messageOf } from './message-of.ts'
import type { AppUpdate } from './plan-deployment.ts'

/** What a deployment does to the world. */
export interface DeploymentSteps {
  /** Publishes a package and waits until the app answers with its version. Rejects where either does not come to be. */
  readonly install: (update: AppUpdate, target: AppPackage) => Promise<void>
  /** Tries the product through its public doors. Rejects where it does not work. */
  readonly smokeTest: () => Promise<void>
  readonly say: (text: string) => void
}

/** What became of one app. */
export interface AppOutcome {
  readonly app: string
  readonly from: string | undefined
  readonly to: string
  readonly state: 'deployed' | 'rolled back' | 'roll-back failed' | 'no way back' | 'not reached'
  readonly detail?: string
}

/** What became of a deployment; `reason` says why it was undone. */
export interface DeploymentOutcome {
  readonly isDeployed: boolean
  readonly reason?: string
  readonly apps: readonly AppOutcome[]
}

/**
 * Updates the apps one after another and tries the product; where anything fails, puts back what ran before, the last one first.
 *
 * Never rejects: what failed stands in the outcome.
 */
export async function deploy(
  updates: readonly AppUpdate[],
  steps: DeploymentSteps,
): Promise<DeploymentOutcome> {
  const touched: AppUpdate[] = []
  try {
    for (const update of updates) {
      touched.push(update)
      steps.say(`${update.app}: ${update.runningVersion ?? 'nothing'} -> ${update.package.version}`)
      await steps.install(update, update.package)
    }
    await steps.smokeTest()
    return { isDeployed: true, apps: updates.map((update) => outcome(update, 'deployed')) }
  } catch (error) {
    const reason = messageOf(error)
    steps.say(`Failed: ${reason}`)
    const undone = new Map<string, AppOutcome>()
    for (const update of touched.toReversed()) undone.set(update.app, await rollBack(update, steps))
    const apps = updates.map((update) => undone.get(update.app) ?? outcome(update, 'not reached'))
    return { isDeployed: false, reason, apps }
  }
}

async function rollBack(update: AppUpdate, steps: DeploymentSteps): Promise<AppOutcome> {
  if (!update.previous) {
    steps.say(`${update.app}: nothing to go back to`)
    return outcome(update, 'no way back')
  }
  steps.say(`${update.app}: back to ${update.previous.version}`)
  try {
    await steps.install(update, update.previous)
    return outcome(update, 'rolled back')
  } catch (error) {
    return outcome(update, 'roll-back failed', messageOf(error))
  }
}

function outcome(update: AppUpdate, state: AppOutcome['state'], detail?: string): AppOutcome {
  const { app, runningVersion: from, package: target } = update
  return { app, from, to: target.version, state, ...(detail ? { detail } : {}) }
}
