import type { DeploymentOutcome } from './deploy.ts'

/** A deployment as a Markdown page: the summary of a workflow run. */
export function formatDeployment(title: string, { isDeployed, reason, apps }: DeploymentOutcome): string {
  const head = `## ${title}: ${isDeployed ? 'deployed' : 'failed and undone'}\n`
  const why = reason ? `\n${reason.replaceAll('|', '\\|')}\n` : ''
  if (apps.length === 0) return `${head}${why}\nEvery app runs its package already.\n`
  const rows = apps.map(({ app, from, to, state, detail }) => {
    const remark = detail ? `${state}: ${detail.replaceAll('|', '\\|').replaceAll('\n', ' ')}` : state
    return `| ${app} | ${from ?? 'nothing'} | ${to} | ${remark} |`
  })
  return `${head}${why}\n| app | ran | package | outcome |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
}
