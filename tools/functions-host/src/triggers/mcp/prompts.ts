import type { GetPromptRequest, GetPromptResult, Prompt } from '@modelcontextprotocol/sdk/types.js'

import type { TriggerContext, TriggeredFunction } from '../../trigger.ts'
import { pickFields, readBindingList, readBindingObject } from './binding-json.ts'
import { byName } from './by-name.ts'
import type { Caller } from './caller.ts'
import { describeCall } from './caller.ts'
import { McpError } from './mcp-error.ts'
import { toPromptResult } from './prompt-result.ts'

interface PromptFunction {
  readonly target: TriggeredFunction
  /** As clients are told of it. */
  readonly description: Prompt
}

/** The prompts of an app. */
export class Prompts {
  readonly #prompts: ReadonlyMap<string, PromptFunction>
  readonly #context: TriggerContext

  /** @throws HostError naming the function and what to mend */
  constructor(functions: readonly TriggeredFunction[], context: TriggerContext) {
    this.#prompts = byName(functions.map(toPrompt), 'promptName')
    this.#context = context
  }

  list(): { prompts: Prompt[] } {
    return { prompts: [...this.#prompts.values()].map(({ description }) => description) }
  }

  /** Runs a prompt function; arguments are not checked, as in Azure. @throws McpError for an unknown one, and for a function that failed */
  async get({ params }: GetPromptRequest, caller: Caller): Promise<GetPromptResult> {
    const prompt = this.#prompts.get(params.name.toLowerCase())
    if (!prompt) throw new McpError('invalidParams', `Unknown prompt: '${params.name}'`)
    const json = describeCall(params, caller)
    const result = await this.#context.invoke(prompt.target, {
      data: { string: json },
      triggerMetadata: {
        mcppromptcontext: { json },
        ...(caller.sessionId === undefined ? {} : { mcpsessionid: { string: caller.sessionId } }),
        ...(params.arguments ? { mcppromptargs: { json: JSON.stringify(params.arguments) } } : {}),
      },
      reason: `MCP prompt '${params.name}' was asked for.`,
    })
    if (!result.ok) throw new McpError('internalError', 'An error occurred.')
    try {
      return toPromptResult(result.returnValue)
    } catch (error) {
      this.#context.log('error', `Function "${prompt.target.metadata.name}": ${(error as Error).message}`)
      throw new McpError('internalError', 'An error occurred.')
    }
  }
}

function toPrompt(target: TriggeredFunction): PromptFunction {
  const meta = readBindingObject(target, 'metadata')
  const icons = readBindingList(target, 'icons')
  // Clients take no null for a description.
  const args = readBindingList(target, 'promptArguments').map((argument) =>
    Object.fromEntries(Object.entries(argument).filter(([, value]) => value !== null)),
  )
  return {
    target,
    description: {
      name: String(target.trigger['promptName']),
      ...pickFields(target, ['title', 'description']),
      ...(args.length > 0 ? { arguments: args } : {}),
      ...(icons.length > 0 ? { icons } : {}),
      ...(meta ? { _meta: meta } : {}),
    } as Prompt,
  }
}
