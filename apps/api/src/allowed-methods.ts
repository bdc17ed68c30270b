import type { HttpRoute } from '@zoetrope/app-kit'

/** The methods that the routes allow at this path; none where there is nothing. */
export function allowedMethods(routes: readonly HttpRoute[], path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '')
  const methods = routes
    .filter(({ route }) => !route.includes('*') && matches(route.split('/'), segments))
    .flatMap((route) => route.methods)
  return [...new Set(methods)]
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every(
      (part, index) => part.startsWith('{') || part.toLowerCase() === segments[index]?.toLowerCase(),
    )
  )
}
