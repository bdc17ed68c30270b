/**
 * The recorded stories whose end is another here, by the row of FIDELITY.md (*Differs on purpose*, Durable functions) that says why. A story
 * may have been recorded twice, as seen by clients and by code: both are meant.
 */
export const knownDifferences: Readonly<Record<string, readonly string[]>> = {
  'throws no Error': [
    'own-throw/first string',
    'own-throw/first undefined',
    'own-throw/first null',
    'own-throw/first number',
    'own-throw/first empty',
    'own-throw/later string',
    'own-throw/later undefined',
  ],
  'unknown functions': [
    'odd/unknownActivity',
    'odd/unknownActivity caught',
    'odd/unknownSub',
    'odd/unknownSub caught',
    'odd/unknownEntity called',
    'odd/activityNamedAsOrchestrator',
    'sub/odd id at',
  ],
  retries: [
    'retry/zero attempts',
    'retry/negative attempts',
    'retry/retry timeout',
    'retry/retry timeout shorter than the first interval',
  ],
  'throw undefined in an activity': ['throws/undefined', 'throws/null', 'catches/undefined', 'catches/null'],
  'ids of running instances': ['sub/given id in use by a running instance'],
  'terminated children': ['control/terminate a child'],
  'a returned Task': ['odd/returnsTask'],
  purge: ['purge/running', 'purge/running, then its event', 'purge/by filter', 'purge/many'],
  'events that continueAsNew drops': [
    'event/continueAsNew while busy',
    'event/continueAsNew with another name waiting',
  ],
  'timers that fire early': ['timer/100 ms', 'timer/one second', 'timer/1.5 s'],
  'values that are lost': [
    'input/dollar-type',
    'output/dollarType',
    'activity-output/dollarType',
    'activity-output/huge',
  ],
  'a status that is no JSON': [
    'control/terminate without reason',
    'terminate/reasons that are JSON',
    'client/list of all, one without valid JSON',
  ],
  // Its long timer has lost a race: `OrchestratorCompleted` says how many actions there were.
  'ids after a lost race': ['timer/seven days, cancelled'],
  'changed code': ['drift/driftName', 'drift/driftKind', 'drift/driftMore', 'drift/driftSub'],
  'callHttp: leaks and waits': [
    'http/cookie of another instance',
    'http/cookies cleared',
    'http/202 elsewhere',
    'http/202 without location',
  ],
  'ids and keys': [
    'start/id quote',
    'start/odd id space',
    'start/follow the links of an id with a space',
    'entity/odd keys',
  ],
  'bad requests': ['start/bad JSON', 'raise/comment', 'start/and wait, odd numbers', 'hub and connection'],
  'links as the app is served': ['client/responses', 'client/binding'],
  locks: ['entity/lock'],
  // Here an instance starts, and is terminated, before the next question comes; entities take fewer operations at once.
  'how fast it is': ['status/pending', 'client/lists', 'entity/signals then call', 'entity/tells another'],
}
