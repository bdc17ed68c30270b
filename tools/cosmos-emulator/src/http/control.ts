import { badRequest, messageOf, notImplemented } from '../errors.ts'
import type { FaultRule } from '../faults/fault-rule.ts'
import type { InjectedFault } from '../faults/faults.ts'
import { packageVersion } from '../package-version.ts'
import type { ServedAccount } from '../served-account.ts'
import { answer, jsonBody } from './exchange.ts'
import type { Request, Response } from './exchange.ts'

const area = '_emulator'

/** What `GET /_emulator/status` answers. */
export interface AccountStatus {
  version: string
  account: string
  processId: number
  /** null: in memory. */
  dataFile: string | null
  databases: { id: string; containers: { id: string; documents: number; ranges: number }[] }[]
  /** How many are injected. */
  faults: number
}

/** A fault as it is listed. */
export interface FaultCounts {
  name: string
  matched: number
  struck: number
  rule: FaultRule
}

/** Whether a request is to the emulator itself, and not to the service that it stands in for. */
export function isControl({ segments }: Request): boolean {
  return segments[0] === area
}

/** `/_emulator/...`: what the emulator tells of itself, and its faults. Signed with the account's key, as all else. */
export function answerControl(account: ServedAccount, request: Request): Response {
  switch (`${request.method} ${request.segments.slice(1).join('/')}`) {
    case 'GET status':
      return answer(200, statusOf(account))
    case 'GET faults':
      return answer(200, { faults: account.faults.list().map(toBody) })
    case 'POST faults':
      return answer(201, toBody(addFault(account, jsonBody(request))))
    case 'DELETE faults':
      account.faults.clear()
      return { status: 204, headers: {} }
    default:
      throw notImplemented(`${request.method} /${request.segments.join('/')}`)
  }
}

function addFault(account: ServedAccount, rule: unknown): InjectedFault {
  try {
    return account.faults.add(rule as FaultRule)
  } catch (error) {
    throw badRequest(messageOf(error))
  }
}

function toBody({ name, rule, matched, struck }: InjectedFault): FaultCounts {
  return { name, matched, struck, rule }
}

function statusOf({ name, store, faults, path }: ServedAccount): AccountStatus {
  const { catalog } = store
  return {
    version: packageVersion(),
    account: name,
    processId: process.pid,
    dataFile: path ?? null,
    databases: catalog.databases().map((database) => ({
      id: database.id,
      containers: catalog.containers(database).map((record) => ({
        id: record.id,
        documents: store.container(database.id, record.id).items.count({}, store.nowSeconds()),
        ranges: record.ranges.length,
      })),
    })),
    faults: faults.list().length,
  }
}
