import { consoleHeaders } from './console-headers.ts'

/** Values of a deployment that the console is given, by their names among azd's outputs. */
const outputs = ['ZOETROPE_API_URL', 'ZOETROPE_DELIVERY_URL', 'AZURE_STORAGE_ACCOUNT'] as const

/**
 * The files that make the packaged console the console of one installation: `config.json`, which its page reads, and `staticwebapp.config.json`, which
 * gives Azure Static Web Apps the headers. @throws Error that names what is missing or no https URL
 */
export function consoleConfig(
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const missing = outputs.filter((name) => !environment[name])
  if (missing.length > 0)
    throw new Error(
      `${missing.join(', ')} must be set: outputs of the deployment, which azd gives its hooks (elsewhere: \`azd env get-values\`).`,
    )
  const apiUrl = httpsOrigin(environment, 'ZOETROPE_API_URL')
  const deliveryUrl = httpsOrigin(environment, 'ZOETROPE_DELIVERY_URL')
  const blobUrl = `https://${environment['AZURE_STORAGE_ACCOUNT']}.blob.core.windows.net`
  const headers = consoleHeaders({ apiUrl, deliveryUrl, blobUrl })
  const site = {
    globalHeaders: { ...headers, 'strict-transport-security': 'max-age=31536000' },
    routes: [{ route: '/config.json', headers: { 'cache-control': 'no-cache' } }],
  }
  return new Map([
    ['config.json', `${JSON.stringify({ apiUrl, deliveryUrl })}\n`],
    ['staticwebapp.config.json', `${JSON.stringify(site, null, 2)}\n`],
  ])
}

function httpsOrigin(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name] ?? ''
  if (!URL.canParse(value) || new URL(value).protocol !== 'https:')
    throw new Error(`${name}: "${value}" is no https URL.`)
  return new URL(value).origin
}
