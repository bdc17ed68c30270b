import type { TokenCredential } from '@azure/identity'
import type { TokenSource } from '@zoetrope/contracts'

/** Who an app is, as the settings of a connection say it. */
export interface IdentitySettings {
  /** `managedidentity`: the app's own identity in Azure. Absent: whoever runs the process, such as a person signed in with `az login`. */
  readonly credential?: 'managedidentity'
  /** Client id of a user-assigned identity. */
  readonly clientId?: string
}

/** The identity behind a connection. The identity package is large, so it is loaded at the first token only. */
export function appIdentity(settings: IdentitySettings): TokenSource {
  let credential: Promise<TokenCredential> | undefined
  return {
    async getToken(scopes, options) {
      credential ??= makeCredential(settings)
      return (await credential).getToken(scopes, options)
    },
  }
}

async function makeCredential({ credential, clientId }: IdentitySettings): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity')
  if (credential)
    return clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential()
  return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {})
}
