import type { TargetedEvent, VNode } from 'preact'
import { useRef } from 'preact/hooks'

import { addFiles } from './uploads.ts'

export function UploadButton(): VNode {
  const input = useRef<HTMLInputElement>(null)
  const change = (event: TargetedEvent<HTMLInputElement>): void => {
    addFiles(event.currentTarget.files ?? [])
    // The same file again is a change again.
    event.currentTarget.value = ''
  }
  return (
    <>
      <input ref={input} type="file" multiple hidden aria-label="Files to upload" onChange={change} />
      <button type="button" class="primary" onClick={() => input.current?.click()}>
        Upload
      </button>
    </>
  )
}
