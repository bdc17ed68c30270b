import { describe, expect, it } from '@jest/globals'
import { activityFailure, activityInput, activityResult } from './activity-text.ts'

describe('the text of an activity', () => {
  it('is given as recorded', () => {
    expect([null, '"text"', true, false, 5, { a: [1] }].map(activityInput)).toEqual([
      null,
      '"text"',
      'True',
      'False',
      '5',
      '{"a":[1]}',
    ])
  })

  it('is returned as recorded', () => {
    expect(
      [undefined, null, 'x', -0, Number.NaN, new Uint8Array([1, 2, 3]), { a: 1 }].map(activityResult),
    ).toEqual([null, null, '"x"', '0', '"NaN"', '"AQID"', '{"a":1}'])
  })

  it('fails with a reason, and with structure where the app provides it', () => {
    const plain = activityFailure('a', 'boom', 'Error: boom\n    at x')
    expect(plain.reason).toBe("Activity function 'a' failed:  boom")
    expect(JSON.parse(plain.details)).toMatchObject({
      Message: ' boom',
      InnerException: { RemoteMessage: 'boom' },
    })
    expect(plain.failureDetails).toBeUndefined()
    const message = JSON.stringify({
      errorType: 'E',
      errorMessage: 'm',
      isNonRetriable: false,
      properties: { code: 7 },
      stackTrace: 's',
    })
    expect(activityFailure('a', message).failureDetails).toMatchObject({
      ErrorType: 'E',
      ErrorMessage: 'm',
      Properties: { code: 7 },
    })
  })
})
