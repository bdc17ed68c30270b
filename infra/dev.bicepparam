using 'main.bicep'

// The least that works: paid by use, in one zone, by way of the public network.
param environmentName = 'zoetrope-dev'
param location = 'northeurope'
param tags = { environment: 'dev' }

// Who is told, and what it may cost.
param logLimitGb = 1
param budgetAmount = 50
param alertEmails = split(readEnvironmentVariable('ZOETROPE_ALERT_EMAILS', 'operations@example.com'), ',')
param budgetStartDate = readEnvironmentVariable('ZOETROPE_BUDGET_START', '2026-12-01')
