import type { AppManifest } from './app-manifests.ts'
import type { TriggerKind, TriggerPlan, TriggerRequest } from './trigger-kind.ts'

const segment = /^([A-Za-z0-9._~-]+|\{[a-z][A-Za-z0-9]*\})$/
/** The host's own paths. */
const reserved = ['admin', 'runtime']

/** An HTTP function to be made. */
interface HttpFunction {
  readonly name: string
  readonly handlerName: string
  readonly summary: string
  readonly route: string
  readonly methods: readonly string[]
  readonly auth: 'tenant' | 'function' | 'none'
  /** Names of the parameters in the route. */
  readonly params: readonly string[]
}

/** A function that answers HTTP requests. */
export const httpTrigger: TriggerKind = {
  required: ['route'],
  optional: ['method', 'auth'],
  plan(request) {
    const { options, summary, handlerName } = request
    const { name, route = '' } = options
    const methods = options.method?.length ? [...new Set(options.method)] : ['GET']
    checkRoute(route)
    checkRouteIsFree(request.app, route, methods)
    const auth = chooseAuth(request)
    const params = [...route.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param)
    const made: HttpFunction = { name, handlerName, summary, route, methods, auth, params }
    return {
      suffix: 'http',
      source: params.length > 0 ? sourceWithParams(made) : sourceWithoutParams(made),
      test: testOf(made),
      trigger: `HTTP ${methods.join(', ')} \`/${route}\`${auth === 'function' ? ' (function key)' : ''}`,
      whenItFails: 'the caller is told (`application/problem+json`)',
      imports: params.length > 0 ? ['@zoetrope/app-kit', 'zod'] : ['@zoetrope/app-kit'],
      declare: (config) => config,
      operations: [],
    }
  },
}

function sourceWithParams(made: HttpFunction): string {
  const schema = made.params.map((param) => `${param}: z.string().max(100)`).join(', ')
  return `import { ok } from '@zoetrope/app-kit'
import { z } from 'zod'

import { edge } from '../edge.ts'

${headOf(made)}
  params: z.object({ ${schema} }),
  handle: ({ params }) => ok(params),
})
`
}

function sourceWithoutParams(made: HttpFunction): string {
  return `import { ok } from '@zoetrope/app-kit'

import { edge } from '../edge.ts'

${headOf(made)}
  handle: () => ok({ function: '${made.name}' }),
})
`
}

function headOf({ name, handlerName, summary, route, methods, auth }: HttpFunction): string {
  return `/** \`${methods.join(', ')} /${route}\`: ${summary} */
export const ${handlerName} = edge.http({
  name: '${name}',
  methods: [${methods.map((method) => `'${method}'`).join(', ')}],
  route: '${route}',
  auth: '${auth}',
  summary: ${quoted(summary)},`
}

/** Asks as anybody: where a tenant's key is needed, that is what the caller is told. */
function testOf({ name, route, methods, auth, params }: HttpFunction): TriggerPlan['test'] {
  const [method = 'GET'] = methods
  const path = route.replaceAll(/\{(\w+)\}/g, '$1-1')
  const answer = params.map((param) => `${param}: '${param}-1'`).join(', ') || `function: '${name}'`
  const expected = {
    tenant: "[401, expect.objectContaining({ code: 'KEY_MISSING' })]",
    function: `[200, { ${answer} }]`,
    none: `[200, { ${answer} }]`,
  }
  return {
    title: auth === 'tenant' ? `needs an API key for ${method} /${route}` : `answers ${method} /${route}`,
    body: `const answer = await fetch(\`\${app.url}/${path}\`, { method: '${method}' })

  expect([answer.status, await answer.json()]).toEqual(${expected[auth]})`,
  }
}

function checkRoute(route: string): void {
  const parts = route.split('/')
  const parameters = parts.filter((part) => part.startsWith('{'))
  const twice = parameters.find((part, index) => parameters.indexOf(part) !== index)
  if (twice) throw new Error(`"${route}" has ${twice} twice. Give each parameter a name of its own.`)
  // Clients take "." and ".." out of a path before they send it.
  const isWord = (part: string): boolean => segment.test(part) && !/^\.{1,2}$/.test(part)
  if (parts.every(isWord) && !reserved.includes(parts[0]?.toLowerCase() ?? '')) return
  throw new Error(
    `"${route}" is no route: words and {parameters} joined by slashes, without one at the beginning, not under ${reserved.join('/ or ')}/; such as "v1/photos/{photoId}".`,
  )
}

/** Two functions must not share a method at one route; how parameters are called makes no difference. */
function checkRouteIsFree(app: AppManifest, route: string, methods: readonly string[]): void {
  const shape = (text: string): string => text.toLowerCase().replaceAll(/\{[^}]*\}/g, '{}')
  const other = app.functions.find(
    (candidate) =>
      candidate.route !== undefined &&
      shape(candidate.route) === shape(route) &&
      candidate.methods?.some((method) => methods.includes(method)),
  )
  if (other)
    throw new Error(
      `${app.name} answers ${other.methods?.join(', ')} /${other.route} already, by "${other.name}". Choose another route or method.`,
    )
}

/** Who may call: an app that knows tenants asks for their keys; another one for a key of the platform. */
function chooseAuth({ tree, options }: TriggerRequest): 'tenant' | 'function' | 'none' {
  const path = `apps/${options.app}/src/edge.ts`
  const knowsTenants = tree.read(path, 'utf8')?.includes('authenticate:') ?? false
  if (options.auth === 'tenant' && !knowsTenants)
    throw new Error(
      `${options.app} knows no tenants: ${path} gives no \`authenticate\`. Use --auth function or none.`,
    )
  return options.auth ?? (knowsTenants ? 'tenant' : 'function')
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
