export { localPrincipal, localTenantId } from './access-token.ts'
export { startIdentityEndpoint } from './identity-endpoint.ts'
