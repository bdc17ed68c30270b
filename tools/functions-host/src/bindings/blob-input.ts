import { isUtf8 } from 'node:buffer'
import { buffer } from 'node:stream/consumers'

import { connectionSetting } from '../storage/connections.ts'
import { toBlobModelData } from './blob-model-data.ts'
import { connectBlob, requiredPath, toBlobPlace } from './blob-path.ts'
import type { TypedData } from '../worker/protocol.ts'
import type { InputBinding } from './binding-kind.ts'
import { isMissing } from '../storage/create-when-missing.ts'

/** A whole blob: text, with `dataType: 'binary'` bytes; nothing when there is none. With `sdkBinding`, where it is. */
export const blobInput: InputBinding = {
  type: 'blob',
  prepare(properties, { settings }, log) {
    const connection = properties.connection('blob')
    const path = requiredPath(properties)
    const isText = (properties.text('dataType') ?? 'string').toLowerCase() === 'string'
    const isDeferred = properties.isOn('supportsDeferredBinding')
    let hasWarned = false
    const toText = (bytes: Buffer): TypedData => {
      if (isUtf8(bytes)) return { string: new TextDecoder().decode(bytes) }
      const advice = `Azure's host would give it as text all the same, with bytes replaced: use input.generic with type "blob" and dataType "binary", or sdkBinding.`
      if (!hasWarned)
        log('warning', `The ${properties.title} is no UTF-8 text, so the function gets its bytes. ${advice}`)
      hasWarned = true
      return { bytes }
    }
    return async (data) => {
      const place = toBlobPlace(path, data, properties.title)
      if (isDeferred) return toBlobModelData(connectionSetting(settings, connection), place)
      const blob = await connectBlob(settings, connection, place)
      try {
        const { readableStreamBody } = await blob.download()
        const bytes = readableStreamBody ? await buffer(readableStreamBody) : Buffer.alloc(0)
        return isText ? toText(bytes) : { bytes }
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    }
  },
}
