import type { MediaType, WorkflowDefinition, WorkflowId } from '@zoetrope/contracts'
import { deriveId } from '@zoetrope/contracts'

/** A workflow that comes with the product. */
export interface DefaultWorkflow {
  readonly workflowId: WorkflowId
  readonly version: number
  readonly name: string
  readonly definition: WorkflowDefinition
}

const step = { needs: ['probe'], optional: false, parameters: {} }

/** The workflows that come with the product, one per media type. Steps named `encode` fan out over the ladder. */
export const defaultWorkflows: readonly DefaultWorkflow[] = [
  {
    workflowId: deriveId('wfl', 'default', 'image'),
    version: 1,
    name: 'Images for the web',
    definition: {
      mediaTypes: ['image'],
      steps: [
        { ...step, id: 'probe', operation: 'image.probe', needs: [] },
        {
          ...step,
          id: 'variants',
          operation: 'image.variants',
          parameters: {
            variants: [
              { name: 'w320.webp', widthPx: 320, format: 'webp' },
              { name: 'w800.webp', widthPx: 800, format: 'webp' },
              { name: 'w1600.webp', widthPx: 1600, format: 'webp' },
              { name: 'w1600.jpg', widthPx: 1600, format: 'jpeg' },
            ],
          },
        },
        { ...step, id: 'placeholder', operation: 'image.placeholder', optional: true },
      ],
    },
  },
  {
    workflowId: deriveId('wfl', 'default', 'video'),
    version: 1,
    name: 'Adaptive video',
    definition: {
      mediaTypes: ['video'],
      steps: [
        { ...step, id: 'probe', operation: 'video.probe', needs: [] },
        { ...step, id: 'poster', operation: 'video.poster', optional: true },
        { ...step, id: 'audio', operation: 'audio.encode' },
        { ...step, id: 'encode', operation: 'video.encode' },
        { ...step, id: 'package', operation: 'video.package', needs: ['encode', 'audio'] },
      ],
    },
  },
  {
    workflowId: deriveId('wfl', 'default', 'audio'),
    version: 1,
    name: 'Adaptive audio',
    definition: {
      mediaTypes: ['audio'],
      steps: [
        { ...step, id: 'probe', operation: 'video.probe', needs: [] },
        { ...step, id: 'audio', operation: 'audio.encode' },
        { ...step, id: 'package', operation: 'video.package', needs: ['audio'] },
      ],
    },
  },
]

/** The workflow for a media type, where there is one. */
export function defaultWorkflowFor(mediaType: MediaType): DefaultWorkflow | undefined {
  return defaultWorkflows.find((workflow) => workflow.definition.mediaTypes.includes(mediaType))
}
