import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'

import { root } from './read-workflows.ts'

/** What we use of azd's schema (schemas/v1.0/azure.yaml.json of Azure/azure-dev), and nothing else. */
const Command = z.strictObject({
  shell: z.enum(['sh', 'pwsh']),
  run: z.string().min(1),
  interactive: z.boolean().optional(),
  continueOnError: z.boolean().optional(),
})
const Hook = z.strictObject({ posix: Command, windows: Command })
const hookNames = ['restore', 'provision', 'package', 'deploy', 'publish', 'up', 'down'].flatMap((name) => [
  `pre${name}`,
  `post${name}`,
])
const Paths = { project: z.string(), dist: z.string() }
const AzureYaml = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  requiredVersions: z.strictObject({ azd: z.string() }),
  infra: z.strictObject({ provider: z.literal('bicep'), path: z.string(), module: z.string() }),
  hooks: z.record(
    z.string().refine((name) => hookNames.includes(name)),
    Hook,
  ),
  services: z.record(
    z.string(),
    z.discriminatedUnion('host', [
      z.strictObject({
        host: z.literal('function'),
        language: z.literal('custom'),
        remoteBuild: z.literal(false),
        ...Paths,
      }),
      // azd's schema allows remoteBuild for functions only.
      z.strictObject({ host: z.literal('staticwebapp'), language: z.literal('custom'), ...Paths }),
    ]),
  ),
})
const content: unknown = parse(readFileSync(join(root, 'azure.yaml'), 'utf8'))

describe('azure.yaml', () => {
  it('is what azd understands', () => {
    expect(AzureYaml.safeParse(content)).toMatchObject({ success: true })
    expect(AzureYaml.safeParse({ ...(content as object), hooks: { postprovison: {} } }).success).toBe(false)
  })

  const { infra, hooks, services } = AzureYaml.parse(content)

  it('deploys every function app as the package that is made of it, and the console', () => {
    const manifests = JSON.parse(readFileSync(join(root, 'apps', 'manifests.json'), 'utf8')) as {
      name: string
    }[]
    const functions = Object.entries(services).filter(([, { host }]) => host === 'function')

    expect(functions.map(([name]) => name)).toEqual(manifests.map(({ name }) => name))
    for (const [name, { dist }] of functions) expect(dist).toBe(`dist/packages/${name}.zip`)
    expect(services['console']).toMatchObject({ host: 'staticwebapp', dist: 'dist/apps/console' })
    expect(existsSync(join(root, infra.path, `${infra.module}.bicep`))).toBe(true)
    expect(existsSync(join(root, infra.path, `${infra.module}.parameters.json`))).toBe(true)
  })

  it('runs the same commands on every system, and they are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }

    for (const hook of Object.values(hooks)) {
      expect(hook.windows.run).toBe(hook.posix.run)
      const [, script] = /^npm run ([\w-]+)$/.exec(hook.posix.run) ?? []
      const [, launcher, program] = /^node (\S+) node (\S+)$/.exec(hook.posix.run) ?? []
      if (script) expect(scripts).toHaveProperty(script)
      else for (const file of [launcher, program]) expect(existsSync(join(root, file ?? '-'))).toBe(true)
    }
  })
})
