import { lacksRole } from './wait-for-role.ts'

/** Networks' own words for "nobody there". */
const unreachable = new Set([
  'ENOTFOUND',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
])

/** What went wrong in a bootstrap, and what to do about it, in a few lines. */
export function explainFailure(error: unknown): string {
  const cause = rootOf(error)
  const { code, name, message } = cause as Error & { readonly code?: unknown }
  if (/CredentialUnavailable|AggregateAuthentication|AuthenticationRequired/.test(`${name} ${message}`))
    return `Nobody is signed in to Azure, or not in this directory. Run \`azd auth login\` (or \`az login\`), then this again.\n${message}`
  if (lacksRole(cause))
    return `Cosmos DB still refuses: whoever is signed in has no data-plane role on the container "catalog". The deployment gives it to the deployer (\`deployerPrincipalId\` in infra/main.bicep): deploy as the same person, or name this one.\n${message}`
  if (/firewall/i.test(message))
    return `The account takes no requests from this network: run this from inside the virtual network, or let this address in.\n${message}`
  if (code === 401)
    return `Cosmos DB does not take the token: is this the directory of the subscription? (AZURE_TENANT_ID)\n${message}`
  if (code === 404)
    return `The account has no database or container of this product: deploy first (\`azd provision\`).\n${message}`
  if (unreachable.has(String(code)))
    return `The account cannot be reached: is AZURE_COSMOS_ENDPOINT right, and this machine online?\n${message}`
  return message
}

/** The innermost error: what was thrown first. */
function rootOf(error: unknown): Error {
  let found = error instanceof Error ? error : new TypeError(String(error))
  while (found.cause instanceof Error) found = found.cause
  return found
}
