import { join } from 'node:path'
import { expect, it, jest } from '@jest/globals'

import { startTestHost, TestClock } from '../../src/testing/index.ts'

jest.setTimeout(30_000)

const lookAgainMs = 600_000

/** A clock that somebody sets, as NTP does; who waits looks at it again and again, as with that of the machine. */
class SetClock extends TestClock {
  #offsetMs = 0

  setBy(ms: number): void {
    this.#offsetMs += ms
  }

  override now(): number {
    return super.now() + this.#offsetMs
  }

  override async until(atMs: number, signal: AbortSignal): Promise<boolean> {
    while (this.now() < atMs)
      if (!(await this.delay(Math.min(atMs - this.now(), lookAgainMs), signal))) return false
    return true
  }
}

const hourMs = 3_600_000

it('orchestrations end, and no timer is early, while the clock is set back and forth', async () => {
  const clock = new SetClock('2026-01-01T00:00:00Z')
  const directory = join(import.meta.dirname, '..', 'fixtures', 'approvals')
  const functions = ['approval', 'remind', 'payment', 'pay']
  await using host = await startTestHost({ directory, functions, clock })
  const { instances } = host
  const [waiting, payment] = [
    await instances.start('approval', { input: 'taxi' }),
    await instances.start('payment'),
  ]
  await clock.advance({ minutes: 50 })
  clock.setBy(-hourMs)
  // It is ten to midnight: the first hour of the payment is over in an hour and ten minutes.
  await instances.raiseEvent(waiting, 'other')
  await clock.advance({ minutes: 69 })
  expect(await triesOf(payment)).toBe(1)
  await clock.advance({ minutes: 61 })
  expect(await triesOf(payment)).toBe(2)
  // The third try is due at once, when somebody looks; the fourth comes four hours after it.
  clock.setBy(5 * hourMs)
  await clock.advance({ hours: 4, minutes: 20 })
  expect(await instances.status(payment)).toMatchObject({
    runtimeStatus: 'Completed',
    output: { attempts: 4 },
  })
  clock.setBy(-48 * hourMs)
  await instances.raiseEvent(waiting, 'decision', 'approved')
  await host.idle()
  expect(await instances.status(waiting)).toMatchObject({ runtimeStatus: 'Completed', output: 'approved' })

  async function triesOf(id: string): Promise<number> {
    const history = await instances.history(id)
    return history.filter(({ EventType }) => EventType === 'TaskFailed').length
  }
})
