import { formatMoney, isEnded } from '@zoetrope/client'
import type { JobBody } from '@zoetrope/contracts'
import type { VNode } from 'preact'

import { assets, jobs } from './library.ts'
import { lookNow } from './look-now.ts'
import { ProgressBar } from './progress-bar.tsx'
import { client } from './session.ts'
import { StateBadge } from './state-badge.tsx'

export function JobsPage(): VNode {
  const known = jobs.value
  if (!known) return <p class="faint">Looking …</p>
  if (known.length === 0) return <p class="faint">No jobs yet.</p>
  return (
    <div class="panel">
      <h1>Jobs</h1>
      <table class="jobs">
        <thead>
          <tr>
            <th>Asset</th>
            <th>State</th>
            <th>Progress</th>
            <th class="number">Cost</th>
            <th>Started</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {known.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function JobRow({ job }: { readonly job: JobBody }): VNode {
  const asset = (assets.value ?? []).find(({ id }) => id === job.assetId)
  return (
    <tr data-job={job.id}>
      <td>
        <a href={`#/assets/${job.assetId}`}>{asset?.filename ?? job.assetId}</a>
      </td>
      <td>
        <StateBadge state={job.state} />
      </td>
      <td>
        {isEnded(job) ? (
          <span class="faint">{job.error ? (job.error.detail ?? job.error.title) : tookText(job)}</span>
        ) : (
          <ProgressBar
            percent={job.progress?.percent ?? 0}
            phase={job.progress?.phase ?? job.state}
            etaSeconds={job.progress?.etaSeconds}
          />
        )}
      </td>
      <td class="number">{job.cost ? formatMoney(job.cost) : ''}</td>
      <td class="faint">{new Date(job.startedAt ?? job.createdAt).toLocaleTimeString()}</td>
      <td>{!isEnded(job) && <CancelButton jobId={job.id} />}</td>
    </tr>
  )
}

function CancelButton({ jobId }: { readonly jobId: string }): VNode {
  const cancel = async (): Promise<void> => {
    await client.value?.cancelJob(jobId)
    lookNow()
  }
  return (
    <button type="button" class="plain" onClick={() => void cancel()}>
      Cancel
    </button>
  )
}

function tookText({ startedAt, endedAt }: JobBody): string {
  if (!startedAt || !endedAt) return ''
  return `took ${((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`
}
