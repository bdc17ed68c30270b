import { describe, expect, it } from '@jest/globals'

import { isInfraChange } from '../src/find-changes.ts'
import { summarizeWhatIf, WhatIf } from '../src/what-if-summary.ts'

const group = '/subscriptions/0000/resourceGroups/rg-prod/providers'

describe('what a deployment would change', () => {
  it('is told deletions first, with the paths of properties and no values', () => {
    const answer = WhatIf.parse({
      status: 'Succeeded',
      changes: [
        { changeType: 'NoChange', resourceId: `${group}/Microsoft.Web/sites/func-api`, delta: null },
        {
          changeType: 'Modify',
          resourceId: `${group}/Microsoft.Web/sites/func-images`,
          delta: [
            {
              path: 'properties.functionAppConfig',
              propertyChangeType: 'Modify',
              children: [
                { path: 'runtime.version', propertyChangeType: 'Modify', before: '22', after: '24' },
                { path: 'ignored', propertyChangeType: 'NoEffect', after: 'x' },
              ],
            },
          ],
        },
        {
          changeType: 'Create',
          resourceId: `${group}/Microsoft.Storage/storageAccounts/media/queueServices/default/queues/tasks-palette`,
        },
        { changeType: 'Delete', resourceId: `${group}/Microsoft.Authorization/roleAssignments/1` },
      ],
    })

    expect(summarizeWhatIf('prod', answer)).toBe(`### What prod would change

1 delete, 1 create, 1 modify; 1 stay as they are.

| change | resource | properties |
| --- | --- | --- |
| **Delete** | Microsoft.Authorization/roleAssignments/1 |  |
| Create | Microsoft.Storage/storageAccounts/media/queueServices/default/queues/tasks-palette |  |
| Modify | Microsoft.Web/sites/func-images | \`properties.functionAppConfig.runtime.version\` |
`)
  })

  it('is nothing, or cannot be said', () => {
    expect(summarizeWhatIf('dev', { status: 'Succeeded', changes: [] })).toContain('Nothing: 0 resources')
    expect(() =>
      summarizeWhatIf('dev', { status: 'Failed', error: { code: 'InvalidTemplate', message: 'line 3' } }),
    ).toThrow('Azure could not say what would change: InvalidTemplate: line 3')
  })

  it('can only come of infra/ and of the manifests that it reads', () => {
    expect(isInfraChange(['apps/api/src/main.ts', 'infra/modules/cosmos.bicep'])).toBe(true)
    expect(isInfraChange(['apps/manifests.json'])).toBe(true)
    expect(isInfraChange(['apps/api/manifest.json', 'docs/infra/x.md'])).toBe(false)
  })
})
