'use strict'
// The app that runs generated programs.
const { app } = require('@azure/functions')
const df = require('durable-functions')
require('../interpreter.ts')

const client = df.input.durableClient()
app.http('binding', {
  methods: ['GET'],
  authLevel: 'anonymous',
  extraInputs: [client],
  handler: (_, context) => ({ jsonBody: context.extraInputs.get(client) }),
})
