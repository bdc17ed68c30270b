import { settingWordsOf } from './names.ts'
import { timerOperations } from './observed-operations.ts'
import { addImportedName, addSetting } from './source-edit.ts'
import type { TriggerKind } from './trigger-kind.ts'

/** Least and greatest number of each field: second, minute, hour, day, month, day of week. */
const limits: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
]
/** A list of `*`, numbers, names of months or days, or ranges of them, each with a step or without. */
const field = /^(?:(?:\*|\w+(?:-\w+)?)(?:\/[1-9]\d*)?)(?:,(?:\*|\w+(?:-\w+)?)(?:\/[1-9]\d*)?)*$/

/** A function that runs by the clock. */
export const timerTrigger: TriggerKind = {
  required: ['schedule'],
  optional: [],
  plan({ options, summary, handlerName }) {
    const { name, app } = options
    const schedule = (options.schedule ?? '').trim().replaceAll(/\s+/g, ' ')
    const fields = schedule.split(' ')
    if (fields.length !== limits.length || !fields.every(isField))
      throw new Error(
        `"${schedule}" is no schedule: six fields (second, minute, hour, day, month, day of week; UTC), such as "0 */5 * * * *".`,
      )
    const setting = `ZOETROPE_${settingWordsOf(name.startsWith(`${app}-`) ? name : `${app}-${name}`)}_SCHEDULE`
    const key = `${handlerName}Schedule`
    return {
      suffix: 'timer',
      source: `import { edge } from '../edge.ts'

/** ${summary} */
export const ${handlerName} = edge.timer({
  name: '${name}',
  schedule: '%${setting}%',
  handle: async (_deps, context) => {
    context.info('${name}: ran')
  },
})
`,
      test: {
        title: `runs ${name}`,
        body: `await app.run('${name}')

  await until(() => app.output().includes('${name}: ran'), { what: '${name}' })`,
      },
      trigger: `timer \`${setting}\``,
      whenItFails: 'runs again at its next time',
      imports: [],
      operations: timerOperations(schedule),
      declare: (config) => {
        const descriptor = `setting('${setting}', text, { default: '${schedule}', help: 'When ${name} runs (NCRONTAB, UTC).' })`
        const names = ['setting', 'text']
        return names.reduce(
          (source, imported) => addImportedName(source, '@zoetrope/app-kit', imported),
          addSetting(config, key, descriptor),
        )
      },
    }
  },
}

/** Whether the host could read a field: its form, and its numbers (steps aside) within their limits. */
function isField(text: string, index: number): boolean {
  const [least, greatest] = limits[index] ?? [0, 0]
  const numbers = text.replaceAll(/\/\d+/g, '').match(/\b\d+\b/g) ?? []
  return field.test(text) && numbers.map(Number).every((number) => number >= least && number <= greatest)
}
