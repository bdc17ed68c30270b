using 'main.bicep'

// The cheapest that works: pay by use, one zone, public end points.
param environmentName = 'zoetrope-dev'
param location = 'westeurope'
param replicaLocation = 'northeurope'
param logLimitGb = 1
param budgetAmount = 50
param alertEmails = split(readEnvironmentVariable('ZOETROPE_ALERT_EMAILS', 'operations@example.com'), ',')
param budgetStartDate = readEnvironmentVariable('ZOETROPE_BUDGET_START', '2026-12-01')
