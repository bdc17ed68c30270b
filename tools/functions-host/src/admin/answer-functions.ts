import type { AdminCall } from './admin-call.ts'
import { answerEmpty } from '../server/answer-empty.ts'
import type { AppHost } from '../app-host.ts'
import { answerJson, readJsonBody } from '../server/json-exchange.ts'
import type { TriggeredFunction } from '../trigger.ts'

/** `GET functions`. */
export function answerFunctions({ app, request, response }: AdminCall): void {
  const base = `http://${request.headers.host ?? 'localhost'}`
  answerJson(
    response,
    200,
    [...app.functions, ...app.disabledFunctions].map((target) => describe(app, target, base)),
  )
}

/** `GET functions/NAME`. */
export function answerFunction({ app, request, response, names }: AdminCall): void {
  const target = app.find(names[0] ?? '')
  if (!target) return answerEmpty(response, 404)
  answerJson(response, 200, describe(app, target, `http://${request.headers.host ?? 'localhost'}`))
}

/** `GET functions/NAME/status`: nothing to say of a function that could be loaded. */
export function answerFunctionStatus({ app, response, names }: AdminCall): void {
  if (app.find(names[0] ?? '')) answerJson(response, 200, {})
  else answerEmpty(response, 404)
}

/** `POST functions/NAME {"input": text}`: runs a function, of whatever trigger. It may fail after the answer. */
export async function answerInvoke({ app, request, response, names }: AdminCall): Promise<void> {
  const body = await readJsonBody(request)
  if (typeof body === 'number') return answerEmpty(response, body)
  const input = body['input'] ?? ''
  if (typeof input === 'object') return answerEmpty(response, 400)
  const id = app.invokeByName(names[0] ?? '', String(input))
  if (id === undefined) return answerEmpty(response, 404)
  answerEmpty(response, 202, { 'x-ms-invocation-id': id })
}

/** A function as the portal and its tools know it. */
function describe(app: AppHost, { metadata, trigger, isDisabled }: TriggeredFunction, base: string): object {
  const { name, bindings } = metadata
  const files = `${base}/admin/vfs/home/site/wwwroot`
  const isHttp = trigger.type.toLowerCase() === 'httptrigger'
  const path = [app.config.http.routePrefix, String(trigger['route'] || name)].filter((part) => part !== '')
  return {
    name,
    script_root_path_href: `${files}/`,
    script_href: null,
    config_href: null,
    test_data_href: null,
    href: `${base}/admin/functions/${name}`,
    invoke_url_template: isHttp ? `${base}/${path.join('/')}` : null,
    language: 'node',
    config: { name, language: 'node', bindings },
    files: null,
    test_data: null,
    isDisabled: isDisabled === true,
    isDirect: false,
    isProxy: false,
  }
}
