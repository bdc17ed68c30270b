import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

import { localPrincipal } from './access-token.ts'
import { startIdentityEndpoint } from './identity-endpoint.ts'

/** What a stack works with whose apps have identities and no keys. */
export interface LocalIdentity extends AsyncDisposable {
  /** What a process needs to be given tokens and to trust the servers of the stack. */
  readonly environment: Readonly<Record<string, string>>
  readonly certificatePath: string
  readonly certificateKeyPath: string
  /** Key of the product's storage account, of this start alone. The stack itself has it, for what Resource Manager and Event Grid do in Azure. */
  readonly storageKey: string
  /** The same of the Cosmos accounts. */
  readonly cosmosKey: string
  /** Every storage account with its key, as Azurite reads them. */
  readonly storageAccounts: string
  /** Client id of an app's identity. */
  readonly clientIdOf: (name: string) => string
}

/** The storage account that an app's host has for itself. */
export function hostAccountOf(app: string): string {
  return `${app.replaceAll(/[^a-z\d]/g, '')}host`
}

/**
 * Starts the identity endpoint for these names, and makes what goes with it: keys that nobody knows, and the certificate of the data folder, which
 * this process trusts from here on.
 */
export async function startLocalIdentity(options: {
  readonly dataDirectory: string
  readonly port: number
  /** Account of the product. */
  readonly storageAccount: string
  readonly apps: readonly string[]
  /** Who sets the product up. */
  readonly deployer: string
}): Promise<LocalIdentity> {
  const { openCertificate } = await import('@zoetrope/cosmos-emulator/source')
  const certificate = await openCertificate(join(options.dataDirectory, 'cosmos'))
  const { path: certificatePath = '', keyPath: certificateKeyPath = '' } = certificate
  setDefaultCACertificates([...getCACertificates('default'), certificate.certificate])

  const principals = [...options.apps, options.deployer].map((name) => localPrincipal(name))
  const endpoint = await startIdentityEndpoint({ port: options.port, principals })
  const [storageKey, cosmosKey] = [makeKey(), makeKey()]
  return {
    environment: { ...endpoint.environment, NODE_EXTRA_CA_CERTS: certificatePath },
    certificatePath,
    certificateKeyPath,
    storageKey,
    cosmosKey,
    storageAccounts: [
      `${options.storageAccount}:${storageKey}`,
      ...options.apps.map((app) => `${hostAccountOf(app)}:${makeKey()}`),
    ].join(';'),
    clientIdOf: (name) => localPrincipal(name).clientId,
    [Symbol.asyncDispose]: () => endpoint.close(),
  }
}

function makeKey(): string {
  return randomBytes(64).toString('base64')
}
