@description('Name of the budget.')
param name string

@description('What a month may cost, in the currency of the subscription.')
@minValue(1)
param monthlyAmount int

@description('First day of the month in which it begins (yyyy-MM-01). Azure takes no month before the current one, and no other month later on.')
param startDate string

@description('Action group that is told, besides the owners of the resource group. A budget without one, or an address, is refused.')
param actionGroupId string

// Of the budget, per cent.
var thresholds = [
  { name: 'Actual50', threshold: 50, thresholdType: 'Actual' }
  { name: 'Actual80', threshold: 80, thresholdType: 'Actual' }
  { name: 'Actual100', threshold: 100, thresholdType: 'Actual' }
  { name: 'Forecast100', threshold: 100, thresholdType: 'Forecasted' }
]

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: monthlyAmount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: toObject(thresholds, entry => entry.name, entry => {
      enabled: true
      operator: 'GreaterThanOrEqualTo'
      threshold: entry.threshold
      thresholdType: entry.thresholdType
      contactEmails: []
      contactGroups: [actionGroupId]
      contactRoles: ['Owner']
    })
  }
}
