using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Linq;
using Newtonsoft.Json.Linq;

/// <summary>Queries over four physical partitions: the client asks for a plan and merges what the partitions answer.</summary>
static class Queries
{
    const int Count = 60;

    public static async Task Run(Database database)
    {
        ContainerProperties properties = new("queries", "/tenantId");
        properties.IndexingPolicy.CompositeIndexes.Add([new() { Path = "/kind" }, new() { Path = "/size", Order = CompositePathSortOrder.Descending }]);
        Container container = await database.CreateContainerAsync(properties, 20_000);
        Thing[] things = [.. Enumerable.Range(0, Count).Select(Make)];
        foreach (Thing thing in things) await container.CreateItemAsync(thing);

        await Plain(container, things);
        await Merged(container, things);
        await Continued(container);
        await Linq(container, things);
        await Refused(container);
        await container.DeleteContainerAsync();
    }

    static Thing Make(int number) =>
        new() { Id = $"id-{number:00}", TenantId = $"tenant-{number % 17}", Kind = number % 3 == 0 ? "fizz" : "plain", Size = number, Tags = ["all", number % 2 == 0 ? "even" : "odd"] };

    static async Task Plain(Container container, Thing[] things)
    {
        Check.Equal("every item of every partition", Count, (await All<Thing>(container, "SELECT * FROM c")).Count);
        Check.Equal("every item without a query", Count, (await Resources.List(container.GetItemQueryIterator<Thing>())).Count);
        QueryDefinition filtered = new QueryDefinition("SELECT VALUE c.id FROM c WHERE c.size >= @least AND c.kind = @kind").WithParameter("@least", 50).WithParameter("@kind", "fizz");
        Check.Sequence("parameters", ["id-51", "id-54", "id-57"], (await Resources.List(container.GetItemQueryIterator<string>(filtered))).Order());
        QueryRequestOptions oneTenant = new() { PartitionKey = new PartitionKey("tenant-3") };
        Check.Sequence(
            "one logical partition",
            ["id-03", "id-20", "id-37", "id-54"],
            await Resources.List(container.GetItemQueryIterator<string>("SELECT VALUE c.id FROM c ORDER BY c.id", requestOptions: oneTenant)));
        Check.Sequence("a join over arrays", [Count / 2], [(await All<string>(container, "SELECT VALUE c.id FROM c JOIN t IN c.tags WHERE t = 'even'")).Count]);
        int byRange = 0;
        foreach (FeedRange range in await container.GetFeedRangesAsync())
            byRange += (await Resources.List(container.GetItemQueryIterator<Thing>(range, new QueryDefinition("SELECT * FROM c")))).Count;
        Check.Equal("range by range", Count, byRange);
        using FeedIterator stream = container.GetItemQueryStreamIterator("SELECT * FROM c WHERE c.id = 'id-05'", requestOptions: new QueryRequestOptions { PopulateIndexMetrics = true });
        int streamed = 0;
        while (stream.HasMoreResults)
        {
            using ResponseMessage page = await stream.ReadNextAsync();
            streamed += ((JArray)JObject.Parse(await new StreamReader(page.Content).ReadToEndAsync())["Documents"]!).Count;
        }
        Check.Equal("a query as a stream", 1, streamed);
        Check.Equal("things", Count, things.Length);
    }

