using Microsoft.Azure.Cosmos;

// Usage: smoke ENDPOINT KEY [STEP...]. Runs every step, or those named, against an emulator that holds nothing yet.
string[] wanted = args[2..];
(string Name, Func<Database, Task> Run)[] steps =
[
    ("resources", Resources.Run),
    ("items", Items.Run),
    ("queries", Queries.Run),
    ("batches", Batches.Run),
    ("change-feeds", ChangeFeeds.Run),
    ("processors", Processors.Run),
    ("splits", Splits.Run),
    ("scripts-and-users", ScriptsAndUsers.Run),
];

using CosmosClient client = new(args[0], args[1], new CosmosClientOptions
{
    ConnectionMode = ConnectionMode.Gateway,
    LimitToEndpoint = true,
    ConsistencyLevel = ConsistencyLevel.Session,
    MaxRetryAttemptsOnRateLimitedRequests = 0,
});

AccountProperties account = await client.ReadAccountAsync();
Check.Equal("the account's consistency is read", ConsistencyLevel.Session, account.Consistency.DefaultConsistencyLevel);

Database database = await client.CreateDatabaseIfNotExistsAsync("smoke");
foreach (var (name, run) in steps)
{
    if (wanted.Length > 0 && !wanted.Contains(name)) continue;
    Console.WriteLine($"# {name}");
    int before = Check.Shown;
    await run(database);
    Console.WriteLine($"done {name}: {Check.Shown - before}");
}
await database.DeleteAsync();
await Check.Fails("a deleted database is gone", System.Net.HttpStatusCode.NotFound, () => database.ReadAsync());
Console.WriteLine($"SHOWN {Check.Shown}");
