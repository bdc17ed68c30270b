import { runCommand } from './run-command.ts'

/** One project of the workspace. */
export interface ProjectNode {
  readonly name: string
  readonly root: string
  readonly tags: readonly string[]
}

/** The workspace as Nx sees it: projects by name, and which project imports which. */
export interface ProjectGraph {
  readonly projects: ReadonlyMap<string, ProjectNode>
  readonly edges: ReadonlyMap<string, ReadonlySet<string>>
}

/** Reads the project graph from Nx. */
export async function readProjectGraph(): Promise<ProjectGraph> {
  const { code, output } = await runCommand(
    [process.execPath, 'node_modules/nx/dist/bin/nx.js', 'graph', '--print'],
    { capture: true, env: { NX_DAEMON: 'false' } },
  )
  if (code !== 0) throw new Error(`nx graph failed:\n${output}`)
  const { graph } = JSON.parse(output.slice(output.indexOf('{'))) as {
    graph: {
      nodes: Record<string, { name: string; data: { root: string; tags?: string[] } }>
      dependencies: Record<string, { target: string }[]>
    }
  }
  const projects = new Map(
    Object.values(graph.nodes).map((node) => [
      node.name,
      { name: node.name, root: node.data.root, tags: node.data.tags ?? [] },
    ]),
  )
  const edges = new Map(
    Object.entries(graph.dependencies)
      .filter(([source]) => projects.has(source))
      .map(([source, list]) => [
        source,
        new Set(list.map((edge) => edge.target).filter((target) => projects.has(target))),
      ]),
  )
  return { projects, edges }
}

/** A project and everything that depends on it, directly or not. */
export function dependentsOf(graph: ProjectGraph, name: string): Set<string> {
  const found = new Set([name])
  for (const member of found) {
    for (const [source, targets] of graph.edges) if (targets.has(member)) found.add(source)
  }
  return found
}
