import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { zipSync } from 'fflate'

import { fetchDeployedPackages } from '../src/deployed-artifact.ts'
import { githubFromEnvironment, isAncestor, lastSuccessfulCommit } from '../src/github.ts'
import { checkPackagingRun } from '../src/packaging-run.ts'
import { writeComment } from '../src/pull-request-comment.ts'
import type { Answers } from './fake-github.ts'
import { startFakeGitHub } from './fake-github.ts'

const artifactsPath = 'GET /repos/us/zoetrope/actions/artifacts?name=deployed-prod&per_page=100'
let folder: string
let github: Awaited<ReturnType<typeof startFakeGitHub>> | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoetrope-github-'))
})
afterEach(async () => {
  await github?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function start(answers: Answers) {
  github = await startFakeGitHub(answers)
  return github
}

function artifact(id: number, day: number, changes: Readonly<Record<string, unknown>> = {}): unknown {
  const run = { head_branch: 'main', head_sha: `commit-${id}`, repository_id: 7, head_repository_id: 7 }
  return {
    id,
    expired: false,
    created_at: `2026-11-0${day}T00:00:00Z`,
    workflow_run: { ...run, ...changes },
    ...('expired' in changes ? { expired: true } : {}),
  }
}

describe('the packages of the last deployment', () => {
  it('are the newest that a run on the branch of this repository kept', async () => {
    const { connection } = await start({
      [artifactsPath]: {
        artifacts: [
          artifact(1, 1),
          artifact(2, 3),
          artifact(3, 2),
          artifact(4, 9, { head_repository_id: 8 }),
          artifact(5, 9, { head_branch: 'a-pull-request' }),
          artifact(6, 9, { expired: true }),
        ],
      },
      'GET /repos/us/zoetrope/actions/artifacts/2/zip': zipSync({ 'api.zip': Buffer.from('PK api') }),
    })

    const found = await fetchDeployedPackages(connection, { environment: 'prod', branch: 'main', folder })

    expect(found).toEqual({ commit: 'commit-2', files: ['api.zip'] })
    expect(readFileSync(join(folder, 'api.zip'), 'utf8')).toBe('PK api')
  })

  it('are not there before the first one', async () => {
    const { connection } = await start({ [artifactsPath]: { artifacts: [] } })

    expect(
      await fetchDeployedPackages(connection, { environment: 'prod', branch: 'main', folder }),
    ).toBeUndefined()
  })

  it('never lie outside of their folder', async () => {
    const { connection } = await start({
      [artifactsPath]: { artifacts: [artifact(1, 1)] },
      'GET /repos/us/zoetrope/actions/artifacts/1/zip': zipSync({ '../api.zip': Buffer.from('PK') }),
    })

    await expect(
      fetchDeployedPackages(connection, { environment: 'prod', branch: 'main', folder }),
    ).rejects.toThrow('The artifact holds ../api.zip')
  })
})

describe('a comment on a pull request', () => {
  const path = '/repos/us/zoetrope/issues/12/comments'
  const input = { pullRequest: 12, mark: 'what-if:prod', text: 'Nothing' }

  it('is written once', async () => {
    const { connection, requests } = await start({
      [`GET ${path}?per_page=100&page=1`]: [{ id: 1, body: 'Nice.' }],
      [`POST ${path}`]: {},
    })

    await writeComment(connection, input)

    expect(requests.at(-1)).toBe(`POST ${path} {"body":"<!-- what-if:prod -->\\nNothing"}`)
  })

  it('replaces the one of an earlier run', async () => {
    const { connection, requests } = await start({
      [`GET ${path}?per_page=100&page=1`]: [{ id: 9, body: '<!-- what-if:prod -->\nOld' }],
      'PATCH /repos/us/zoetrope/issues/comments/9': {},
    })

    await writeComment(connection, input)

    expect(requests.at(-1)).toContain('PATCH /repos/us/zoetrope/issues/comments/9')
  })
})

describe('GitHub', () => {
  it('tells the commit of the last run that succeeded', async () => {
    const { connection } = await start({
      'GET /repos/us/zoetrope/actions/workflows/main.yml/runs?branch=main&status=success&per_page=1': {
        workflow_runs: [{ head_sha: 'c0ffee' }],
      },
    })

    expect(await lastSuccessfulCommit(connection, { workflow: 'main.yml', branch: 'main' })).toBe('c0ffee')
  })

  it('tells whether a commit is older than another', async () => {
    const { connection } = await start({
      'GET /repos/us/zoetrope/compare/new...old': { status: 'behind' },
      'GET /repos/us/zoetrope/compare/old...new': { status: 'ahead' },
    })

    expect(await isAncestor(connection, { commit: 'old', of: 'new' })).toBe(true)
    expect(await isAncestor(connection, { commit: 'new', of: 'old' })).toBe(false)
  })

  it('says what it refused, and the connection what it lacks', async () => {
    const { connection } = await start({})

    await expect(lastSuccessfulCommit(connection, { workflow: 'x.yml', branch: 'main' })).rejects.toThrow(
      'GitHub answered 404 to GET /actions/workflows/x.yml/runs',
    )
    expect(() => githubFromEnvironment({})).toThrow(
      'GITHUB_REPOSITORY (owner/name) and GITHUB_TOKEN are needed',
    )
  })
})

describe('packages of an earlier run', () => {
  const run = {
    path: '.github/workflows/main.yml',
    event: 'push',
    head_branch: 'main',
    repository: { id: 7 },
    head_repository: { id: 7 },
  }
  const check = async (changes: object, runId = '12'): Promise<void> => {
    const { connection } = await start({ 'GET /repos/us/zoetrope/actions/runs/12': { ...run, ...changes } })
    await checkPackagingRun(connection, { runId, branch: 'main' })
  }

  it('may be deployed where main.yml made them on the branch', async () => {
    await expect(check({})).resolves.toBeUndefined()
  })

  it.each([
    ['a fork, whose branch has the same name', { head_repository: { id: 8 } }, /or of a fork/],
    ['a fork that is gone', { head_repository: null }, /or of a fork/],
    ['a pull request', { event: 'pull_request' }, /\(pull_request\)/],
    ['another branch', { head_branch: 'fix' }, /on fix/],
    ['another workflow', { path: '.github/workflows/pull-request.yml' }, /pull-request\.yml/],
  ])('are refused where they are those of %s', async (_whose, changes, message) => {
    await expect(check(changes)).rejects.toThrow(message)
  })

  it('are refused where the run is no number', async () => {
    await expect(check({}, '12/../13')).rejects.toThrow(/no number/)
  })
})
