@description('An alert on the logs: a query with a column Value and one to tell apart by, and how much is too much.')
type logAlert = {
  @description('Name; the anchor in the runbook.')
  name: string
  @description('What has happened, for who is woken by it.')
  what: string
  @description('0: everything stands still; 4: good to know.')
  severity: 0 | 1 | 2 | 3 | 4
  @description('Rows of the time looked at.')
  query: string
  @description('Column by which alerts are told apart.')
  dimension: string
  @description('How the values of one alert are put together.')
  aggregation: 'Total' | 'Average' | 'Minimum' | 'Maximum'
  @description('More than this is too much.')
  threshold: int
  @description('Time looked at, as an ISO 8601 duration.')
  window: 'PT5M' | 'PT15M' | 'PT30M' | 'PT1H'
}

@export()
@description('Alerts on what apps record (`ZoetropeMetrics`) and on their requests.')
var logAlerts logAlert[] = [
  {
    name: 'poisoned-messages'
    what: 'Messages failed too often and were set aside.'
    severity: 1
    query: 'ZoetropeMetrics | where Metric == \'queue.poisoned\' | extend Queue = tostring(Dimensions.queue)'
    dimension: 'Queue'
    aggregation: 'Total'
    threshold: 0
    window: 'PT15M'
  }
  {
    // What the file or its owner is to blame for is no fault of ours.
    name: 'failed-jobs'
    what: 'Jobs failed for reasons that are not those of their files.'
    severity: 1
    query: 'ZoetropeMetrics | where Metric == \'jobs.ended\' and tostring(Dimensions.state) == \'failed\' and tostring(Dimensions.category) in (\'throttled\', \'timeout\', \'dependency\', \'internal\') | extend Code = tostring(Dimensions.code)'
    dimension: 'Code'
    aggregation: 'Total'
    threshold: 3
    window: 'PT15M'
  }
  {
    name: 'lost-workers'
    what: 'Workers fell silent in the middle of their tasks.'
    severity: 2
    query: 'ZoetropeMetrics | where Metric == \'attempts.failed\' and tostring(Dimensions.code) == \'WORKER_LOST\' | extend Operation = tostring(Dimensions.operation)'
    dimension: 'Operation'
    aggregation: 'Total'
    threshold: 10
    window: 'PT30M'
  }
  {
    name: 'slow-queues'
    what: 'Messages wait for more than ten minutes before they are taken.'
    severity: 2
    query: 'ZoetropeMetrics | where Metric == \'queue.waitMs\' | extend Queue = tostring(Dimensions.queue)'
    dimension: 'Queue'
    aggregation: 'Average'
    threshold: 600000
    window: 'PT30M'
  }
  {
    name: 'slow-starts'
    what: 'Jobs wait for more than ten minutes before they start.'
    severity: 2
    query: 'ZoetropeMetrics | where Metric == \'job.waitMs\' | extend MediaType = tostring(Dimensions.mediaType)'
    dimension: 'MediaType'
    aggregation: 'Average'
    threshold: 600000
    window: 'PT30M'
  }
  {
    // The smallest of the window: one old batch after a quiet time is no alarm, a replica that stays behind is.
    name: 'replica-lag'
    what: 'The replica of the database is more than five minutes behind.'
    severity: 1
    query: 'ZoetropeMetrics | where Metric == \'replica.lagMs\' | extend Container = tostring(Dimensions.container)'
    dimension: 'Container'
    aggregation: 'Minimum'
    threshold: 300000
    window: 'PT15M'
  }
  {
    name: 'failing-functions'
    what: 'Functions fail, or answer that something is wrong on our side.'
    severity: 2
    query: 'AppRequests | where Success == false and not(toint(ResultCode) between (400 .. 499)) | extend Value = toint(ItemCount), Function = strcat(AppRoleName, \'/\', OperationName)'
    dimension: 'Function'
    aggregation: 'Total'
    threshold: 20
    window: 'PT15M'
  }
]
