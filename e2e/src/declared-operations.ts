import type { Declaration, ObservedOperation, ObservedOperations } from './observed-operations.ts'

const blobReads = new Set(['GetBlob', 'GetBlobProperties', 'GetBlobMetadata', 'GetBlockList', 'ListBlobs'])
const itemReads = new Set(['ReadItem', 'QueryItems', 'ReadChangeFeed'])
/** Every client learns where an account is and how a container is cut; a batch is listed by what it holds. */
const beside = new Set(['ReadMetadata', 'ExecuteBatch'])

/** One declaration by its path in config.ts, `blobContainers.writes uploads`: the way to compare what is said with what is done. */
type Claim = string

/** Everything that does not agree: what was seen, the committed list of it, and the apps' declarations. One sentence each, with what to mend. */
export function findDifferences(
  seen: ObservedOperations,
  listed: ObservedOperations,
  declarations: readonly Declaration[],
): readonly string[] {
  const write = 'where that is right, run `npm run observe -- --write` and see that roles follow'
  return [
    ...unknownIn(seen),
    ...linesOnlyIn(seen, listed).map(
      (line) => `${line}: seen, and not in apps/observed-operations.json; ${write}.`,
    ),
    ...linesOnlyIn(listed, seen).map(
      (line) => `${line}: in apps/observed-operations.json, and not seen; ${write}.`,
    ),
    ...declarations.flatMap((app) => compareWithDeclaration(app, seen[app.name] ?? [])),
  ]
}

/** What the recorder could not read is of no use in a list, nor to roles. */
function unknownIn(seen: ObservedOperations): readonly string[] {
  return Object.entries(seen).flatMap(([app, operations]) =>
    operations
      .filter(({ resource }) => resource === 'unknown')
      .map(
        ({ account, operation }) =>
          `${app} does something that the recorder does not know (${account}): ${operation}. Add a rule to tools/local/src/recorder.`,
      ),
  )
}

function linesOnlyIn(list: ObservedOperations, other: ObservedOperations): readonly string[] {
  const known = new Set(toLines(other))
  return toLines(list).filter((line) => !known.has(line))
}

function toLines(apps: ObservedOperations): readonly string[] {
  return Object.entries(apps).flatMap(([app, operations]) =>
    operations.map(({ account, resource, operation }) => `${app}: ${operation} on ${resource} of ${account}`),
  )
}

/** What an app declares, and what it was seen to do, that do not agree: one sentence each. */
function compareWithDeclaration(app: Declaration, seen: readonly ObservedOperation[]): readonly string[] {
  const declared = claimsOf(app)
  const used = new Map(
    seen.flatMap((operation) => claimsFor(app, operation).map((claim) => [claim, operation])),
  )
  const undeclared = [...used]
    .filter(([claim]) => !declared.has(claim))
    .map(
      ([claim, { operation, account }]) =>
        `${app.name} does ${operation} (${account}): declare ${claim} in its config.ts.`,
    )
  const unused = [...declared]
    .filter((claim) => !used.has(claim))
    .map((claim) => `${app.name} declares ${claim}, and was not seen to need it: declare less.`)
  return [...undeclared, ...unused]
}

function claimsOf({ queues, blobContainers, cosmosContainers }: Declaration): ReadonlySet<Claim> {
  const all = Object.entries({ queues, blobContainers, cosmosContainers })
  return new Set(
    all.flatMap(([group, lists]) =>
      Object.entries(lists as Record<string, readonly string[]>).flatMap(([kind, names]) =>
        names.map((name) => `${group}.${kind} ${name}`),
      ),
    ),
  )
}

/** The declarations that an operation stands for. The host's own storage is the platform's affair. */
function claimsFor(app: Declaration, { account, resource, operation }: ObservedOperation): readonly Claim[] {
  if (account === 'host-storage' || resource === 'unknown' || beside.has(operation)) return []
  // A key signs for any container; which one, the upload URLs say.
  if (operation === 'GetUserDelegationKey')
    return app.blobContainers.signs.map((name) => `blobContainers.signs ${name}`)
  const [kind, name = ''] = resource.split(':')
  if (account === 'cosmos-replica') return [`cosmosContainers.replicates ${name}`]
  if (account === 'cosmos')
    return [`cosmosContainers.${itemReads.has(operation) ? 'reads' : 'writes'} ${name}`]
  if (kind === 'blob') return [`blobContainers.${blobReads.has(operation) ? 'reads' : 'writes'} ${name}`]
  if (kind !== 'queue') return [`${account} ${resource}`]
  if (operation !== 'PutMessage') return [`queues.consumes ${name}`]
  // The host moves what failed of a queue to its `-poison`, whether the app listens to that one or not.
  const origin = name.replace(/-poison$/, '')
  return [app.queues.consumes.includes(origin) ? `queues.consumes ${origin}` : `queues.sends ${name}`]
}
