/** What every server of the bench answers to a GET: about 100 bytes of JSON. */
export function answerOf(url: string): object {
  return { id: 42, name: 'a film', state: 'ready', tags: ['a', 'b', 'c'], size: url.length, isPublic: true }
}
