import { InvalidArgumentError } from 'commander'

import type { AccountOptions } from '../emulator-options.ts'

/** A port out of a flag. @throws InvalidArgumentError */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  return port
}

/** The address of an account out of a flag: http or https, a host, perhaps a port. @throws InvalidArgumentError */
export function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '')
    throw new InvalidArgumentError('It must be the address of an account, such as http://127.0.0.1:8081/.')
  return text
}

/** A whole number out of a flag. @throws InvalidArgumentError */
export function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** A number of 0 to 1 out of a flag. @throws InvalidArgumentError */
export function parseShare(text: string): number {
  const share = Number(text)
  if (text === '' || !(share >= 0 && share <= 1))
    throw new InvalidArgumentError('It must be a number, 0 to 1.')
  return share
}

/** `name:port` or `name:port:httpsPort`, added to those before. @throws InvalidArgumentError */
export function addAccount(text: string, accounts: AccountOptions[] = []): AccountOptions[] {
  const [name = '', port = '', httpsPort, ...rest] = text.split(':')
  if (!/^[\w-]{1,60}$/.test(name) || port === '' || rest.length > 0)
    throw new InvalidArgumentError(
      'It must be NAME:PORT or NAME:PORT:HTTPSPORT; a name has letters, digits, - and _.',
    )
  const account = { name, port: parsePort(port) }
  return [...accounts, httpsPort === undefined ? account : { ...account, httpsPort: parsePort(httpsPort) }]
}

/** Adds a value to those before. */
export function addValue(text: string, values: string[] = []): string[] {
  return [...values, text]
}
