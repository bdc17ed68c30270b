import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { programs } from './arbitrary.ts'
import { copyAsKilled, logBytes, offCommit, onCommit } from './commits.ts'
import { type HubOptions, HubUnderTest, type Known, nothingKnown } from './hub-under-test.ts'
import { foretell, type Foretold } from './model.ts'
import type { Program } from './program.ts'
import { randomFrom } from '../../seeded-random.ts'

/** What stands on disk when a process dies, and what is known by then. */
interface Snapshot {
  file: string
  known: Known
}

interface Case {
  program: Program
  id: string
  foretold: Foretold
  httpUrl: string
  random: () => number
  directory: string
}

const atOnce = 4
const chainLinks = 4

/**
 * Every commit of a program is a step. For each of them a hub is opened on what a process that dies right after it leaves behind, and one on what
 * is left in the middle of it; besides, a chain of hubs each of which dies after some commits. All end as if nothing had died.
 */
export function crashesProperty(
  httpUrl: string,
  figures: Record<string, number>,
): fc.IAsyncPropertyWithHooks<unknown[]> {
  let last = 0
  const add = (name: string, count: number): void => void (figures[name] = (figures[name] ?? 0) + count)
  return fc.asyncProperty(programs, fc.integer({ min: 0 }), async (program, seed) => {
    const id = `c${++last}`
    const directory = mkdtempSync(join(tmpdir(), 'durable-crashes-'))
    const each = {
      program,
      id,
      foretold: foretell(program, id),
      httpUrl,
      directory,
      random: randomFrom(seed),
    }
    try {
      const snapshots = await runAndCopy(each)
      const left = [...snapshots.entries()]
      const work = async (): Promise<void> => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) await resume(each, ...next)
      }
      await Promise.all(Array.from({ length: atOnce }, work))
      await dieAndDieAgain(each)
      add('programs', 1)
      add('steps', snapshots.length / 2)
      add('crashes', snapshots.length + chainLinks)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
}

function optionsOf({ id, foretold, httpUrl, random }: Case): Omit<HubOptions, 'databaseFile'> {
  return { httpUrl, random, foretold: new Map([[id, foretold]]) }
}

/** Runs a program to its end, with two copies of the database for each commit: whole, and torn. */
async function runAndCopy(each: Case): Promise<Snapshot[]> {
  const file = join(each.directory, 'hub.db')
  await using hub = await HubUnderTest.open({ ...optionsOf(each), databaseFile: file })
  const snapshots: Snapshot[] = []
  let bytesBefore = logBytes(file)
  let whole: string | undefined
  let commits = 0
  onCommit(file, () => {
    // All that is known by now follows from the commits before this one.
    const known = hub.known()
    if (whole !== undefined) snapshots.push({ file: whole, known })
    const bytes = logBytes(file)
    const torn = join(each.directory, `torn-${++commits}`, 'hub.db')
    copyAsKilled(file, torn, bytesBefore + Math.floor(each.random() * Math.max(0, bytes - bytesBefore)))
    snapshots.push({ file: torn, known })
    whole = join(each.directory, `whole-${commits}`, 'hub.db')
    copyAsKilled(file, whole)
    bytesBefore = bytes
  })
  await hub.start(each.program, each.id)
  await hub.compareEnd(each.id, each.foretold)
  await hub.compareCounters([each.foretold])
  offCommit(file)
  hub.throwFaults()
  if (whole !== undefined) snapshots.push({ file: whole, known: hub.known() })
  return snapshots
}

async function resume(each: Case, index: number, snapshot: Snapshot): Promise<void> {
  await using hub = await HubUnderTest.open({
    ...optionsOf(each),
    databaseFile: snapshot.file,
    known: snapshot.known,
  })
  await hub.resume(each.program, each.id)
  await atStep(index, async () => {
    await hub.compareEnd(each.id, each.foretold)
    await hub.compareCounters([each.foretold])
    hub.throwFaults()
    checkWorks(each.foretold, snapshot.known, hub.works)
  })
}

/** Each hub dies after some commits; the last one ends. */
async function dieAndDieAgain(each: Case): Promise<void> {
  let snapshot: Snapshot = { file: join(each.directory, 'chain', 'hub.db'), known: nothingKnown }
  for (let link = 1; link <= chainLinks; link++) {
    const next = join(each.directory, `chain-${link}`, 'hub.db')
    const { file, known } = snapshot
    await using hub = await HubUnderTest.open({ ...optionsOf(each), databaseFile: file, known })
    let left = 1 + Math.floor(each.random() * 8)
    const { promise: died, resolve: die } = Promise.withResolvers<void>()
    onCommit(file, () => {
      left -= 1
      if (left !== 0) return
      copyAsKilled(file, next)
      snapshot = { file: next, known: hub.known() }
      die()
    })
    await hub.resume(each.program, each.id)
    await Promise.race([died, hub.compareEnd(each.id, each.foretold)])
    offCommit(file)
    hub.throwFaults()
    if (snapshot.file !== next) return
  }
  await resume(each, -1, snapshot)
}

function checkWorks(foretold: Foretold, { works, results }: Known, after: readonly string[]): void {
  const done = new Set([...works, ...after])
  for (const key of foretold.works) if (!done.has(key)) throw new Error(`${key} was never run`)
  const recorded = new Set(
    [...results.values()].map((text) => (JSON.parse(text) as { key?: string } | null)?.key),
  )
  for (const key of after)
    if (recorded.has(key) && !key.includes('.twice'))
      throw new Error(`${key} was run again, and its result had been recorded`)
}

async function atStep(index: number, check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    throw new Error(`after a crash at step ${Math.floor(index / 2)}`, { cause: error })
  }
}
