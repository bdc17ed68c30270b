/** Whom the console's page talks to: origins. */
export interface ConsoleAddresses {
  readonly apiUrl: string
  readonly deliveryUrl: string
  /** Origin of the upload URLs. */
  readonly blobUrl: string
}

/** Security headers of the console's page: scripts are its own, and it reaches the API, the media and the upload URLs only. */
export function consoleHeaders({ apiUrl, deliveryUrl, blobUrl }: ConsoleAddresses): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob: ${deliveryUrl}`,
    `media-src blob: ${deliveryUrl}`,
    'worker-src blob:',
    `connect-src 'self' ${apiUrl} ${deliveryUrl} ${blobUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  }
}
