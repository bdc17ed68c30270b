export { localPrincipal, localTenantId } from './access-token.ts'
export type { IdentityEndpoint } from './identity-endpoint.ts'
export { startIdentityEndpoint } from './identity-endpoint.ts'
