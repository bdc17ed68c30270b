using 'main.bicep'

// The cheapest that works: pay by use, one zone, public end points.
param environmentName = 'zoetrope-dev'
param location = 'westeurope'
param replicaLocation = 'northeurope'
