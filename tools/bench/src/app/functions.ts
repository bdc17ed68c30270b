import { HttpResponse, app } from '@azure/functions'

import { answerOf } from './answer-of.ts'

if (process.env['BENCH_STREAMING']) app.setup({ enableHttpStream: true })

app.http('plain', {
  handler: async (request) => ({
    jsonBody: request.method === 'GET' ? answerOf(request.url) : await request.json(),
  }),
})
app.http('classes', {
  handler: async (request) =>
    new HttpResponse({ jsonBody: request.method === 'GET' ? answerOf(request.url) : await request.json() }),
})
