import { AppError } from '../../errors.ts'
import { JsonSection } from '../../config/json-section.ts'

/** `extensions.mcp` of host.json. */
export interface McpSettings {
  readonly serverName: string
  readonly serverVersion: string
  /** Told to clients when they connect. */
  readonly instructions: string | undefined
  /** Whether the legacy transport names its message endpoint by a whole URL. */
  readonly usesAbsoluteEndpoint: boolean
  /** Whether requests need no key, though the host asks for keys. */
  readonly isAnonymous: boolean
}

/** Reads the MCP settings of host.json; defaults are those of the real extension. @throws AppError naming the property */
export function readMcpSettings(value: Readonly<Record<string, unknown>> | undefined): McpSettings {
  const section = JsonSection.of(value, 'host.json: extensions.mcp')
  const system = section.section('system')
  const level = system.text('webhookAuthorizationLevel') ?? 'System'
  if (!/^(system|anonymous)$/i.test(level))
    throw new AppError(
      `${system.place('webhookAuthorizationLevel')} is "${level}". Set it to "System" or "Anonymous".`,
    )
  return {
    serverName: section.text('serverName') ?? 'Azure Functions MCP server',
    serverVersion: section.text('serverVersion') ?? '1.0.0',
    instructions: section.text('instructions'),
    usesAbsoluteEndpoint: section.section('messageOptions').flag('useAbsoluteUriForEndpoint') === true,
    isAnonymous: level.toLowerCase() === 'anonymous',
  }
}
