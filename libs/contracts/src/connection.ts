/** Who an app is to a service: gives a token for a scope. Every client of Azure's SDKs takes one as its credential. */
export interface TokenSource {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>
}

/**
 * How to reach an Azure account: a connection string (a laptop), or endpoints and an identity (Azure).
 * Endpoints by the suffix of their setting: `blobServiceUri`, `queueServiceUri`, `accountEndpoint`.
 */
export interface Connection {
  /** Name of the setting, as the `connection` of a trigger names it. */
  readonly name: string
  readonly connectionString?: string
  readonly endpoints: Readonly<Record<string, string>>
  /** Who the app is to the account; absent where a connection string holds the account's key. */
  readonly identity?: TokenSource
}
