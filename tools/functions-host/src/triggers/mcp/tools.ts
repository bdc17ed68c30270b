import type { CallToolRequest, CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'

import { HostError } from '../../errors.ts'
import type { TriggerContext, TriggeredFunction } from '../../trigger.ts'
import { pickFields, readBindingList, readBindingObject } from './binding-json.ts'
import { byName } from './by-name.ts'
import type { Caller } from './caller.ts'
import { describeCall } from './caller.ts'
import { McpError } from './mcp-error.ts'
import { toToolResult } from './tool-result.ts'
import type { InputSchema } from './tool-schema.ts'
import { missingArguments, toInputSchema } from './tool-schema.ts'

interface ToolFunction {
  readonly target: TriggeredFunction
  readonly inputSchema: InputSchema
  /** As clients are told of it. */
  readonly description: Tool
}

/** The tools of an app: what clients are told of them, and how they are called. */
export class Tools {
  readonly #tools: ReadonlyMap<string, ToolFunction>
  readonly #context: TriggerContext

  /** @throws HostError naming the function and what to mend */
  constructor(functions: readonly TriggeredFunction[], context: TriggerContext) {
    this.#tools = byName(functions.map(toTool), 'toolName')
    this.#context = context
  }

  list(): { tools: Tool[] } {
    return { tools: [...this.#tools.values()].map(({ description }) => description) }
  }

  /** Calls a tool. A failing function is a result that says so. @throws McpError for an unknown tool, and for required arguments that are missing */
  async call({ params }: CallToolRequest, caller: Caller): Promise<CallToolResult> {
    const tool = this.#tools.get(params.name.toLowerCase())
    if (!tool) throw new McpError('invalidParams', `Unknown tool: '${params.name}'`)
    const missing = missingArguments(tool.inputSchema, params.arguments)
    if (missing.length > 0)
      throw new McpError(
        'invalidParams',
        `One or more required tool properties are missing values. Please provide: ${missing.join(', ')}`,
      )
    const { target } = tool
    const json = describeCall(params, caller)
    const result = await this.#context.invoke(target, {
      data: { string: json },
      triggerMetadata: {
        mcptoolcontext: { json },
        ...(caller.sessionId === undefined ? {} : { mcpsessionid: { string: caller.sessionId } }),
        ...(params.arguments ? { mcptoolargs: { json: JSON.stringify(toTexts(params.arguments)) } } : {}),
      },
      reason: `MCP tool '${params.name}' was called.`,
    })
    // As in Azure, why it failed is for the log, not for the client.
    const failure: CallToolResult = {
      isError: true,
      content: [{ type: 'text', text: `An error occurred invoking '${params.name}'.` }],
    }
    if (!result.ok) return failure
    try {
      return toToolResult(result.returnValue, target.trigger['useResultSchema'] === true)
    } catch (error) {
      this.#context.log('error', `Function "${target.metadata.name}": ${(error as Error).message}`)
      return failure
    }
  }
}

function toTool(target: TriggeredFunction): ToolFunction {
  const inputSchema =
    target.trigger['useWorkerInputSchema'] === true
      ? requireObjectSchema(target, 'inputSchema', readBindingObject(target, 'inputSchema'))
      : toInputSchema(readBindingList(target, 'toolProperties'))
  const result = readBindingObject(target, 'resultSchema')
  const meta = readBindingObject(target, 'metadata')
  return {
    target,
    inputSchema,
    description: {
      name: String(target.trigger['toolName']),
      ...pickFields(target, ['title', 'description']),
      inputSchema,
      ...(result ? { outputSchema: requireObjectSchema(target, 'resultSchema', result) } : {}),
      ...(meta ? { _meta: meta } : {}),
    } as Tool,
  }
}

/** Clients refuse the whole list for one schema that is of another type. */
function requireObjectSchema(
  { metadata }: TriggeredFunction,
  property: string,
  schema: Record<string, unknown> | undefined,
): InputSchema {
  if (schema?.['type'] !== 'object')
    throw new HostError(
      `Function "${metadata.name}": "${property}" must be a JSON schema with "type": "object".`,
    )
  return schema as InputSchema
}

/** Arguments as the metadata has them: text, as .NET writes it. */
function toTexts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toDotNetText(value)]))
}

function toDotNetText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
