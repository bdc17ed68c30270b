import { notImplemented } from '../errors.ts'
import type { ServiceError } from '../errors.ts'
import type { Request } from './exchange.ts'
import { pathSegments } from './path-segments.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'

interface CutRoute {
  route: Route
  parts: string[]
}

/** The routes by method and number of path segments, so that few are tried for a request. */
const byShape = Map.groupBy(
  routes.map((route): CutRoute => ({ route, parts: pathSegments(route.path) })),
  ({ route, parts }) => shapeOf(route.method, parts),
)

/** A route that fits a request, and the ids that the request's path gives. */
export interface FoundRoute {
  route: Route
  ids: Record<string, string>
}

/** The route that answers a request; undefined where there is none. */
export function findRoute(request: Request): FoundRoute | undefined {
  for (const { route, parts } of byShape.get(shapeOf(request.method, request.segments)) ?? []) {
    const ids = matchPath(parts, request.segments)
    if (ids && route.when?.(request) !== false) return { route, ids }
  }
  return undefined
}

/** The error for a request without a route: it names what was asked for. */
export function unknownOperation(request: Request): ServiceError {
  const shape = request.segments.map((segment, index) => (index % 2 === 0 ? segment : '{id}')).join('/')
  return notImplemented(`${request.method} /${shape}`)
}

/**
 * The .NET and Java SDKs ask for the TCP addresses of replicas unless they are told not to. They sign that in a way of their own: it is
 * refused before the signature is looked at, so that nobody looks for a wrong key.
 * @throws ServiceError 501
 */
export function refuseDirectMode({ segments }: Request): void {
  if (segments[0] === 'addresses')
    throw notImplemented(
      'direct mode (TCP). Choose gateway mode in the client: ConnectionMode.Gateway in .NET, gatewayMode() in Java',
    )
}

function shapeOf(method: string, segments: readonly string[]): string {
  return `${method} ${segments.length}`
}

/** The ids that a path gives for the parts in braces; undefined where it does not fit. */
function matchPath(
  parts: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const ids: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? ''
    if (part.startsWith('{')) ids[part.slice(1, -1)] = segment
    else if (part !== segment) return undefined
  }
  return ids
}
