import { signal } from '@preact/signals'
import type { ComponentChildren, TargetedDragEvent, VNode } from 'preact'

import { addFiles } from './uploads.ts'

const isOver = signal(false)

/** The whole page takes files that are dropped on it. */
export function DropZone({ children }: { readonly children: ComponentChildren }): VNode {
  const over = (event: TargetedDragEvent<HTMLElement>): void => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    isOver.value = true
  }
  const leave = (event: TargetedDragEvent<HTMLElement>): void => {
    if (event.relatedTarget === null) isOver.value = false
  }
  const drop = (event: TargetedDragEvent<HTMLElement>): void => {
    event.preventDefault()
    isOver.value = false
    addFiles(event.dataTransfer?.files ?? [])
  }
  return (
    <div class="page" onDragOver={over} onDragLeave={leave} onDrop={drop}>
      {children}
      {isOver.value && <div class="drop-hint">Drop images, videos or sounds to upload them</div>}
    </div>
  )
}
