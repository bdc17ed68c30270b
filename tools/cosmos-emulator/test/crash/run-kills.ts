import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { randomOf } from '../random.ts'
import type { Random } from '../random.ts'
import { compileOnce, isGone, startChild } from './child-emulator.ts'
import type { ChildEmulator } from './child-emulator.ts'
import { feedLane, versionsLane } from './feed-lanes.ts'
import type { Lane } from './lane.ts'
import { scriptLane } from './script-lane.ts'
import { batchLane, containerLane, itemLane, lifetimeLane, uniqueLane } from './write-lanes.ts'

/** How long to go on killing. The first limit that is reached ends it. */
export interface KillPlan {
  kills: number
  seed: number
  untilMs?: number
  onKill?: (figures: KillFigures) => void
}

/** What came of it. Anything that is lost, half or wrong fails the run instead. */
export interface KillFigures {
  kills: number
  /** Of them, those that struck an emulator that was just starting. */
  killsAtStart: number
  acknowledgedSteps: number
  verifications: number
  integrityChecks: number
}

const fewestSteps = 10
const mostSteps = 40
const startKillsOneIn = 6
const integrityEvery = 10

/** Kills an emulator again and again under concurrent writers, and checks after each start that nothing acknowledged is lost. */
export async function runKills({ kills, seed, untilMs, onKill }: KillPlan): Promise<KillFigures> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-kills-'))
  const random = randomOf(seed)
  const lanes = makeLanes(random)
  const figures: KillFigures = {
    kills: 0,
    killsAtStart: 0,
    acknowledgedSteps: 0,
    verifications: 0,
    integrityChecks: 0,
  }
  const start = { cacheFolder: join(folder.path, 'compiled') }
  await compileOnce(start.cacheFolder)
  for (let isFirst = true; ; isFirst = false) {
    const isLast = figures.kills >= kills || (untilMs !== undefined && Date.now() > untilMs)
    if (!isFirst && !isLast && random.below(startKillsOneIn) === 0) {
      await startChild(folder.path, { ...start, killAfterMs: random.below(400) })
      figures.kills += 1
      figures.killsAtStart += 1
      onKill?.(figures)
      continue
    }
    const child = await startChild(folder.path, start)
    assert.ok(child)
    try {
      for (const lane of lanes) await (isFirst ? lane.prepare(child.send) : lane.verify(child.send))
      figures.verifications += isFirst ? 0 : 1
      if (isLast) {
        assert.equal(await child.stop(), 0)
        checkIntegrity(folder.path, figures)
        return figures
      }
      figures.acknowledgedSteps += await writeUntilKilled(child, lanes, random)
    } finally {
      child.kill()
      await child.ended
    }
    figures.kills += 1
    onKill?.(figures)
    if (figures.kills % integrityEvery === 0) checkIntegrity(folder.path, figures)
  }
}

function makeLanes(random: Random): Lane[] {
  return [
    itemLane('one', 'things', random),
    itemLane('two', 'things', random),
    batchLane('batches', 'things', random),
    feedLane('things'),
    versionsLane('versions'),
    itemLane('kept', 'versions', random),
    uniqueLane('unique', 'emails'),
    lifetimeLane('lives', 'lives', random),
    containerLane('made', random),
    scriptLane('scripted', random),
  ]
}

/** Lets all lanes work at once until so many steps are acknowledged; then kills. @returns the number of steps */
async function writeUntilKilled(
  child: ChildEmulator,
  lanes: readonly Lane[],
  random: Random,
): Promise<number> {
  const wanted = fewestSteps + random.below(mostSteps - fewestSteps)
  let steps = 0
  let isKilled = false
  const work = async (lane: Lane): Promise<void> => {
    while (!isKilled) {
      try {
        await lane.step(child.send)
      } catch (error) {
        if (isKilled && isGone(error)) return
        throw error
      }
      steps += 1
      if (steps < wanted || isKilled) continue
      isKilled = true
      child.kill()
    }
  }
  const results = await Promise.allSettled(lanes.map(work))
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return steps
}

function checkIntegrity(folder: string, figures: KillFigures): void {
  const file = new DatabaseSync(join(folder, 'data', 'primary.sqlite'))
  try {
    const complaints = file.prepare('PRAGMA integrity_check').all()
    assert.equal(complaints.map((row) => row.integrity_check).join('\n'), 'ok')
  } finally {
    file.close()
  }
  figures.integrityChecks += 1
}
