import { ok } from '@zoetrope/app-kit'

import { edge } from '../edge.ts'
import { describeApi } from '../describe-api.ts'

/** `GET /openapi.json` */
export const getOpenApi = edge.http({
  name: 'open-api-get',
  methods: ['GET'],
  route: 'openapi.json',
  auth: 'none',
  summary: 'This description of the API (OpenAPI 3.1), made from the code that checks requests.',
  answer: { status: 200 },
  handle: () => ok(describeApi(edge.routes), { 'cache-control': 'public, max-age=60' }),
})
