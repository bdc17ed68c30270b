import type { TargetedSubmitEvent, VNode } from 'preact'

import { problem } from './library.ts'
import { signIn } from './session.ts'

export function KeyForm(): VNode {
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const text = new FormData(event.currentTarget).get('key')
    if (typeof text !== 'string' || text.trim() === '') return
    problem.value = undefined
    signIn(text.trim())
  }
  return (
    <main class="sign-in">
      <form class="panel" onSubmit={submit}>
        <h1>
          <span class="wheel" aria-hidden="true" /> Zoetrope
        </h1>
        {problem.value && (
          <p class="banner" role="alert">
            {problem.value}
          </p>
        )}
        <label for="key">API key</label>
        <input id="key" name="key" type="password" autocomplete="off" placeholder="zk_…" required />
        <button type="submit" class="primary">
          Open
        </button>
        <p class="faint">It is kept in this tab only.</p>
      </form>
    </main>
  )
}
