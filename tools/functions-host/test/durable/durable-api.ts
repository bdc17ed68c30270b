import { until } from '../until.ts'

/** What the management API answers, as far as tests ask for it. */
export interface DurableAnswer {
  id: string
  instanceId: string
  runtimeStatus: string
  output: unknown
  historyEvents?: unknown[]
  ExceptionMessage?: string
}

/** The management API of an app, asked over HTTP as it stands. */
export class DurableApi {
  readonly #url: string

  constructor(appUrl: string) {
    this.#url = `${appUrl}/runtime/webhooks/durabletask/`
  }

  async ask(
    method: string,
    path: string,
    body?: string | Buffer<ArrayBuffer>,
  ): Promise<{ status: number; body: DurableAnswer }> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as DurableAnswer }
  }

  /** Starts an orchestration; `input`: JSON. Answers its id. */
  async start(name: string, input: string): Promise<string> {
    const { status, body } = await this.ask('POST', `orchestrators/${name}`, input)
    if (status !== 202) throw new Error(`${name} was not started: ${status} ${JSON.stringify(body)}`)
    return body.id
  }

  /** An instance, if it has ended. */
  async ended(id: string): Promise<DurableAnswer | undefined> {
    // Large inputs would come with every look.
    const { status, body } = await this.ask('GET', `instances/${encodeURIComponent(id)}?showInput=false`)
    return status === 200 ? body : undefined
  }

  async end(id: string, withinMs?: number): Promise<DurableAnswer> {
    return until(async () => this.ended(id), withinMs)
  }

  async run(name: string, input: string, withinMs?: number): Promise<DurableAnswer> {
    return this.end(await this.start(name, input), withinMs)
  }
}
