/** An instance, as the management API of Durable Functions shows it. */
export interface InstanceStatus {
  readonly name: string
  readonly instanceId: string
  /** `Pending`, `Running`, `Suspended`, `Completed`, `Failed`, `Terminated`. */
  readonly runtimeStatus: string
  readonly input: unknown
  readonly customStatus: unknown
  readonly output: unknown
  /** ISO 8601, whole seconds. */
  readonly createdTime: string
  readonly lastUpdatedTime: string
}

/** An event of a history, as the management API shows it: `EventType`, `Timestamp` and what else it has. */
export type InstanceEvent = Readonly<Record<string, unknown>>

/** How an orchestration is started. */
export interface StartOptions {
  readonly input?: unknown
  /** By default a new one. */
  readonly instanceId?: string
}

/** Why something is done to an instance. */
type Control = 'terminate' | 'suspend' | 'resume' | 'rewind'

/** The durable instances and entities of a test host. All but `entity` answer as soon as it is known; what follows comes until the host is idle. */
export class TestInstances {
  readonly #baseUrl: () => Promise<string>

  /** `baseUrl`: of the management API without keys, ending in a slash. */
  constructor(baseUrl: () => Promise<string>) {
    this.#baseUrl = baseUrl
  }

  /** Starts an orchestration; answers the id of its instance. @throws Error naming the orchestrators there are */
  async start(orchestrator: string, { input, instanceId }: StartOptions = {}): Promise<string> {
    const path = ['orchestrators', orchestrator, ...(instanceId === undefined ? [] : [instanceId])]
    const { id } = (await this.#ask('POST', path, { body: input ?? null })) as { id: string }
    return id
  }

  /** Undefined where there is no such instance. */
  async status(instanceId: string): Promise<InstanceStatus | undefined> {
    return (await this.#ask('GET', ['instances', instanceId], { mayBeMissing: true })) as
      | InstanceStatus
      | undefined
  }

  /** The history with inputs and results; empty where there is no such instance. */
  async history(instanceId: string): Promise<readonly InstanceEvent[]> {
    const query = { showHistory: 'true', showHistoryOutput: 'true' }
    const status = await this.#ask('GET', ['instances', instanceId], { query, mayBeMissing: true })
    return (status as { historyEvents?: readonly InstanceEvent[] } | undefined)?.historyEvents ?? []
  }

  /** All instances, sub-orchestrations too, 1000 at most. */
  async list(): Promise<readonly InstanceStatus[]> {
    return (await this.#ask('GET', ['instances'], { query: { top: '1000' } })) as InstanceStatus[]
  }

  /** Sends an external event. @throws Error where the instance is not there or has ended */
  async raiseEvent(instanceId: string, eventName: string, data: unknown = null): Promise<void> {
    await this.#ask('POST', ['instances', instanceId, 'raiseEvent', eventName], { body: data })
  }

  /** @throws Error where the instance is not there or has ended */
  terminate(instanceId: string, reason = ''): Promise<void> {
    return this.#control(instanceId, 'terminate', reason)
  }

  /** @throws Error where the instance is not there, has ended or is suspended already */
  suspend(instanceId: string, reason = ''): Promise<void> {
    return this.#control(instanceId, 'suspend', reason)
  }

  /** @throws Error where the instance is not there or not suspended */
  resume(instanceId: string, reason = ''): Promise<void> {
    return this.#control(instanceId, 'resume', reason)
  }

  /** Takes back what failed and goes on. @throws Error where the instance is not there or has not failed */
  rewind(instanceId: string, reason = ''): Promise<void> {
    return this.#control(instanceId, 'rewind', reason)
  }

  /** Forgets an instance that has ended. @throws Error where it is not there or has not ended */
  async purge(instanceId: string): Promise<void> {
    await this.#ask('DELETE', ['instances', instanceId])
  }

  /** The state of an entity; undefined where it has none. */
  entity(name: string, key: string): Promise<unknown> {
    return this.#ask('GET', ['entities', name, key], { mayBeMissing: true })
  }

  /** Sends an operation to an entity, whose answer nobody waits for. @throws Error naming the entities there are */
  async signalEntity(name: string, key: string, operation: string, input: unknown = null): Promise<void> {
    await this.#ask('POST', ['entities', name, key], { query: { op: operation }, body: input })
  }

  async #control(instanceId: string, kind: Control, reason: string): Promise<void> {
    await this.#ask('POST', ['instances', instanceId, kind], { query: { reason } })
  }

  /** @throws Error with what the management API refuses it for */
  async #ask(
    method: string,
    path: readonly string[],
    {
      query = {},
      body,
      mayBeMissing = false,
    }: {
      readonly query?: Readonly<Record<string, string>>
      readonly body?: unknown
      readonly mayBeMissing?: boolean
    } = {},
  ): Promise<unknown> {
    const url = new URL(path.map(encodeURIComponent).join('/'), await this.#baseUrl())
    url.search = new URLSearchParams(query).toString()
    const answer = await fetch(url, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await answer.text()
    if (mayBeMissing && answer.status === 404) return undefined
    if (!answer.ok)
      throw new Error(
        `${method} ${path.join('/')} was answered with ${answer.status}. ${explain(answer.status, text)}`,
      )
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
}

const meanings: Readonly<Record<number, string>> = { 404: 'It is not there.', 410: 'It has ended.' }

/** What the management API says, else what the status means. */
function explain(status: number, text: string): string {
  try {
    const { Message, ExceptionMessage } = JSON.parse(text) as Record<string, unknown>
    return String(ExceptionMessage ?? Message ?? text)
  } catch {
    return text || (meanings[status] ?? '')
  }
}
