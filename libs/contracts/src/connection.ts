/**
 * How to reach an Azure account: a connection string (a laptop), or endpoints with a managed identity (Azure).
 * Endpoints by the suffix of their setting: `blobServiceUri`, `queueServiceUri`, `accountEndpoint`.
 */
export interface Connection {
  /** Name of the setting, as the `connection` of a trigger names it. */
  readonly name: string
  readonly connectionString?: string
  readonly endpoints: Readonly<Record<string, string>>
  /** Client id of the user-assigned identity. */
  readonly clientId?: string
}
