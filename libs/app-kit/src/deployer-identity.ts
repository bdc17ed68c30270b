import type { TokenSource } from '@zoetrope/contracts'

/** How long a command line may take to give a token, ms: the first one of a session is slow. */
const commandMs = 30_000

/**
 * The person (or pipeline) that deploys: who is signed in to the Azure Developer CLI, else to the Azure CLI. Their commands must be on the path.
 * The order matters where both are: the roles of a deployment are given to whom azd deploys as.
 */
export function deployerIdentity(azureTenantId?: string): TokenSource {
  const options = { processTimeoutInMs: commandMs, ...(azureTenantId ? { tenantId: azureTenantId } : {}) }
  let credential: Promise<TokenSource> | undefined
  return {
    async getToken(scopes, tokenOptions) {
      credential ??= import('@azure/identity').then(
        ({ AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential }) =>
          new ChainedTokenCredential(
            new AzureDeveloperCliCredential(options),
            new AzureCliCredential(options),
          ) as TokenSource,
      )
      return (await credential).getToken(scopes, tokenOptions)
    },
  }
}
