const query = { 'x-ms-documentdb-isquery': 'true', 'content-type': 'application/query+json' }
const key = { 'x-ms-documentdb-partitionkey': '["t"]' }
const batch = { ...key, 'x-ms-cosmos-is-batch-request': 'true', 'x-ms-cosmos-batch-atomic': 'true' }
const docs = '/dbs/fuzz/colls/things/docs'

/** A request before it is signed. */
export interface Sample {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
}

/** Requests that are right, of every area: what is mutated. */
export const samples: readonly [Sample, ...Sample[]] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/dbs' },
  { method: 'POST', path: '/dbs', body: '{"id":"fuzz"}' },
  { method: 'GET', path: '/dbs/fuzz' },
  { method: 'POST', path: '/dbs/fuzz/colls', body: '{"id":"things","partitionKey":{"paths":["/tenantId"]}}' },
  {
    method: 'POST',
    path: '/dbs/fuzz/colls',
    body: '{"id":"things","partitionKey":{"paths":["/a","/b"],"kind":"MultiHash","version":2},"defaultTtl":5,"uniqueKeyPolicy":{"uniqueKeys":[{"paths":["/e"]}]},"indexingPolicy":{"compositeIndexes":[[{"path":"/a","order":"ascending"},{"path":"/b"}]]},"computedProperties":[{"name":"p","query":"SELECT VALUE c.x FROM c"}],"changeFeedPolicy":{"retentionDuration":5}}',
  },
  { method: 'GET', path: '/dbs/fuzz/colls/things', headers: { 'x-ms-documentdb-populatequotainfo': 'true' } },
  {
    method: 'PUT',
    path: '/dbs/fuzz/colls/things',
    body: '{"id":"things","partitionKey":{"paths":["/tenantId"]}}',
  },
  { method: 'GET', path: '/dbs/fuzz/colls/things/pkranges' },
  { method: 'GET', path: docs, headers: { 'a-im': 'Incremental Feed', 'if-none-match': '"3"' } },
  { method: 'GET', path: docs, headers: { 'a-im': 'Full-Fidelity Feed', 'if-none-match': '*' } },
  { method: 'GET', path: docs, headers: { 'x-ms-max-item-count': '2' } },
  { method: 'POST', path: docs, headers: key, body: '{"id":"b","tenantId":"t","n":1,"ttl":5}' },
  {
    method: 'POST',
    path: docs,
    headers: { ...key, 'x-ms-documentdb-is-upsert': 'true' },
    body: '{"id":"b","tenantId":"t","list":[{"x":null}]}',
  },
  {
    method: 'POST',
    path: docs,
    headers: query,
    body: '{"query":"SELECT * FROM c WHERE c.n > @n","parameters":[{"name":"@n","value":0}]}',
  },
  {
    method: 'POST',
    path: docs,
    headers: { ...query, 'x-ms-continuation': '{"v":1}' },
    body: '{"query":"SELECT * FROM c ORDER BY c.n"}',
  },
  {
    method: 'POST',
    path: docs,
    headers: { 'x-ms-cosmos-is-query-plan-request': 'True' },
    body: '{"query":"SELECT COUNT(1) FROM c"}',
  },
  {
    method: 'POST',
    path: docs,
    headers: batch,
    body: '[{"operationType":"Upsert","resourceBody":{"id":"c","tenantId":"t"}},{"operationType":"Read","id":"c"}]',
  },
  {
    method: 'POST',
    path: docs,
    headers: { 'x-ms-cosmos-is-batch-request': 'true', 'x-ms-cosmos-batch-atomic': 'false' },
    body: '[{"operationType":"Patch","partitionKey":"[\\"t\\"]","id":"c","resourceBody":{"operations":[{"op":"set","path":"/x","value":1}]}}]',
  },
  {
    method: 'GET',
    path: `${docs}/there`,
    headers: { ...key, 'if-none-match': '"x"', 'x-ms-session-token': '0:-1#1' },
  },
  { method: 'PUT', path: `${docs}/b`, headers: key, body: '{"id":"b","tenantId":"t"}' },
  {
    method: 'PATCH',
    path: `${docs}/b`,
    headers: key,
    body: '{"condition":"from c where c.n = 1","operations":[{"op":"add","path":"/x/0","value":[]},{"op":"move","from":"/a","path":"/b"}]}',
  },
  { method: 'DELETE', path: `${docs}/b`, headers: { ...key, 'if-match': '"x"' } },
  {
    method: 'POST',
    path: '/dbs/fuzz/colls/things/operations/partitionkeydelete',
    headers: { 'x-ms-documentdb-partitionkey': '["u"]' },
  },
  { method: 'GET', path: '/offers' },
  {
    method: 'POST',
    path: '/offers',
    headers: query,
    body: '{"query":"SELECT * FROM root WHERE root.resource = \\"x\\""}',
  },
  { method: 'PUT', path: '/offers/abcd', body: '{"content":{"offerThroughput":400}}' },
  { method: 'POST', path: '/dbs/fuzz/users', body: '{"id":"u"}' },
  {
    method: 'POST',
    path: '/dbs/fuzz/users/u/permissions',
    body: '{"id":"p","permissionMode":"Read","resource":"dbs/fuzz/colls/things"}',
  },
  { method: 'POST', path: '/dbs/fuzz/colls/things/sprocs', body: '{"id":"s","body":"function () {}"}' },
  {
    method: 'POST',
    path: '/dbs/fuzz/colls/things/triggers',
    body: '{"id":"s","body":"function () {}","triggerType":"Pre","triggerOperation":"All"}',
  },
  { method: 'GET', path: '/dbs/fuzz/colls/things/conflicts' },
]
