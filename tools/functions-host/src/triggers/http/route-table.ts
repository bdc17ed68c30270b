import { AppError } from '../../errors.ts'
import type { Log } from '../../logging/log.ts'
import type { TriggeredFunction } from '../../trigger.ts'
import type { RouteMatcher } from './match-route.ts'
import { compileRoute } from './match-route.ts'

/** A function and the requests that it takes. */
export interface Route {
  readonly target: TriggeredFunction
  /** With the prefix of the app, without the first slash. */
  readonly template: string
  /** In upper case. */
  readonly methods: ReadonlySet<string>
  readonly match: RouteMatcher
}

/**
 * The routes of an app, in the order in which they are tried: by name, ignoring case, not by how specific they are. A
 * function whose route another one has, or the host itself, is left out and named, as in Azure.
 * @throws AppError for a template that cannot be read, which stops the real host too
 */
export function makeRoutes(
  functions: readonly TriggeredFunction[],
  options: { readonly prefix: string; readonly log: Log },
): readonly Route[] {
  const sorted = functions.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
  const routes: Route[] = []
  for (const target of sorted) {
    const route = toRoute(target, options.prefix)
    const fault = faultOf(route, routes)
    if (fault)
      options.log('error', `The '${target.metadata.name}' function is in error and left out: ${fault}`)
    else routes.push(route)
  }
  return routes
}

function faultOf(route: Route, earlier: readonly Route[]): string | undefined {
  if (/^(admin|runtime)/i.test(ownRoute(route.target)))
    return 'its route begins with "admin" or "runtime", which belong to the host. Choose another one.'
  const rival = earlier.find(
    ({ template, methods }) =>
      template.toLowerCase() === route.template.toLowerCase() && !methods.isDisjointFrom(route.methods),
  )
  return (
    rival && `its route and a method of it belong to '${rival.target.metadata.name}'. Change one of them.`
  )
}

function toRoute(target: TriggeredFunction, prefix: string): Route {
  const { trigger, metadata } = target
  const own = ownRoute(target)
  const template = prefix ? `${prefix}/${own}` : own
  const methods = ((trigger['methods'] as string[] | undefined) ?? ['GET', 'POST']).map((method) =>
    method.toUpperCase(),
  )
  try {
    return { target, template, methods: new Set(methods), match: compileRoute(template) }
  } catch (error) {
    throw new AppError(`Function "${metadata.name}": ${(error as Error).message}`)
  }
}

/** A function's route without the prefix: its name where it has none. */
function ownRoute({ trigger, metadata }: TriggeredFunction): string {
  const route = String(trigger['route'] ?? '').trim()
  return (route === '' ? metadata.name : route).replaceAll(/^\/+|\/+$/g, '')
}

function sortKey({ metadata }: TriggeredFunction): string {
  return metadata.name.toUpperCase()
}
