/** JSON-RPC error codes of the Model Context Protocol. */
export const errorCodes = {
  invalidParams: -32_602,
  internalError: -32_603,
  resourceNotFound: -32_002,
} as const

/** A fault that a client is told as a JSON-RPC error. */
export class McpError extends Error {
  override readonly name = 'McpError'
  readonly code: number

  constructor(code: keyof typeof errorCodes, message: string) {
    super(message)
    this.code = errorCodes[code]
  }
}
