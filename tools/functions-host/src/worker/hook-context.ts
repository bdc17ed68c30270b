/** Makes what a hook is called with: the first fields cannot be assigned to, the others may be replaced by the hook. */
export function hookContext(
  readOnly: Readonly<Record<string, unknown>>,
  writable: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const context: Record<string, unknown> = { ...writable }
  for (const [key, value] of Object.entries(readOnly)) {
    Object.defineProperty(context, key, {
      enumerable: true,
      get: () => value,
      set: () => {
        throw Object.assign(new TypeError(`Cannot assign to read only property '${key}'`), {
          isAzureFunctionsSystemError: true,
        })
      },
    })
  }
  return context
}
