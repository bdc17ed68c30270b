import type { Maybe, ScriptRequest } from './messages.ts'

/** The request and the response of one script, and the bodies that it has given them. */
export interface ScriptExchange {
  request: object
  /** Absent in pre-triggers. */
  response: object | undefined
  bodies: () => { requestBody: Maybe; responseBody: Maybe }
  /** @throws Error 413 for a body over 4 MB */
  setResponseBody: (value: unknown) => void
}

/** Makes the exchange of a script; `response` is what its body begins with. */
export type OpenExchange = (request: ScriptRequest, response: { body: Maybe } | undefined) => ScriptExchange

/** Makes the request and response objects that scripts see. This function's text is evaluated in their context, so it must use nothing from outside of itself. */
export function installExchange(errorOf: (number: number, message: string) => Error): OpenExchange {
  const { stringify } = JSON
  const toText = String
  const largestResponse = 4 * 1024 * 1024
  let requestBody: Maybe = []
  let responseBody: Maybe = []

  function sizeOf(value: unknown): number {
    return typeof value === 'string' ? value.length : (stringify(value) ?? '').length
  }

  function checkSize(value: unknown): void {
    if (value === undefined || sizeOf(value) <= largestResponse) return
    throw errorOf(
      413,
      'The body of the response would be larger than 4 MB. Answer in parts, and go on with a continuation.',
    )
  }

  function headerReader(
    headers: Record<string, string>,
    properties: Record<string, () => unknown>,
  ): (name: unknown) => unknown {
    return (name: unknown): unknown => {
      const text = toText(name)
      const property = properties[text.toLowerCase()]
      return property ? property() : headers[text.toLowerCase()]
    }
  }

  function makeRequest(request: ScriptRequest): object {
    const setBody = (value: unknown): void => {
      requestBody = value === undefined ? [] : [value]
    }
    const getBody = (): unknown => requestBody[0]
    const getOperationType = (): unknown => request.operationType
    return {
      getBody,
      ...(request.isBodyWritable ? { setBody } : {}),
      ...(request.operationType === undefined ? {} : { getOperationType }),
      getValue: headerReader(request.headers, { body: getBody, operationtype: getOperationType }),
      setValue: (name: unknown, value: unknown): void => {
        if (!request.isBodyWritable || toText(name).toLowerCase() !== 'body')
          throw errorOf(403, `The property '${toText(name)}' of the request cannot be set.`)
        setBody(value)
      },
    }
  }

  function setResponseBody(value: unknown): void {
    checkSize(value)
    responseBody = value === undefined ? [] : [value]
  }

  function makeResponse(): object {
    const getBody = (): unknown => responseBody[0]
    return {
      getBody,
      setBody: setResponseBody,
      appendBody: (value: unknown): void => {
        const before = responseBody[0] as string | null | undefined
        setResponseBody(before === undefined || before === null ? value : before + (value as string))
      },
      getValue: headerReader({}, { body: getBody }),
      setValue: (name: unknown, value: unknown): void => {
        if (toText(name).toLowerCase() !== 'body')
          throw errorOf(400, `The response has no property '${toText(name)}' that can be set.`)
        setResponseBody(value)
      },
      getResourceQuotaCurrentUsage: (): string => '',
      getMaxResourceQuota: (): string => '',
    }
  }

  return (request, response) => {
    requestBody = request.body
    responseBody = response?.body ?? []
    return {
      request: makeRequest(request),
      response: response ? makeResponse() : undefined,
      bodies: () => {
        checkSize(responseBody[0])
        return { requestBody, responseBody }
      },
      setResponseBody,
    }
  }
}
