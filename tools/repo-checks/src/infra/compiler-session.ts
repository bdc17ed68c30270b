import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** One remark of the compiler or its linter, on a file. Lines count from 0. */
export interface Diagnostic {
  readonly source: string
  readonly range: { readonly start: { readonly line: number; readonly char: number } }
  readonly level: string
  readonly code: string
  readonly message: string
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** What snapshots are made for: no real subscription. Names that derive from these are as stable as the Bicep is. */
const deployment = {
  tenantId: '00000000-0000-0000-0000-000000000000',
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  location: 'westeurope',
  deploymentName: 'zoetrope',
}
/** All that the compiler needs of our environment: what else is set here must not reach a snapshot. */
const keptVariables = ['PATH', 'HOME', 'USERPROFILE', 'LOCALAPPDATA', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR']
const callTimeoutMs = 120_000

/**
 * The compiler as one process for many calls (`bicep jsonrpc`): starting it takes longer than a call does. Paths are
 * absolute. A call throws where the compiler refuses it, ends, or takes more than two minutes.
 */
export class CompilerSession implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  readonly #closed: Promise<void>
  #unread = Buffer.alloc(0)
  #lastId = 0

  constructor(program: string) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => keptVariables.includes(name)),
    )
    // A run is too short for code that is tuned while it runs: a third less time without.
    env['DOTNET_TieredPGO'] = '0'
    this.#child = spawn(program, ['jsonrpc', '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'], env })
    let complaint = ''
    this.#child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')))
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#child.stdin.on('error', () => undefined) // The end of the process tells of it.
    this.#closed = new Promise((resolve) => {
      const end = (reason: string): void => {
        for (const [id, answer] of this.#waiting) answer({ id, error: { message: reason } })
        this.#waiting.clear()
        resolve()
      }
      this.#child.on('error', (error) => end(error.message))
      this.#child.on('close', (code) => end(`The compiler ended with ${code}. ${complaint.trim()}`))
    })
  }

  /** The template of a `.bicep` file (none where it has errors), and all remarks, those on its modules included. */
  async compile(
    path: string,
  ): Promise<{ readonly contents?: string; readonly diagnostics: readonly Diagnostic[] }> {
    return (await this.#call('bicep/compile', { path })) as {
      contents?: string
      diagnostics: readonly Diagnostic[]
    }
  }

  /** The same for a `.bicepparam` file: the template is that of the `.bicep` file that it uses. */
  async compileParameters(
    path: string,
  ): Promise<{ readonly template?: string; readonly diagnostics: readonly Diagnostic[] }> {
    return (await this.#call('bicep/compileParams', { path, parameterOverrides: {} })) as {
      template?: string
      diagnostics: readonly Diagnostic[]
    }
  }

  /** Absolute paths of all files that a `.bicep` file is made of, itself included. */
  async references(path: string): Promise<readonly string[]> {
    return ((await this.#call('bicep/getFileReferences', { path })) as { filePaths: readonly string[] })
      .filePaths
  }

  /** The text of a file as the formatter would have it. */
  async format(path: string): Promise<string> {
    return ((await this.#call('bicep/format', { path })) as { contents: string }).contents
  }

  /** What a `.bicepparam` file would make in Azure, as JSON text. */
  async snapshot(path: string): Promise<string> {
    return ((await this.#call('bicep/getSnapshot', { path, metadata: deployment })) as { snapshot: string })
      .snapshot
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill()
    await this.#closed
  }

  async #call(method: string, parameters: object): Promise<unknown> {
    const id = ++this.#lastId
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: parameters })
    const answer = await new Promise<Answer>((resolve) => {
      const timer = setTimeout(() => this.#child.kill(), callTimeoutMs)
      this.#waiting.set(id, (given) => {
        clearTimeout(timer)
        resolve(given)
      })
      this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    })
    if (answer.error) throw new Error(`${method} ${JSON.stringify(parameters)}: ${answer.error.message}`)
    return answer.result
  }

  /** Takes whole messages off what came in: a header with `Content-Length`, an empty line, that many bytes of JSON. */
  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    for (;;) {
      const headEnd = this.#unread.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = this.#unread.subarray(0, headEnd).toString('latin1')
      const bodyEnd = headEnd + 4 + Number(/Content-Length: (\d+)/i.exec(head)?.[1])
      if (this.#unread.length < bodyEnd) return
      const answer = JSON.parse(this.#unread.subarray(headEnd + 4, bodyEnd).toString('utf8')) as Answer
      this.#unread = this.#unread.subarray(bodyEnd)
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    }
  }
}
