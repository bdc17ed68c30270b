import { addImportedName, addSetting } from './source-edit.ts'

interface Connection {
  readonly key: string
  readonly name: string
  readonly account: string
  readonly help: string
}

const storage: Connection = {
  key: 'storage',
  name: 'ZOETROPE_STORAGE',
  account: 'media-storage',
  help: 'Storage account of the product: blobs and queues.',
}
const cosmos: Connection = {
  key: 'cosmos',
  name: 'ZOETROPE_COSMOS',
  account: 'cosmos',
  help: 'Cosmos DB account of the product.',
}

/** Declares the connection of the product's storage account in a config.ts, unless it is there. */
export function declareStorage(config: string): string {
  return declareConnection(config, storage)
}

/** Declares the connection of the product's Cosmos DB account in a config.ts, unless it is there. */
export function declareCosmos(config: string): string {
  return declareConnection(config, cosmos)
}

function declareConnection(config: string, { key, name, account, help }: Connection): string {
  if (config.includes(`'${name}'`)) return config
  const descriptor = `connection('${name}', { account: '${account}', help: '${help}' })`
  return addImportedName(addSetting(config, key, descriptor), '@zoetrope/app-kit', 'connection')
}
