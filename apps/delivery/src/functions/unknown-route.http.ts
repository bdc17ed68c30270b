import { err } from '@zoetrope/contracts'
import { z } from 'zod'

import { edge } from '../edge.ts'

/** Everything that no other function answers. The host takes the first route that matches, by name: this name stands last. */
export const unknownRoute = edge.http({
  name: 'zz-unknown-route',
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'],
  route: '{*path}',
  auth: 'none',
  summary: 'Says that there is nothing, or nothing but to read.',
  params: z.object({ path: z.string().optional() }),
  handle: ({ request }) => {
    if (request.method === 'GET' || request.method === 'HEAD') throw err('ROUTE_NOT_FOUND')
    throw err('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } })
  },
})
