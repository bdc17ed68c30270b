import type { VNode } from 'preact'

import { ProgressBar } from './progress-bar.tsx'
import { dismissUpload, openUploads } from './uploads.ts'

export function UploadList(): VNode | null {
  if (openUploads.value.length === 0) return null
  return (
    <ul class="uploads panel" aria-label="Uploads">
      {openUploads.value.map(({ id, filename, percent, state, error }) => (
        <li key={id}>
          <span class="name">{filename}</span>
          {state === 'failed' ? (
            <>
              <span class="bad">{error}</span>
              <button type="button" class="plain" onClick={() => dismissUpload(id)}>
                Dismiss
              </button>
            </>
          ) : (
            <ProgressBar
              percent={percent}
              phase={state === 'sent' ? 'stored, waiting for its job' : 'uploading'}
            />
          )}
        </li>
      ))}
    </ul>
  )
}
