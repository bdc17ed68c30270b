import { buffer } from 'node:stream/consumers'

import { connectionSetting } from '../connections.ts'
import { toBlobModelData } from './blob-model-data.ts'
import { connectBlob, requiredPath, toBlobPlace } from './blob-path.ts'
import type { InputBinding } from './binding-kind.ts'
import { isMissing } from './create-when-missing.ts'

/** A whole blob: bytes, with `dataType: 'string'` text; nothing when there is none. With `sdkBinding`, where it is. */
export const blobInput: InputBinding = {
  type: 'blob',
  prepare(properties, { settings }) {
    const connection = properties.connection('blob')
    const path = requiredPath(properties)
    const isText = properties.text('dataType')?.toLowerCase() === 'string'
    const isDeferred = properties.isOn('supportsDeferredBinding')
    return async (data) => {
      const place = toBlobPlace(path, data, properties.title)
      if (isDeferred) return toBlobModelData(connectionSetting(settings, connection), place)
      const blob = await connectBlob(settings, connection, place)
      try {
        const { readableStreamBody } = await blob.download()
        const bytes = readableStreamBody ? await buffer(readableStreamBody) : Buffer.alloc(0)
        return isText ? { string: bytes.toString('utf8') } : { bytes }
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    }
  },
}
