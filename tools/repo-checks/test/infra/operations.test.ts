import { describe, expect, it } from '@jest/globals'

import { checkOperations } from '../../src/infra/check-operations.ts'
import { readDeclarations, type DeclaredApp, type ObservedOperation } from '../../src/infra/declarations.ts'
import { matchDeployment } from '../../src/infra/deployment.ts'
import { readSnapshot } from '../../src/infra/snapshot.ts'

const declarations = readDeclarations()

/** What is found when an app does these things, beside what `change` makes it declare. */
function findings(
  app: string,
  observed: readonly ObservedOperation[],
  change: (declared: DeclaredApp) => DeclaredApp = (declared) => declared,
  deployer: readonly ObservedOperation[] = on('cosmos', 'container:catalog', 'CreateItem'),
): readonly string[] {
  const apps = declarations.apps.filter(({ name }) => name === app).map(change)
  const deployment = matchDeployment('prod', readSnapshot('prod'), {
    ...declarations,
    apps,
    observed: { [app]: observed, deployer },
  })
  return checkOperations(deployment)
}

function on(
  account: ObservedOperation['account'],
  resource: string,
  ...operations: readonly string[]
): ObservedOperation[] {
  return operations.map((operation) => ({ account, resource, operation }))
}

const read = [
  ...on('media-storage', 'blob:renditions', 'GetBlob'),
  ...on('cosmos', 'container:library', 'ReadMetadata', 'ReadItem'),
  ...on('cosmos', 'container:playback', 'ReadMetadata', 'QueryItems'),
]

describe('what an app was seen to do', () => {
  it('is right where every operation has a role, and every role an operation', () => {
    expect(findings('delivery', read)).toEqual([])
  })

  it('needs a role that allows it, where it was done', () => {
    expect(findings('delivery', [...read, ...on('media-storage', 'blob:renditions', 'DeleteBlob')])).toEqual([
      expect.stringMatching(/^Role missing: delivery was seen to do DeleteBlob on blob:renditions/),
    ])
    expect(findings('delivery', [...read, ...on('media-storage', 'blob:uploads', 'GetBlob')])).toEqual([
      expect.stringContaining('GetBlob on blob:uploads'),
    ])
    expect(findings('delivery', [...read, ...on('cosmos-replica', 'container:library', 'ReadItem')])).toEqual(
      [expect.stringContaining('ReadItem on container:library of cosmos-replica')],
    )
  })

  it('is refused where no role of the product could allow it', () => {
    expect(findings('delivery', [...read, ...on('cosmos', 'database:zoetrope', 'CreateContainer')])).toEqual([
      expect.stringContaining('no role allows'),
    ])
  })

  it('shows which roles are not needed, or are larger than need be', () => {
    expect(
      findings(
        'delivery',
        read.filter(({ resource }) => resource !== 'container:playback'),
      ),
    ).toEqual([expect.stringMatching(/^Role not needed: .*Data Reader on the container playback/)])
    expect(
      findings('delivery', read, (declared) => ({
        ...declared,
        blobContainers: { ...declared.blobContainers, writes: ['renditions'] },
      })),
    ).toEqual([expect.stringMatching(/^Role too large: .*Storage Blob Data Reader/)])
  })

  it('counts for the deployer too', () => {
    const deployer = on('cosmos', 'container:jobs', 'CreateItem')

    expect(findings('delivery', read, undefined, deployer)).toEqual([
      expect.stringContaining('deployer was seen to do CreateItem on container:jobs'),
      expect.stringMatching(/^Role not needed: .*deployer/),
    ])
  })

  it('must have been observed', () => {
    const deployment = matchDeployment('prod', readSnapshot('prod'), { ...declarations, observed: {} })
    expect(checkOperations(deployment)).toHaveLength(declarations.apps.length + 1)
  })
})
