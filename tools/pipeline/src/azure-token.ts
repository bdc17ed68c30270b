import type { TokenCredential } from '@azure/identity'

/** Gives an access token for Azure's management API; cached until shortly before it expires. */
export type GetToken = () => Promise<string>

const scope = 'https://management.azure.com/.default'
/** A token is renewed this long before its end, so that none ends during a request. */
const renewBeforeMs = 5 * 60_000

/** Tokens of whoever signed in with `az login` (in a workflow: `azure/login` by OIDC) or with `azd auth login`; the named one is asked first. */
export function signedInToken(first: 'az' | 'azd' = 'az'): GetToken {
  let credential: TokenCredential | undefined
  let held: { readonly token: string; readonly expiresOnTimestamp: number } | undefined
  return async () => {
    if (!held || held.expiresOnTimestamp - Date.now() < renewBeforeMs) {
      try {
        credential ??= await makeCredential(first)
        held = (await credential.getToken(scope)) ?? undefined
      } catch (cause) {
        throw new Error('Nobody is signed in to Azure here: run `az login` or `azd auth login`.', { cause })
      }
    }
    if (!held) throw new Error('Azure gave no token.')
    return held.token
  }
}

/** The package is large, and `--help` needs none of it. */
async function makeCredential(first: 'az' | 'azd'): Promise<TokenCredential> {
  const { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential } =
    await import('@azure/identity')
  const both = [new AzureCliCredential(), new AzureDeveloperCliCredential()]
  return new ChainedTokenCredential(...(first === 'az' ? both : both.toReversed()))
}
