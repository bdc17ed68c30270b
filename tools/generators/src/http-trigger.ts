import type { AppManifest } from './app-manifests.ts'
import type { TriggerKind, TriggerRequest } from './trigger-kind.ts'

const segment = /^([A-Za-z0-9._~-]+|\{[a-z][A-Za-z0-9]*\})$/
/** The host's own paths. */
const reserved = ['admin', 'runtime']

/** A function that answers HTTP requests. */
export const httpTrigger: TriggerKind = {
  required: ['route'],
  optional: ['method', 'auth'],
  plan(request) {
    const { options, summary, handlerName } = request
    const { name } = options
    const route = options.route ?? ''
    const methods = options.method?.length ? [...new Set(options.method)] : ['GET']
    checkRoute(route)
    checkRouteIsFree(request.app, route, methods)
    const auth = chooseAuth(request)
    const params = [...route.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param)
    const answered = params.length > 0 ? 'params' : `{ function: '${name}' }`
    const path = `/${route.replaceAll(/\{(\w+)\}/g, '$1-1')}`
    const expected =
      params.length > 0
        ? `{ ${params.map((param) => `${param}: '${param}-1'`).join(', ')} }`
        : `{ function: '${name}' }`
    return {
      suffix: 'http',
      source: `import { ok } from '@zoetrope/app-kit'
${params.length > 0 ? "import { z } from 'zod'\n" : ''}
import { edge } from '../edge.ts'

/** \`${methods.join(', ')} /${route}\`: ${summary} */
export const ${handlerName} = edge.http({
  name: '${name}',
  methods: [${methods.map((method) => `'${method}'`).join(', ')}],
  route: '${route}',
  auth: '${auth}',
  summary: ${quoted(summary)},
  ${params.length > 0 ? `params: z.object({ ${params.map((param) => `${param}: z.string().max(100)`).join(', ')} }),` : ''}
  handle: (${params.length > 0 ? '{ params }' : ''}) => ok(${answered}),
})
`,
      test: {
        title:
          auth === 'tenant'
            ? `needs an API key for ${methods[0]} /${route}`
            : `answers ${methods[0]} /${route}`,
        body: `const answer = await fetch(\`\${app.url}${path}\`, { method: '${methods[0]}' })

  ${
    auth === 'tenant'
      ? "expect([answer.status, await answer.json()]).toEqual([401, expect.objectContaining({ code: 'KEY_MISSING' })])"
      : `expect([answer.status, await answer.json()]).toEqual([200, ${expected}])`
  }`,
      },
      trigger: `HTTP ${methods.join(', ')} \`/${route}\`${auth === 'function' ? ' (function key)' : ''}`,
      whenItFails: 'the caller is told (`application/problem+json`)',
      imports: params.length > 0 ? ['@zoetrope/app-kit', 'zod'] : ['@zoetrope/app-kit'],
      declare: (config) => config,
    }
  },
}

function checkRoute(route: string): void {
  const parts = route.split('/')
  if (parts.every((part) => segment.test(part)) && !reserved.includes(parts[0] ?? '')) return
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
