import { appNumbers } from './host-numbers.ts'
import { stringify } from './json.ts'
import { addTest, functionTestsPath } from './test-file.ts'

/** An app to be made. */
export interface NewApp {
  readonly name: string
  readonly summary: string
  readonly isNative: boolean
}

/** Every file of a new app but package.json, by its path inside the app's folder. Its only function is `health`, which comes with the edge. */
export function filesOfApp(app: NewApp): Readonly<Record<string, string>> {
  return {
    'project.json': stringify(projectOf(app)),
    'host.json': stringify(host),
    'README.md': readmeOf(app),
    'src/config.ts': configOf(app),
    'src/wiring.ts': wiring,
    'src/edge.ts': edge,
    'src/main.ts': "import './edge.ts'\n",
    [functionTestsPath]: testOf(app),
  }
}

function projectOf({ name, isNative }: NewApp): object {
  return {
    name,
    $schema: '../../node_modules/nx/schemas/project-schema.json',
    projectType: 'application',
    tags: ['layer:app', isNative ? 'runtime:native' : 'runtime:node'],
    targets: { test: {}, package: {} },
  }
}

const host = {
  version: '2.0',
  ...Object.fromEntries(appNumbers.map(({ name, value }) => [name, value])),
  extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.36.0, 5.0.0)' },
  extensions: { http: { routePrefix: '' } },
}

function readmeOf({ name, summary }: NewApp): string {
  return `# ${name}

${summary}

| function | trigger | what | when it fails |
| --- | --- | --- | --- |
| \`health\` | HTTP GET \`/health\` | 200 when the app can serve | |
`
}

function configOf({ name }: NewApp): string {
  return `import { defineApp } from '@zoetrope/app-kit'

/** What the app needs: settings, queues, containers. */
export const app = defineApp({
  name: '${name}',
  settings: {},
})
`
}

const wiring = `import { app } from './config.ts'

/** What the functions of this app work with. */
export interface Deps {
  readonly clock: () => Date
}

let deps: Deps | undefined

/** Makes the clients, once, at the first use. */
export function wire(): Deps {
  if (deps) return deps
  app.load()
  deps = { clock: () => new Date() }
  return deps
}
`

const edge = `import { createEdge } from '@zoetrope/app-kit'

import { app } from './config.ts'
import { wire } from './wiring.ts'

/** Registers the functions of this app. */
export const edge = createEdge({ app, deps: wire })
`

function testOf({ name }: NewApp): string {
  return addTest(null, {
    app: name,
    title: 'says that it can serve',
    body: `const answer = await fetch(\`\${app.url}/health\`)

  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ status: 'ok', app: '${name}' })`,
  })
}
