import type { HttpRoute } from '@zoetrope/app-kit'
import { ProblemBody } from '@zoetrope/contracts'
import { z } from 'zod'

type Json = Record<string, unknown>

/** The OpenAPI 3.1 description of these routes. */
export function describeApi(routes: readonly HttpRoute[]): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    if (route.route.includes('*')) continue
    const path = `/${route.route}`
    for (const method of route.methods)
      paths[path] = { ...paths[path], [method.toLowerCase()]: describeOperation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Zoetrope', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key: `zk_...`.' } },
      schemas: { Problem: toSchema(ProblemBody) },
    },
  }
}

function describeOperation(route: HttpRoute): Json {
  const { answer = { status: 200 } } = route
  const isWrite = route.body !== undefined && route.methods.includes('POST')
  const parameters = [
    ...describeParameters('path', route.params),
    ...describeParameters('query', route.query),
    ...(isWrite
      ? [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 255 } }]
      : []),
  ]
  return {
    operationId: route.name,
    summary: route.summary,
    ...(route.auth === 'tenant' ? { security: [{ key: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: true, content: describeContent(route) } } : {}),
    responses: {
      [answer.status]: {
        description: 'Success.',
        ...(answer.schema ? { content: { 'application/json': { schema: toSchema(answer.schema) } } } : {}),
      },
      default: {
        description: 'Anything else (RFC 9457).',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function describeContent(route: HttpRoute): Json {
  const json = route.body ? { 'application/json': { schema: toSchema(route.body) } } : {}
  const file = { type: 'string', format: 'binary' }
  const form = {
    type: 'object',
    required: ['file'],
    properties: { filename: { type: 'string' }, labels: { type: 'string' }, file },
  }
  return { ...json, ...(route.rawContentTypes ? { 'multipart/form-data': { schema: form } } : {}) }
}

function describeParameters(place: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = toSchema(schema) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    ...(place === 'path' || required.includes(name) ? { required: true } : {}),
    schema: property,
  }))
}

/** What is sent, not what it becomes: coerced numbers and branded ids are described as they travel. */
function toSchema(schema: z.ZodType): Json {
  const { $schema: _version, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return described
}
