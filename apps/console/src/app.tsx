import type { VNode } from 'preact'

import { AssetPage } from './asset-page.tsx'
import { AssetsPage } from './assets-page.tsx'
import { DropZone } from './drop-zone.tsx'
import { JobsPage } from './jobs-page.tsx'
import { KeyForm } from './key-form.tsx'
import { isBusy, problem } from './library.ts'
import { route } from './route.ts'
import { key, signOut } from './session.ts'
import { UploadButton } from './upload-button.tsx'
import { UploadList } from './upload-list.tsx'
import { UsagePage } from './usage-page.tsx'

const pages = [
  { page: 'assets', title: 'Assets' },
  { page: 'jobs', title: 'Jobs' },
  { page: 'usage', title: 'Usage' },
] as const

export function App(): VNode {
  if (!key.value) return <KeyForm />
  const current = route.value.page === 'asset' ? 'assets' : route.value.page
  return (
    <DropZone>
      <header class="top">
        <a class="brand" href="#/assets">
          <span class={isBusy.value ? 'wheel turning' : 'wheel'} aria-hidden="true" />
          Zoetrope
        </a>
        <nav aria-label="Pages">
          {pages.map(({ page, title }) => (
            <a key={page} href={`#/${page}`} aria-current={page === current ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <span class="gap" />
        <UploadButton />
        <button type="button" class="plain" onClick={signOut}>
          Sign out
        </button>
      </header>
      {problem.value && (
        <p class="banner" role="alert">
          {problem.value}
        </p>
      )}
      <UploadList />
      <main>
        <Page />
      </main>
    </DropZone>
  )
}

function Page(): VNode {
  const at = route.value
  switch (at.page) {
    case 'assets':
      return <AssetsPage />
    case 'asset':
      return <AssetPage assetId={at.assetId} />
    case 'jobs':
      return <JobsPage />
    case 'usage':
      return <UsagePage />
  }
}
