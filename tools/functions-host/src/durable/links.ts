/** What the links of an app's hub are made of. */
export interface LinkParts {
  origin: string
  hubName: string
  systemKey: string
}

/** Where the management API is mounted. */
export const mountPath = '/runtime/webhooks/durabletask'

function queryOf(parts: LinkParts): string {
  return `taskHub=${parts.hubName}&connection=Storage&code=${encodeURIComponent(parts.systemKey)}`
}

function instanceLinks(parts: LinkParts, idInPath: string): Record<string, string> {
  const instance = `${parts.origin}${mountPath}/instances/${idInPath}`
  const query = queryOf(parts)
  return {
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  }
}

/** The answer to a start: where to ask and what to do with the instance. */
export function checkStatusLinks(parts: LinkParts, instanceId: string): Record<string, string> {
  return { id: instanceId, ...instanceLinks(parts, encodeURIComponent(instanceId)) }
}

/** What `df.getClient` reads from its binding. */
export function clientBinding(parts: LinkParts, rpcBaseUrl: string): string {
  const base = `${parts.origin}${mountPath}`
  const query = queryOf(parts)
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]?code=${encodeURIComponent(parts.systemKey)}`
  const links = instanceLinks(parts, 'INSTANCEID')
  return JSON.stringify({
    taskHubName: parts.hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: create,
      createAndWaitOnNewInstancePostUri: create.replace(
        '?',
        '?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&',
      ),
    },
    managementUrls: {
      id: 'INSTANCEID',
      statusQueryGetUri: links['statusQueryGetUri'],
      sendEventPostUri: links['sendEventPostUri'],
      terminatePostUri: links['terminatePostUri'],
      rewindPostUri: `${base}/instances/INSTANCEID/rewind?reason={text}&${query}`,
      purgeHistoryDeleteUri: links['purgeHistoryDeleteUri'],
      restartPostUri: links['restartPostUri'],
      suspendPostUri: links['suspendPostUri'],
      resumePostUri: links['resumePostUri'],
    },
    baseUrl: base,
    requiredQueryStringParameters: `code=${encodeURIComponent(parts.systemKey)}`,
    rpcBaseUrl,
  })
}
