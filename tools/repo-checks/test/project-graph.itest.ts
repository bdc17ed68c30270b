import { beforeAll, describe, expect, it } from '@jest/globals'

import type { ProjectGraph } from '../src/project-graph.ts'
import { dependentsOf, readProjectGraph } from '../src/project-graph.ts'
import { runCommand } from '../src/run-command.ts'

/** layer -> layers that it may import: a second lock beside the lint rule, with a message of its own. */
const allowed: Record<string, string[]> = {
  contracts: [],
  domain: ['contracts'],
  adapter: ['domain', 'contracts'],
  kit: ['domain', 'contracts'],
  app: ['kit', 'adapter', 'domain', 'contracts'],
  tool: ['tool'],
  testing: ['testing', 'tool', 'kit', 'adapter', 'domain', 'contracts'],
}

describe('the project graph', () => {
  let graph: ProjectGraph
  beforeAll(async () => {
    graph = await readProjectGraph()
  }, 60_000)

  // TypeScript 7 under the name `typescript` empties the graph without an error: then nothing would be affected by anything.
  it.each([
    ['domain', 'contracts'],
    ['store', 'contracts'],
    ['api', 'store'],
    ['api', 'app-kit'],
    ['images', 'imaging'],
    ['video', 'av'],
    ['console', 'client'],
  ])('has the edge %s -> %s', (source, target) => {
    expect(graph.edges.get(source)).toContain(target)
  })

  it('lets a layer import only the layers below it', () => {
    const layerOf = (name: string): string =>
      graph.projects
        .get(name)
        ?.tags.find((tag) => tag.startsWith('layer:'))
        ?.slice(6) ?? 'none'
    const wrong = [...graph.edges].flatMap(([source, targets]) =>
      [...targets]
        .filter(
          (target) =>
            !(allowed[layerOf(source)] ?? []).includes(layerOf(target)) && layerOf(target) !== 'testing',
        )
        .map((target) => `${source} (${layerOf(source)}) imports ${target} (${layerOf(target)})`),
    )

    expect(wrong).toEqual([])
  })

  it('marks every project with a layer and a runtime', () => {
    for (const project of graph.projects.values()) {
      const kinds = new Set(project.tags.map((tag) => tag.split(':')[0]).filter((kind) => kind !== 'npm'))

      expect({ [project.name]: kinds }).toEqual({ [project.name]: new Set(['layer', 'runtime']) })
    }
  })

  it('selects for a change in one lib exactly that lib and its dependents', async () => {
    for (const lib of ['blobs', 'imaging', 'contracts']) {
      const { output } = await runCommand(
        [
          process.execPath,
          'node_modules/nx/dist/bin/nx.js',
          'show',
          'projects',
          '--affected',
          '--withTarget',
          'test',
          `--files=libs/${lib}/src/index.ts`,
          '--json',
        ],
        { capture: true, env: { NX_DAEMON: 'false' } },
      )
      const selected = JSON.parse(output.slice(output.indexOf('['))) as string[]

      expect(selected.toSorted()).toEqual([...dependentsOf(graph, lib)].toSorted())
    }
  }, 60_000)
})
