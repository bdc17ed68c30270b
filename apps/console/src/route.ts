import { signal } from '@preact/signals'

/** Where in the console one is. */
export type Route =
  | { readonly page: 'assets' }
  | { readonly page: 'asset'; readonly assetId: string }
  | { readonly page: 'jobs' }
  | { readonly page: 'usage' }

/** The page that the address names. */
export const route = signal<Route>(readRoute())

addEventListener('hashchange', () => {
  route.value = readRoute()
})

function readRoute(): Route {
  const [page, id] = location.hash.replace(/^#\/?/, '').split('/')
  if (page === 'assets' && id) return { page: 'asset', assetId: id }
  if (page === 'jobs' || page === 'usage') return { page }
  return { page: 'assets' }
}
