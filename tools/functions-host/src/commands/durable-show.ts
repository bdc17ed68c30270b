import { setTimeout as delay } from 'node:timers/promises'

import { Command } from 'commander'

import type { InspectedTimeline } from '../durable/inspect-hub.ts'
import type { TimelineItem } from '../durable/timeline-groups.ts'
import { isGroup } from '../durable/timeline-groups.ts'
import { HostError } from '../errors.ts'
import { DurableClient } from './durable-client.ts'
import { addDurableFlags, type DurableFlags } from './durable-flags.ts'
import { agoText, durationText, paintState, shorten, terminalWidth } from './durable-text.ts'
import { timelineLines, whatOf } from './durable-timeline.ts'

interface ShowFlags extends DurableFlags {
  readonly all?: boolean
  readonly follow?: boolean
}

const endedStates = new Set(['Completed', 'Failed', 'Terminated'])
/** Items asked for at once. */
const pageSize = 1000
const followMs = 500

/** `durable show`: one instance, and its history as a timeline. */
export function durableShow(): Command {
  const command = new Command('show')
    .description('show an instance, and its history as a timeline')
    .argument('<id>', 'id of the instance')
  return addDurableFlags(command)
    .option('--all', 'every row, where many alike would be told by their figures')
    .option('-f, --follow', 'wait for its end, and tell what happens until then; exit code 1 when it fails')
    .action(async (id: string, flags: ShowFlags) => {
      const client = new DurableClient(flags)
      if (flags.follow) await follow(client, id, flags)
      const answer = await look(client, id, { all: flags.all === true })
      if (flags.json)
        console.log(JSON.stringify({ ...answer.instance, timeline: answer.timeline }, undefined, 2))
      else for (const line of showLines(answer)) console.log(line)
      if (flags.follow && answer.instance.status !== 'Completed')
        throw new HostError(`${id} is ${answer.instance.status}.`)
    })
}

/** An instance with all items of its timeline. @throws HostError where it is not there */
async function look(
  client: DurableClient,
  id: string,
  { all = false, known = '' },
): Promise<InspectedTimeline> {
  const query = new URLSearchParams({ all: String(all), top: String(pageSize), ...(known && { known }) })
  const path = `instances/${encodeURIComponent(id)}?${query.toString()}`
  const answer = await client.look<InspectedTimeline>(path)
  if (answer === undefined) throw await client.notFound(id)
  const { timeline } = answer
  if (timeline === undefined || timeline.items.length >= timeline.itemCount) return answer
  const items = [...timeline.items]
  while (items.length < timeline.itemCount) {
    const more = await client.look<InspectedTimeline>(`${path}&skip=${items.length}`)
    if (!more?.timeline?.items.length) break
    items.push(...more.timeline.items)
  }
  return { ...answer, timeline: { ...timeline, items } }
}

/** Tells on standard error what happens, until the instance has ended. */
async function follow(client: DurableClient, id: string, { json }: ShowFlags): Promise<void> {
  const told = new Set<string>()
  let known = ''
  let state = ''
  const tell = (atMs: number, text: string): void => {
    if (!json) console.error(`${new Date(atMs).toISOString().slice(11, 23)}  ${text}`)
  }
  for (;;) {
    const answer = await look(client, id, { known })
    known = answer.known ?? known
    for (const { key, atMs, text } of answer.timeline?.items.flatMap(happenings) ?? []) {
      if (!told.has(key)) tell(atMs, text)
      told.add(key)
    }
    const { status } = answer.instance
    if (status !== state) tell(answer.nowMs, `${id}: ${status}`)
    state = status
    if (endedStates.has(status)) return
    await delay(followMs)
  }
}

/** What can be told of an item once: each begin, each end. */
function happenings(item: TimelineItem): { key: string; atMs: number; text: string }[] {
  if (isGroup(item)) return []
  return item.spans.flatMap((span, index) => {
    const key = `${item.id} ${item.kind} ${item.name} ${span.fromMs} ${index}`
    const attempt = index > 0 && item.kind !== 'lock' ? `, attempt ${index + 1}` : ''
    const began = { key, atMs: span.fromMs, text: `${whatOf(item)}${attempt}` }
    if (span.toMs === undefined) return [began]
    const failure = span.state === 'failed' ? `failed: ${span.failure ?? ''}` : span.state
    const text = `${whatOf(item)}${attempt} ${failure}, ${durationText(span.toMs - span.fromMs)}`
    return [{ key: `${key} end`, atMs: span.toMs, text: shorten(text, terminalWidth() - 14) }]
  })
}

function showLines({ instance, timeline, nowMs }: InspectedTimeline): string[] {
  const width = terminalWidth()
  const { startedMs = instance.createdMs, endedMs, items = [] } = timeline ?? {}
  const value = (label: string, shown: unknown): string[] => {
    if (shown === null || shown === undefined || shown === '') return []
    const text = typeof shown === 'string' ? shown : JSON.stringify(shown)
    return [`  ${label.padEnd(9)}${shorten(text, width - 11)}`]
  }
  const started = `${new Date(instance.createdMs).toISOString()} (${agoText(instance.createdMs, nowMs)})`
  const took = endedMs === undefined ? '' : `, took ${durationText(endedMs - startedMs)}`
  const parent = instance.parentId && `${instance.parentName} (${instance.parentId})`
  return [
    `${instance.instanceId}  ${paintState(instance.status)}  ${instance.name}`,
    ...value('started', `${started}${took}`),
    ...value('parent', parent),
    ...value('input', instance.input),
    ...value('custom', instance.customStatus),
    ...value('output', instance.output),
    '',
    ...(items.length === 0
      ? [`It has done nothing yet (${instance.eventCount} events).`]
      : timelineLines(items, { fromMs: startedMs, toMs: endedMs ?? nowMs }, width)),
  ]
}
