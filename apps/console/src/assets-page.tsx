import type { VNode } from 'preact'

import { AssetCard } from './asset-card.tsx'
import { assets } from './library.ts'

export function AssetsPage(): VNode {
  const known = assets.value
  if (!known) return <p class="faint">Looking …</p>
  if (known.length === 0) {
    return (
      <div class="empty panel">
        <h1>Nothing here yet</h1>
        <p>Drop images, videos or sounds anywhere on this page, or press Upload.</p>
      </div>
    )
  }
  return (
    <>
      <h1 class="visually-hidden">Assets</h1>
      <ul class="grid">
        {known.map((asset) => (
          <AssetCard key={asset.id} asset={asset} />
        ))}
      </ul>
    </>
  )
}
