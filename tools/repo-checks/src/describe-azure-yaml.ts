/** What azd runs, and when. Each is one command, for POSIX shells and for PowerShell alike. */
const hooks: readonly { readonly event: string; readonly run: string; readonly comment?: string }[] = [
  { event: 'prepackage', run: 'npm run package' },
  {
    event: 'preprovision',
    run: 'node tools/launcher/launch.mjs node tools/pipeline/src/run-preprovision.ts',
  },
  {
    event: 'postprovision',
    run: 'npm run bootstrap',
    comment: "As whoever deploys. Prints the first tenant's API key, once.",
  },
  { event: 'predeploy', run: 'npm run console-config' },
  { event: 'postdown', run: 'node tools/launcher/launch.mjs node tools/pipeline/src/run-postdown.ts' },
]

/** The content of azure.yaml: what azd deploys of these function apps, and of the console. */
export function describeAzureYaml(apps: readonly string[]): string {
  const hookLines = hooks.flatMap(({ event, run, comment }) => [
    ...(comment ? [`  # ${comment}`] : []),
    `  ${event}:`,
    // Interactive: what it prints is seen as it is.
    ...(['posix sh', 'windows pwsh'] as const).flatMap((line) => {
      const [system = '', shell = ''] = line.split(' ')
      return [`    ${system}:`, `      shell: ${shell}`, `      run: ${run}`, '      interactive: true']
    }),
  ])
  const serviceLines = apps.flatMap((app) => [
    `  ${app}:`,
    '    host: function',
    '    language: custom',
    '    project: .',
    `    dist: dist/packages/${app}.zip`,
    '    remoteBuild: false',
  ])
  return `# yaml-language-server: $schema=https://raw.githubusercontent.com/Azure/azure-dev/main/schemas/v1.0/azure.yaml.json
# \`azd up\` in this folder makes everything in Azure and ends with a working key: docs/operations/deploy.md.
# Made by \`npm run generate\` from the folders of apps/.
name: zoetrope
requiredVersions:
  azd: '>= 1.20.0'

infra:
  provider: bicep
  path: infra
  module: main

hooks:
${hookLines.join('\n')}

# Language \`custom\`: azd installs and builds nothing, and takes the zip that \`npm run package\` made as it is.
services:
${serviceLines.join('\n')}
  console:
    host: staticwebapp
    language: custom
    project: .
    dist: dist/apps/console
`
}