    static async Task Merged(Container container, Thing[] things)
    {
        IEnumerable<int> falling = things.Select(thing => thing.Size).OrderDescending();
        Check.Sequence("ORDER BY", falling, await All<int>(container, "SELECT VALUE c.size FROM c ORDER BY c.size DESC"));
        Check.Sequence("ORDER BY in pages of 7", falling, await All<int>(container, "SELECT VALUE c.size FROM c ORDER BY c.size DESC", 7));
        Check.Sequence(
            "ORDER BY two keys",
            things.OrderBy(thing => thing.Kind, StringComparer.Ordinal).ThenByDescending(thing => thing.Size).Select(thing => thing.Id),
            await All<string>(container, "SELECT VALUE c.id FROM c ORDER BY c.kind ASC, c.size DESC", 7));
        Check.Sequence("TOP", falling.Take(5), await All<int>(container, "SELECT TOP 5 VALUE c.size FROM c ORDER BY c.size DESC"));
        Check.Sequence("OFFSET and LIMIT", falling.Skip(10).Take(5), await All<int>(container, "SELECT VALUE c.size FROM c ORDER BY c.size DESC OFFSET 10 LIMIT 5"));
        Check.Sequence("TOP with a parameter", falling.Take(3), await Resources.List(container.GetItemQueryIterator<int>(new QueryDefinition("SELECT TOP @top VALUE c.size FROM c ORDER BY c.size DESC").WithParameter("@top", 3))));
        Check.Sequence("COUNT", [Count], await All<int>(container, "SELECT VALUE COUNT(1) FROM c"));
        Check.Sequence("SUM", [things.Sum(thing => thing.Size)], await All<int>(container, "SELECT VALUE SUM(c.size) FROM c"));
        Check.Sequence("AVG", [things.Average(thing => thing.Size)], await All<double>(container, "SELECT VALUE AVG(c.size) FROM c"));
        Check.Sequence("MIN", [0], await All<int>(container, "SELECT VALUE MIN(c.size) FROM c"));
        Check.Sequence("MAX", [Count - 1], await All<int>(container, "SELECT VALUE MAX(c.size) FROM c"));
        JObject several = (await All<JObject>(container, "SELECT COUNT(1) AS n, MAX(c.size) AS most, AVG(c.size) AS mean FROM c")).Single();
        Check.Sequence("several aggregates", [60.0, 59.0, 29.5], [(double)several["n"]!, (double)several["most"]!, (double)several["mean"]!]);
        Check.Sequence("DISTINCT", ["fizz", "plain"], (await All<string>(container, "SELECT DISTINCT VALUE c.kind FROM c")).Order());
        Check.Sequence("DISTINCT in order", ["fizz", "plain"], await All<string>(container, "SELECT DISTINCT VALUE c.kind FROM c ORDER BY c.kind"));
        IEnumerable<JObject> groups = await All<JObject>(container, "SELECT c.kind, COUNT(1) AS n, SUM(c.size) AS total, MIN(c.size) AS least FROM c GROUP BY c.kind");
        Check.Sequence(
            "GROUP BY",
            ["fizz 20 570 0", "plain 40 1200 1"],
            groups.Select(group => $"{group["kind"]} {group["n"]} {group["total"]} {group["least"]}").Order(StringComparer.Ordinal));
        Check.Sequence("DISTINCT and COUNT", [17], await All<int>(container, "SELECT VALUE COUNT(1) FROM (SELECT DISTINCT c.tenantId FROM c)"));
        Check.Sequence("COUNTIF", [20], await All<int>(container, "SELECT VALUE COUNTIF(c.kind = 'fizz') FROM c"));
    }

    static async Task Continued(Container container)
    {
        foreach (string text in new[] { "SELECT VALUE c.id FROM c", "SELECT VALUE c.id FROM c ORDER BY c.size", "SELECT VALUE c.id FROM c ORDER BY c.size OFFSET 5 LIMIT 40", "SELECT DISTINCT VALUE c.id FROM c ORDER BY c.id" })
        {
            // A new iterator for each page: all that lives on is the continuation token.
            List<string> found = [];
            string? token = null;
            int pages = 0;
            do
            {
                using FeedIterator<string> iterator = container.GetItemQueryIterator<string>(text, token, new QueryRequestOptions { MaxItemCount = 9 });
                FeedResponse<string> page = await iterator.ReadNextAsync();
                found.AddRange(page);
                token = page.ContinuationToken;
                pages += 1;
            } while (token is not null && pages < 100);
            Check.Equal($"continued by token: {text}", text.Contains("OFFSET") ? 40 : Count, found.Distinct().Count());
            Check.Equal($"no row twice: {text}", found.Count, found.Distinct().Count());
        }
    }

    static async Task Linq(Container container, Thing[] things)
    {
        IQueryable<Thing> source = container.GetItemLinqQueryable<Thing>(linqSerializerOptions: new() { PropertyNamingPolicy = CosmosPropertyNamingPolicy.Default });
        IQueryable<string> chosen = source.Where(thing => thing.Size > 40 && thing.Kind == "fizz" && thing.Tags.Contains("even")).OrderBy(thing => thing.Size).Select(thing => thing.Id);
        Check.Sequence("LINQ: where, order, select", things.Where(thing => thing.Size > 40 && thing.Kind == "fizz" && thing.Tags.Contains("even")).Select(thing => thing.Id), await Resources.List(chosen.ToFeedIterator()));
        Check.Equal("LINQ: count", 20, (await source.Where(thing => thing.Kind == "fizz").CountAsync()).Resource);
        Check.Equal("LINQ: sum", 1770, (await source.Select(thing => thing.Size).SumAsync()).Resource);
        Check.Equal("LINQ: strings", 10, (await source.Where(thing => thing.Id.StartsWith("id-5") && thing.Id.ToUpper().Contains("ID")).CountAsync()).Resource);
        Check.Sequence("LINQ: many from one", [Count * 2], [(await Resources.List(source.SelectMany(thing => thing.Tags).ToFeedIterator())).Count]);
        Check.Sequence("LINQ: skip and take", [10, 11, 12], await Resources.List(source.OrderBy(thing => thing.Size).Skip(10).Take(3).Select(thing => thing.Size).ToFeedIterator()));
    }

    static async Task Refused(Container container)
    {
        await Check.Fails("a query that is not one", HttpStatusCode.BadRequest, () => All<JObject>(container, "SELECT FROM WHERE"));
        await Check.Fails("a function that there is not", HttpStatusCode.BadRequest, () => All<JObject>(container, "SELECT VALUE NOSUCH(c) FROM c"));
    }

    static Task<List<T>> All<T>(Container container, string text, int? pageSize = null) =>
        Resources.List(container.GetItemQueryIterator<T>(text, requestOptions: new QueryRequestOptions { MaxItemCount = pageSize }));
}
