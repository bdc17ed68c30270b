import { readDeclarations } from './declarations.ts'
import { matchDeployment, type DeployedApp, type Deployment } from './deployment.ts'
import { expectedRoles } from './expected-roles.ts'
import { roleDefinitions } from './role-definitions.ts'
import { readSnapshot } from './snapshot.ts'

/** The content of docs/reference/roles.md: who may do what in Azure, and why. */
export function describeRoles(): string {
  const deployment = matchDeployment('prod', readSnapshot('prod'), readDeclarations())
  return `# Roles

Made from the \`config.ts\` of the apps. Each app has an identity of its own with these roles, each at the narrowest scope that has it, and no others; \`npm run infra -- --check\` holds the parameter sets in \`infra/\` to it.
There are no keys: shared keys and local authentication are off wherever they exist. The page is that of the set \`prod\`; other sets differ in the back end of the orchestrations only.

A role that is marked was not seen in use on a laptop: the platform uses it in the name of the app. For every other one, \`apps/observed-operations.json\` has an operation that needs it.

${deployment.apps.map((app) => describeApp(deployment, app)).join('\n')}
## Event Grid

The identity of the system topic has Storage Queue Data Message Sender on the queue that it brings events to, and Storage Blob Data Contributor on the blob container for what it could not deliver.

## Who deploys

Cosmos DB Built-in Data Contributor on the container \`catalog\`: \`npm run bootstrap\` makes the first tenant and its key there. Whoever runs the deployment also needs, in Azure itself, the right to make resources and role assignments.
`
}

function describeApp(deployment: Deployment, app: DeployedApp): string {
  const rows = expectedRoles(deployment, app).map(
    ({ role, place, reason, isPlatform }) =>
      `| ${roleDefinitions[role].name} | ${place} | ${reason} | ${isPlatform ? 'by the platform' : ''} |`,
  )
  return `## ${app.name}\n\n| role | where | why | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
}
