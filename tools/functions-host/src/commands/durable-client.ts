import type { InstancePage } from '../durable/inspect-hub.ts'
import { mountPath } from '../durable/links.ts'
import { HostError } from '../errors.ts'
import { addressOf, type DurableFlags } from './durable-flags.ts'
import { askHost } from './host-connection.ts'
import { nearNames } from '../near-names.ts'

/** Instances, the newest, that are looked through for a near id. */
const nearPage = 1000

/** Asks the durable part of a host that runs. */
export class DurableClient {
  readonly #flags: DurableFlags

  constructor(flags: DurableFlags) {
    this.#flags = flags
  }

  /**
   * Sends a request under the durable webhook; answers whatever the host does. @throws HostError where no host is, where it
   * has nothing durable, or where it wants another key
   */
  ask(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#send(`${mountPath}/${path}`, init)
  }

  /** What the admin door shows of the hub; undefined where there is no such instance. @throws HostError as `ask` does */
  async look<Answer>(path: string): Promise<Answer | undefined> {
    const answer = await this.#send(`/admin/host/durabletask/${path}`)
    if (answer.ok) return (await answer.json()) as Answer
    if (answer.status !== 404) throw await refusalOf(answer)
    if (/^instances(?:\?|$)/.test(path)) throw new HostError(await this.#noHub())
    return undefined
  }

  async #send(path: string, init: RequestInit = {}): Promise<Response> {
    const address = addressOf(this.#flags)
    const answer = await askHost(address, path, init)
    if (answer.status === 401 || answer.status === 403)
      throw new HostError(
        address.code === undefined
          ? 'The host asks for keys: give its master key with --code.'
          : 'The host does not take this key: give its master key with --code.',
      )
    return answer
  }

  /** Does something to an instance. @throws HostError where it is not there or does not let that be done */
  async act(id: string, path: string, init: RequestInit): Promise<Response> {
    const answer = await this.ask(`instances/${encodeURIComponent(id)}${path}`, init)
    if (answer.ok) return answer
    if (answer.status === 404) throw await this.notFound(id)
    if (answer.status === 410)
      throw new HostError(`Instance ${id} has ended: see functions-host durable show ${id}.`)
    throw await refusalOf(answer)
  }

  /** Says that there is no such instance, and which ones may have been meant. */
  async notFound(id: string): Promise<HostError> {
    const page = await this.look<InstancePage>(`instances?top=${nearPage}`)
    const ids = page?.instances.map(({ instanceId }) => instanceId) ?? []
    const near = ids.length > 0 ? nearNames(id, ids) : []
    const hint =
      near.length > 0
        ? `Did you mean ${near.join(', ')}?`
        : 'functions-host durable list shows those that are.'
    return new HostError(`There is no instance "${id}". ${hint}`)
  }

  async #noHub(): Promise<string> {
    const { host, port } = addressOf(this.#flags)
    const answer = await askHost(addressOf(this.#flags), '/admin/host/ping')
    return answer.ok
      ? `The app at ${host}:${port} has no durable functions. Name another one with --port or --app.`
      : `What answers at ${host}:${port} is no Functions host: ${answer.status}.`
  }
}

/** What a host says when it does not do something. */
export async function refusalOf(answer: Response): Promise<HostError> {
  const text = await answer.text()
  try {
    const body = JSON.parse(text) as { ExceptionMessage?: string; Message?: string } | string
    if (typeof body === 'string') return new HostError(body)
    return new HostError(
      body.ExceptionMessage ?? body.Message ?? `The host answers ${answer.status}: ${text}`,
    )
  } catch {
    return new HostError(`The host answers ${answer.status}: ${text}`)
  }
}
