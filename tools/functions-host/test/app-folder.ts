import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { library } from './running-program.ts'

/** An app in a temporary folder. `index.js` is its code, with `app`, `input` and `output` of the SDK at hand. */
export class AppFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'functions-host-app-'))

  constructor(code: string, files: Readonly<Record<string, string>> = {}) {
    this.write('host.json', '{ "version": "2.0" }')
    this.write('package.json', '{ "type": "module", "main": "index.js" }')
    this.writeCode(code)
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  /** Writes the code anew. */
  writeCode(code: string): void {
    this.write(
      'index.js',
      `import functions from '${library}'\nconst { app, input, output } = functions\n${code}\n`,
    )
  }

  /** Writes a file. */
  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true })
    writeFileSync(join(this.path, name), text)
  }

  /** Takes a file away. */
  remove(name: string): void {
    rmSync(join(this.path, name))
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 })
  }
}
