using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Cosmos;

/// <summary>A physical partition is split while clients read: they ask for the ranges anew, and go on without loss or doubles.</summary>
static class Splits
{
    public static async Task Run(Database database)
    {
        Container container = await database.CreateContainerAsync("splits", "/tenantId");
        Container leases = await database.CreateContainerAsync("leases", "/id");
        await Processors.Store(container, 0, 40);
        Check.Equal("there is one range at first", 1, (await container.GetFeedRangesAsync()).Count);

        using FeedIterator<int> ordered = container.GetItemQueryIterator<int>("SELECT VALUE c.size FROM c ORDER BY c.size", requestOptions: new() { MaxItemCount = 10 });
        using FeedIterator<int> plain = container.GetItemQueryIterator<int>("SELECT VALUE c.size FROM c", requestOptions: new() { MaxItemCount = 10 });
        using FeedIterator<Thing> feed = container.GetChangeFeedIterator<Thing>(ChangeFeedStartFrom.Beginning(), ChangeFeedMode.Incremental, new() { PageSizeHint = 10 });
        List<int> inOrder = [.. await ordered.ReadNextAsync()];
        List<int> inAnyOrder = [.. await plain.ReadNextAsync()];
        List<int> changes = [.. (await feed.ReadNextAsync()).Select(thing => thing.Size)];
        ConcurrentDictionary<string, string> seen = new();
        ChangeFeedProcessor processor = Processors.Build(container, leases, "only", seen);
        await processor.StartAsync();
        await Processors.Until("a processor gives what was there before", () => seen.Count == 40);

        await Split(database, container);
        inOrder.AddRange(await Resources.List(ordered));
        Check.Sequence("a query in order goes on", Enumerable.Range(0, 40), inOrder);
        inAnyOrder.AddRange(await Resources.List(plain));
        Check.Sequence("a query goes on", Enumerable.Range(0, 40), inAnyOrder.Order());
        for (FeedResponse<Thing> page = await feed.ReadNextAsync(); page.StatusCode != HttpStatusCode.NotModified; page = await feed.ReadNextAsync())
            changes.AddRange(page.Select(thing => thing.Size));
        Check.Sequence("a change feed goes on", Enumerable.Range(0, 40), changes.Order());
        Check.Equal("there are two ranges then", 2, (await container.GetFeedRangesAsync()).Count);

        await Split(database, container);
        await Processors.Store(container, 40, 60);
        await Processors.Until("a processor goes on", () => seen.Count == 60);
        await processor.StopAsync();
        Check.Sequence("a count is of all ranges", [60], await Resources.List(container.GetItemQueryIterator<int>("SELECT VALUE COUNT(1) FROM c")));
        await leases.DeleteContainerAsync();
        await container.DeleteContainerAsync();
    }

    /// <summary>Asks the emulator to split a physical partition: an operation of its own, which the SDK does not know.</summary>
    static async Task Split(Database database, Container container)
    {
        string link = $"dbs/{database.Id}/colls/{container.Id}";
        string date = DateTime.UtcNow.ToString("r");
        byte[] text = Encoding.UTF8.GetBytes($"post\ncolls\n{link}\n{date.ToLowerInvariant()}\n\n");
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Environment.GetCommandLineArgs()[2]), text));
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(database.Client.Endpoint, $"{link}/operations/splitpartition"));
        request.Headers.Add("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("authorization", Uri.EscapeDataString($"type=master&ver=1.0&sig={signature}"));
        using HttpResponseMessage response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
