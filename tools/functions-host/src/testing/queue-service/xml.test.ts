import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { readXml, toXml } from './xml.ts'

describe('the XML of the queue service', () => {
  it('gives text back as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('&', '<', '>', '"', "'", ']', ' ', '\n', 'amp;', 'ä', '🎞️') }),
        (text) => {
          expect(readXml(toXml({ Root: { Text: text } }), 'Root')).toEqual({ Text: text })
        },
      ),
    )
  })

  it('writes elements in their order, and lists as elements of one name', () => {
    expect(toXml({ Root: { B: ['1', { A: '2' }], C: [], D: '' } })).toBe(
      '<?xml version="1.0" encoding="utf-8"?><Root><B>1</B><B><A>2</A></B><D></D></Root>',
    )
  })

  it.each(['', 'text', '<Root><Text>cut', '<Root><Text', '<Other><Text>x</Text></Other>', '<Root/><Root/>'])(
    'does not read %j',
    (text) => {
      expect(() => readXml(text, 'Root')).toThrow('not syntactically valid')
    },
  )
})
