import type { Tree } from '@nx/devkit'

import { readAppManifests, readResources } from './app-manifests.ts'
import { changeFeedTrigger } from './change-feed-trigger.ts'
import { editFile } from './edit-file.ts'
import { finishGenerated } from './finish-generated.ts'
import { httpTrigger } from './http-trigger.ts'
import { checkFunctionName, checkSummary, handlerNameOf } from './names.ts'
import { addObservedOperations } from './observed-operations.ts'
import { addDependencies } from './package-manifests.ts'
import { queueTrigger } from './queue-trigger.ts'
import { addFunctionRow } from './tables.ts'
import { timerTrigger } from './timer-trigger.ts'
import type { TriggerKind, TriggerOptions, TriggerRequest } from './trigger-kind.ts'
import { addTest, functionTestsPath } from './test-file.ts'

const kinds: Readonly<Record<TriggerOptions['kind'], TriggerKind>> = {
  http: httpTrigger,
  queue: queueTrigger,
  timer: timerTrigger,
  changeFeed: changeFeedTrigger,
}

/**
 * Gives an app a function with its trigger, in every place that must know it. Answers what is to be run once the files are
 * written: what is made from them. @throws before anything is written when something does not fit, saying what to mend
 */
export function generateTrigger(tree: Tree, options: TriggerOptions): () => Promise<void> {
  const request = readRequest(tree, options)
  const companion = kinds[options.kind].companion?.(request)
  const requests = [request, ...(companion ? [checkFunctionFree(companion)] : [])]
  for (const one of requests) addFunction(tree, one)
  return () => finishGenerated(tree)
}

function addFunction(tree: Tree, request: TriggerRequest): void {
  const { app, options, summary } = request
  const plan = kinds[options.kind].plan(request)
  const folder = `apps/${app.name}`
  const file = `functions/${options.name}.${plan.suffix}.ts`

  tree.write(`${folder}/src/${file}`, plan.source)
  const tests = `${folder}/${functionTestsPath}`
  tree.write(tests, addTest(tree.read(tests, 'utf8'), { app: app.name, ...plan.test }))
  editFile(tree, `${folder}/src/main.ts`, (text) => addFunctionImport(text, `./${file}`))
  editFile(tree, `${folder}/src/config.ts`, plan.declare)
  editFile(tree, `${folder}/README.md`, (text) =>
    addFunctionRow(text, {
      name: options.name,
      trigger: plan.trigger,
      what: withoutStop(summary),
      whenItFails: plan.whenItFails,
    }),
  )
  addDependencies(tree, app.name, { run: plan.imports, test: ['@zoetrope/test-kit'] })
  editFile(tree, 'apps/observed-operations.json', (text) =>
    addObservedOperations(text, app.name, plan.operations),
  )
  for (const { path, change } of plan.changes ?? []) editFile(tree, path, change)
}

function readRequest(tree: Tree, options: TriggerOptions): TriggerRequest {
  checkFunctionName(options.name)
  checkOptions(options)
  const summary = options.summary ?? `${options.name.split('-').join(' ')}.`
  checkSummary(summary)
  const apps = readAppManifests(tree)
  const app = apps.find(({ name }) => name === options.app)
  if (!app)
    throw new Error(
      `There is no function app "${options.app}". There are ${apps.map(({ name }) => name).join(', ')}; \`nx g app ${options.app}\` makes one.`,
    )
  const handlerName = handlerNameOf(options.name)
  return checkFunctionFree({
    tree,
    options,
    summary,
    handlerName,
    app,
    apps,
    resources: readResources(tree),
  })
}

function checkFunctionFree(request: TriggerRequest): TriggerRequest {
  const { app, options } = request
  checkFunctionName(options.name)
  if (app.functions.some(({ name }) => name === options.name))
    throw new Error(`${app.name} has a function "${options.name}" already. Choose another name.`)
  return request
}

/** Every option belongs to one kind; what is missing or does not belong is named. */
function checkOptions(options: TriggerOptions): void {
  const { required, optional } = kinds[options.kind]
  const missing = required.filter((name) => options[name] === undefined || options[name] === '')
  if (missing.length > 0)
    throw new Error(
      `A trigger of kind ${options.kind} needs ${missing.map((name) => `--${name}`).join(' and ')}.`,
    )
  const allowed = ['name', 'app', 'kind', 'summary', ...required, ...optional]
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const surplus = given.map(([name]) => name).filter((name) => !allowed.includes(name))
  if (surplus.length > 0)
    throw new Error(
      `${surplus.map((name) => `--${name}`).join(' and ')} ${surplus.length > 1 ? 'do' : 'does'} not go with a trigger of kind ${options.kind}.`,
    )
}

/** The list of functions in main.ts is the app's table of contents; `./edge.ts` stands there only while it has none. */
function addFunctionImport(main: string, file: string): string {
  const lines = main.split('\n').filter((line) => line !== "import './edge.ts'")
  const last = lines.findLastIndex((line) => line.startsWith("import './"))
  return lines.toSpliced(last + 1, 0, `import '${file}'`).join('\n')
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '')
}
