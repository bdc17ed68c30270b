import { describe, expect, it } from '@jest/globals'

import { toThrownText } from './orchestrator-answer.ts'

const label = '\n\n$OutOfProcData$:'

describe('what an orchestrator threw', () => {
  it.each([
    ['the error of its state', `false${label}{"isDone":false,"actions":[],"error":"no stock"}`, 'no stock'],
    ['the message, where the state has none', `no stock${label}{"isDone":false,"actions":[]}`, 'no stock'],
    ['the message, where the state was cut off', `no stock${label}{"isDone":`, 'no stock'],
    ['the message of any other function', 'no stock', 'no stock'],
  ])('is %s', (_case, message, text) => {
    expect(toThrownText(message)).toBe(text)
  })
})
