import type { VNode } from 'preact'

const tones: Readonly<Record<string, string>> = {
  ready: 'good',
  succeeded: 'good',
  partial: 'warn',
  waiting: 'warn',
  failed: 'bad',
  canceled: 'bad',
}

export function StateBadge({ state }: { readonly state: string }): VNode {
  return <span class={`badge ${tones[state] ?? 'calm'}`}>{state}</span>
}
