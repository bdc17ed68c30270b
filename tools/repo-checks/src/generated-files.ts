import { readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'

import { repoRoot } from './repo-root.ts'
import { runCommand } from './run-command.ts'

/** A committed file that is made from code: where it is, and the program (module source) that prints its content. */
export interface GeneratedFile {
  readonly path: string
  readonly program: string
}

/** Names of the function apps: folders of apps/ that have a host.json. */
export function functionAppNames(): string[] {
  return readdirSync(join(repoRoot, 'apps')).filter((name) =>
    existsSync(join(repoRoot, 'apps', name, 'host.json')),
  )
}

/** Every generated file of the repo. Their programs run in processes of their own, so that no tool loads code of an app. */
export function generatedFiles(): GeneratedFile[] {
  return [
    {
      path: 'apps/resources.json',
      program: `
        import * as c from '@zoetrope/contracts'
        console.log(JSON.stringify({ cosmosDatabase: c.cosmosDatabaseName, cosmosContainers: c.cosmosContainers,
          blobContainers: c.blobContainerNames, queues: c.queueNames.flatMap((name) => [name, name + '-poison']),
          storageEvents: c.storageEvents, metrics: c.metrics }, null, 2))`,
    },
    ...functionAppNames().map((name) => ({
      path: `apps/${name}/manifest.json`,
      program: `
        const { describeApp } = await import('./tools/repo-checks/src/describe-app.ts')
        console.log(JSON.stringify(await describeApp('${name}'), null, 2))`,
    })),
    {
      path: 'apps/manifests.json',
      program: `
        import { readFileSync } from 'node:fs'
        const names = ${JSON.stringify(functionAppNames())}
        console.log(JSON.stringify(names.map((name) => JSON.parse(readFileSync('apps/' + name + '/manifest.json', 'utf8'))), null, 2))`,
    },
    {
      path: 'docs/reference/errors.md',
      program: `
        import { errorCatalogue, isRetried } from '@zoetrope/contracts'
        const lines = ['# Errors', '', 'Made from \`libs/contracts/src/error-catalogue.ts\`. Over HTTP every error is \`application/problem+json\` with \`code\`, \`category\` and \`retry\`; \`type\` is \`urn:zoetrope:error:CODE\`.', '',
          '| code | status | category | tried again | title | what to do |', '| --- | --- | --- | --- | --- | --- |']
        for (const [code, e] of Object.entries(errorCatalogue)) lines.push('| <a id="' + code + '"></a>\`' + code + '\` | ' + [e.status, e.category, isRetried(e.category) ? 'yes' : 'no', e.title, e.remedy].join(' | ') + ' |')
        console.log(lines.join('\\n'))`,
    },
    {
      path: 'docs/reference/metrics.md',
      program: `
        import { readFileSync } from 'node:fs'
        import { metrics } from '@zoetrope/contracts'
        const apps = JSON.parse(readFileSync('apps/manifests.json', 'utf8'))
        const lines = ['# Metrics', '', 'Made from \`libs/contracts/src/metrics.ts\` and the manifests of the apps. Each is a line in the log of an app, \`{"metric","value","dimensions"}\` ([why](../decisions/0013-metrics-are-log-lines.md)); in Azure the workspace function \`ZoetropeMetrics\` makes a table of them. A count is added up; a gauge is looked at by percentiles and maxima.', '',
          '| metric | kind | unit | what | dimensions | apps |', '| --- | --- | --- | --- | --- | --- |']
        for (const m of metrics) lines.push('| \`' + m.name + '\` | ' + [m.kind, m.unit, m.help, m.dimensions.join(', '), apps.filter((app) => app.metrics.includes(m.name)).map((app) => app.name).join(', ')].join(' | ') + ' |')
        console.log(lines.join('\\n'))`,
    },
    {
      path: 'THIRD-PARTY.md',
      program: `
        const { describeThirdParty } = await import('./tools/repo-checks/src/third-party.ts')
        console.log(describeThirdParty())`,
    },
    {
      path: 'azure.yaml',
      program: `
        const { describeAzureYaml } = await import('./tools/repo-checks/src/describe-azure-yaml.ts')
        process.stdout.write(describeAzureYaml(${JSON.stringify(functionAppNames())}))`,
    },
    {
      path: 'docs/reference/roles.md',
      program: `
        const { describeRoles } = await import('./tools/repo-checks/src/infra/describe-roles.ts')
        console.log(describeRoles())`,
    },
    {
      path: 'docs/reference/cosmos-emulator.md',
      program: `
        const { describeContract } = await import('./tools/cosmos-emulator/test/contract/describe-contract.ts')
        console.log(describeContract())`,
    },
    {
      path: 'docs/reference/configuration.md',
      program: `
        const lines = ['# Configuration', '', 'Made from the \`config.ts\`. A connection is a connection string (a laptop), or \`NAME__blobServiceUri\`, \`NAME__queueServiceUri\`, \`NAME__accountEndpoint\`, \`NAME__credential=managedidentity\` and \`NAME__clientId\` (Azure).']
        for (const name of ${JSON.stringify(functionAppNames())}) {
          const { app } = await import('./apps/' + name + '/src/config.ts')
          lines.push('', '## ' + name, '', '| setting | default | what |', '| --- | --- | --- |')
          for (const s of app.manifest.settings) lines.push('| \`' + s.name + '\` | ' + (s.default === undefined ? (s.kind === 'connection' ? 'connection, required' : 'required') : '\`' + (s.default || '(empty)') + '\`') + ' | ' + s.help + ' |')
        }
        console.log(lines.join('\\n'))`,
    },
  ]
}

/** The content that a generated file should have. Throws with the program's output when it fails. */
export async function generateFile(file: GeneratedFile): Promise<string> {
  const { code, output } = await runCommand(
    [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      file.program,
    ],
    { capture: true },
  )
  if (code !== 0) throw new Error(`Cannot make ${file.path}:\n${output}`)
  return output
}
