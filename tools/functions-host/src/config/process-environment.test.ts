import { afterEach, describe, expect, it } from '@jest/globals'

import { enterEnvironment, ownEnvironment } from './process-environment.ts'

afterEach(() => {
  delete process.env['OF_TEST']
  delete process.env['OF_MACHINE']
})

describe('the environment of a process with several apps', () => {
  it.each(['first', 'second'])('is as it was when all have left it, the %s app first', (leaver) => {
    process.env['OF_MACHINE'] = 'machine'
    const leaveFirst = enterEnvironment({ OF_TEST: '1', OF_MACHINE: '1' })
    const leaveSecond = enterEnvironment({ OF_TEST: '2' })
    expect([process.env['OF_TEST'], process.env['OF_MACHINE']]).toEqual(['2', '1'])
    const [one, other] = leaver === 'first' ? [leaveFirst, leaveSecond] : [leaveSecond, leaveFirst]
    one()
    expect(process.env['OF_TEST']).toBe(leaver === 'first' ? '2' : '1')
    other()
    other()
    expect('OF_TEST' in process.env).toBe(false)
    expect(process.env['OF_MACHINE']).toBe('machine')
  })

  it('is that of the machine for the next app', () => {
    process.env['OF_MACHINE'] = 'machine'
    const leave = enterEnvironment({ OF_TEST: '1', OF_MACHINE: '1' })
    expect(ownEnvironment()).toMatchObject({ OF_MACHINE: 'machine' })
    expect(ownEnvironment()['OF_TEST']).toBeUndefined()
    leave()
    expect(ownEnvironment()).toMatchObject({ OF_MACHINE: 'machine' })
  })

  it('keeps for one app what another one had too', () => {
    const [leaveFirst, leaveSecond] = [enterEnvironment({ OF_TEST: '1' }), enterEnvironment({ OF_TEST: '1' })]
    leaveFirst()
    expect(process.env['OF_TEST']).toBe('1')
    leaveSecond()
    expect(process.env['OF_TEST']).toBeUndefined()
  })

  it('keeps what the code of an app has changed by itself', () => {
    const leave = enterEnvironment({ OF_TEST: '1' })
    process.env['OF_TEST'] = 'own'
    leave()
    expect(process.env['OF_TEST']).toBe('own')
  })
})
