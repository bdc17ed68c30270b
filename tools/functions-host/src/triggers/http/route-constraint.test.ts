import { describe, expect, it } from '@jest/globals'

import { parseConstraint } from './route-constraint.ts'

const everyone = (texts: readonly string[]): Record<string, boolean> =>
  Object.fromEntries(texts.map((text) => [text, true]))

describe('a route constraint', () => {
  it.each([
    [
      'int',
      ['0', '-5', '+5', '007', ' 5 ', '2147483647', '-2147483648'],
      ['', '5.0', '2147483648', '1,000', '1e3', '0x1'],
    ],
    ['LONG', ['9223372036854775807'], ['9223372036854775808']],
    ['bool', ['true', 'FALSE', ' True '], ['1', 'yes', '']],
    [
      'decimal',
      ['1.5', '.5', '5.', '1,000.5', '5-', '-5', '79228162514264337593543950335'],
      ['1e5', '-5-', 'x', ',5', '79228162514264337593543950336'],
    ],
    [
      'double',
      ['1.5', '1,5', '1e5', '-.5', 'NaN', '-nan', 'Infinity', '+INFINITY', '5.'],
      ['x', '1e', '1.2.3', '∞', ''],
    ],
    ['float', ['1e39', '1.5'], ['x']],
    [
      'datetime',
      [
        '2020-01-02',
        '2020-01',
        '1/2/2020',
        '01-02-2020',
        '1.2.2020',
        '2020-01-02T03:04:05.678Z',
        '2020-01-02 3:04 pm',
        '12:30',
        '5 PM',
        'Jan 2 2020',
        '2 January 2020',
        'Thu, 02 Jan 2020 03:04:05 GMT',
        '2024-02-29',
      ],
      ['now', '2020-13-01', '2023-02-29', '31/12/2020', '25:00', '20200102', '5', '2020', 'abc 1', ''],
    ],
    [
      'guid',
      [
        '11111111-2222-3333-4444-55555555555A',
        '{11111111-2222-3333-4444-555555555555}',
        '(11111111-2222-3333-4444-555555555555)',
        '11111111222233334444555555555555',
      ],
      [
        'x',
        '{11111111-2222-3333-4444-555555555555',
        '11111111-222233334444555555555555',
        '{11111111222233334444555555555555}',
      ],
    ],
    ['alpha', ['abc', 'ABC', '', 'abc\n'], ['abc1', 'ö', 'a b']],
    ['required', ['x'], ['']],
    ['file', ['a.txt', 'x/a.b.c', '.gitignore', 'a..b'], ['a', 'a.', 'a..', 'x.y/a', '']],
    ['nonfile', ['a', 'a.', 'x.y/a', ''], ['a.txt', 'x/a.b']],
    ['length(3)', ['abc'], ['ab', 'abcd']],
    ['length(2, 4)', ['ab', 'abcd'], ['a', 'abcde']],
    ['minlength(2)', ['ab'], ['a']],
    ['maxlength(2)', ['ab', ''], ['abc']],
    ['min(10)', ['10', '9223372036854775807'], ['9', 'x']],
    ['max(10)', ['10', '-9223372036854775808'], ['11', '10.0']],
    ['range(-1,9)', ['-1', '9'], ['-2', '10']],
    ['range(9007199254740992,9007199254740993)', ['9007199254740993'], ['9007199254740994']],
    ['regex(^a+$)', ['a', 'AAA', 'a\n'], ['ab', '', 'a\n\n']],
    ['regex(^(a|b),c=:$)', ['b,c=:'], ['b']],
  ])('%s takes its values and no others', (constraint, taken, refused) => {
    const holds = parseConstraint(constraint, 'x')
    expect(Object.fromEntries([...taken, ...refused].map((value) => [value, holds(value)]))).toEqual({
      ...everyone(taken),
      ...Object.fromEntries(refused.map((value) => [value, false])),
    })
  })

  it('looks at a date for no longer than its length asks for', () => {
    const spaces = ' '.repeat(2500)
    const holds = parseConstraint('datetime', 'x')
    expect(holds(`12:00${spaces}`)).toBe(true)
    // With each doubling eight times the work, this would take half a minute.
    expect(holds(`12:00${spaces}x`)).toBe(false)
  })

  it.each([
    ['colour', 'constraint that does not exist: "colour"'],
    ['int(5)', 'it takes no argument'],
    ['min', 'it needs an argument in parentheses'],
    ['min(x)', '"x" is no whole number'],
    ['length(5,2)', 'the wrong way round'],
    ['minlength(-1)', 'negative'],
    ['range(9,1)', 'its first number is above its second'],
    ['regex([)', 'Invalid regular expression'],
  ])('%s stops the host: %s', (constraint, reason) => {
    expect(() => parseConstraint(constraint, 'x')).toThrow(reason)
  })
})
