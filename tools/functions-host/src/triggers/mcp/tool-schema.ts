/** One property of a tool, as apps declare it. */
export interface ToolProperty {
  readonly propertyName?: unknown
  readonly propertyType?: unknown
  readonly description?: unknown
  readonly isRequired?: unknown
  readonly isArray?: unknown
}

/** A JSON schema of a tool's arguments. */
export interface InputSchema {
  readonly type: 'object'
  readonly properties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
  readonly [other: string]: unknown
}

/** The JSON schema of declared properties, field by field as the real extension writes it. */
export function toInputSchema(properties: readonly ToolProperty[]): InputSchema {
  const named = properties.flatMap((property) => {
    const name = String(property.propertyName ?? '')
    return name.trim() === '' ? [] : [{ ...property, name }]
  })
  return {
    type: 'object',
    properties: Object.fromEntries(named.map((property) => [property.name, toPropertySchema(property)])),
    required: [...new Set(named.flatMap(({ name, isRequired }) => (isRequired === true ? [name] : [])))],
  }
}

/** Names of required arguments that have no value. */
export function missingArguments(
  schema: InputSchema,
  given: Readonly<Record<string, unknown>> | undefined,
): string[] {
  const values = new Map(Object.entries(given ?? {}))
  return (schema.required ?? []).filter((name) => (values.get(name) ?? null) === null)
}

function toPropertySchema({ propertyType, description, isArray }: ToolProperty): object {
  const type = String(propertyType ?? 'string')
  const shape = isArray === true ? { type: 'array', items: { type } } : { type }
  return { ...shape, description: String(description ?? '') }
}
