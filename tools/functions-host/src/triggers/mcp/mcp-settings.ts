import { HostError } from '../../errors.ts'

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

/** Reads the MCP settings of host.json; defaults are those of the real extension. @throws HostError */
export function readMcpSettings(section: Readonly<Record<string, unknown>> | undefined): McpSettings {
  const messageOptions = section?.['messageOptions'] as Record<string, unknown> | undefined
  const system = section?.['system'] as Record<string, unknown> | undefined
  const level = String(system?.['webhookAuthorizationLevel'] ?? 'System')
  if (!/^(system|anonymous)$/i.test(level))
    throw new HostError(
      `host.json: mcp.system.webhookAuthorizationLevel is "${level}". Set it to "System" or "Anonymous".`,
    )
  return {
    serverName: String(section?.['serverName'] ?? 'Azure Functions MCP server'),
    serverVersion: String(section?.['serverVersion'] ?? '1.0.0'),
    instructions: section?.['instructions'] === undefined ? undefined : String(section['instructions']),
    usesAbsoluteEndpoint: messageOptions?.['useAbsoluteUriForEndpoint'] === true,
    isAnonymous: level.toLowerCase() === 'anonymous',
  }
}
