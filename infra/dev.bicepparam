using 'main.bicep'

// The least that works: paid by use, in one zone, by way of the public network.
param environmentName = 'zoetrope-dev'
param location = 'northeurope'
param tags = { environment: 'dev' }
