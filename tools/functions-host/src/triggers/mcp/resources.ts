import type {
  ReadResourceRequest,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
} from '@modelcontextprotocol/sdk/types.js'

import { HostError } from '../../errors.ts'
import type { TriggerContext, TriggeredFunction } from '../../trigger.ts'
import { pickFields, readBindingObject } from './binding-json.ts'
import { byName } from './by-name.ts'
import type { Caller } from './caller.ts'
import { describeTransport } from './caller.ts'
import { McpError } from './mcp-error.ts'
import { toResourceResult } from './resource-result.ts'
import { compileTemplate, isTemplate } from './resource-uri.ts'

interface ResourceFunction {
  readonly target: TriggeredFunction
  readonly uri: string
  readonly match: ((uri: string) => Record<string, string> | undefined) | undefined
  readonly fields: Record<string, unknown>
}

/** The resources of an app, those of a fixed URI and those of a template. */
export class Resources {
  readonly #resources: ReadonlyMap<string, ResourceFunction>
  readonly #context: TriggerContext

  /** @throws HostError naming the function and what to mend */
  constructor(functions: readonly TriggeredFunction[], context: TriggerContext) {
    this.#resources = byName(functions.map(toResource), 'uri')
    this.#context = context
  }

  list(): { resources: Resource[] } {
    const fixed = [...this.#resources.values()].filter(({ match }) => !match)
    return { resources: fixed.map(({ uri, fields }) => ({ uri, ...fields }) as unknown as Resource) }
  }

  listTemplates(): { resourceTemplates: ResourceTemplate[] } {
    const templates = [...this.#resources.values()].filter(({ match }) => match)
    return {
      resourceTemplates: templates.map(
        ({ uri, fields }) => ({ uriTemplate: uri, ...fields }) as unknown as ResourceTemplate,
      ),
    }
  }

  /** Reads a resource. @throws McpError for an unknown one, and for a function that failed */
  async read({ params }: ReadResourceRequest, caller: Caller): Promise<ReadResourceResult> {
    const { resource, values } = this.#find(params.uri)
    const { target } = resource
    const json = JSON.stringify({
      uri: params.uri,
      sessionId: caller.sessionId,
      clientInfo: caller.clientInfo,
      transport: describeTransport(caller),
    })
    const parameters = Object.entries(values).map(([name, value]) => [name, { string: value }])
    const result = await this.#context.invoke(target, {
      data: { string: json },
      triggerMetadata: {
        ...(Object.fromEntries(parameters) as Record<string, { string: string }>),
        mcpresourcecontext: { json },
        mcpresourceuri: { string: params.uri },
        ...(caller.sessionId === undefined ? {} : { mcpsessionid: { string: caller.sessionId } }),
      },
      reason: `MCP resource '${params.uri}' was read.`,
    })
    if (!result.ok) throw new McpError('internalError', 'An error occurred.')
    return toResourceResult(result.returnValue, {
      uri: resource.match ? params.uri : resource.uri,
      mimeType: target.trigger['mimeType'] as string | undefined,
    })
  }

  #find(uri: string): { resource: ResourceFunction; values: Record<string, string> } {
    const fixed = this.#resources.get(uri.toLowerCase())
    if (fixed && !fixed.match) return { resource: fixed, values: {} }
    for (const resource of this.#resources.values()) {
      const values = resource.match?.(uri)
      if (values) return { resource, values }
    }
    throw new McpError('resourceNotFound', `Unknown resource: '${uri}'`)
  }
}

function toResource(target: TriggeredFunction): ResourceFunction {
  const { trigger, metadata } = target
  const where = `Function "${metadata.name}"`
  const uri = String(trigger['uri'] ?? '')
  const match = isTemplate(uri) ? compileTemplate(uri, where) : undefined
  if (!match && !URL.canParse(uri))
    throw new HostError(`${where}: the resource URI "${uri}" must be absolute, like "notes://all".`)
  const meta = readBindingObject(target, 'metadata')
  return {
    target,
    uri,
    match,
    fields: {
      name: String(trigger['resourceName'] ?? metadata.name),
      ...pickFields(target, ['title', 'description', 'mimeType', ...(match ? [] : ['size'])]),
      ...(meta ? { _meta: meta } : {}),
    },
  }
}
