import { addImportedName } from './source-edit.ts'

/** The test of one function, or of the app itself: the app on the functions host, used through its own door. */
export interface AppTest {
  readonly app: string
  /** Names that it uses, by the package that has them. */
  readonly imports?: Readonly<Record<string, string>>
  readonly title: string
  /** Its lines; `app` is the running app. */
  readonly body: string
}

/** Path of the tests of an app's functions, inside its folder: the app is started once for all of them. */
export const functionTestsPath = 'test/functions.itest.ts'

/** Adds a test to the tests of an app's functions; begins the file where there is none. */
export function addTest(file: string | null, { app, imports = {}, title, body }: AppTest): string {
  const test = `
it('${title}', async () => {
  ${body}
})
`
  const kit = { expect: '@jest/globals', until: '@zoetrope/test-kit' }
  const used = Object.entries(kit).filter(([name]) => body.includes(`${name}(`))
  return [...used, ...Object.entries(imports)].reduce(
    (source, [name, module]) => addImportedName(source, module, name),
    `${file ?? emptyFile(app)}${test}`,
  )
}

function emptyFile(app: string): string {
  return `import { afterAll, beforeAll, it, jest } from '@jest/globals'
import type { RunningApp } from '@zoetrope/test-kit'
import { startApp } from '@zoetrope/test-kit'

jest.setTimeout(60_000)

const running = new AsyncDisposableStack()
let app: RunningApp

beforeAll(async () => {
  app = running.use(await startApp('${app}'))
})
afterAll(() => running.disposeAsync())
`
}
