using System.Net;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;

/// <summary>The change feed, read page by page.</summary>
static class ChangeFeeds
{
    public static async Task Run(Database database)
    {
        Container container = await database.CreateContainerAsync(new ContainerProperties("changes", "/tenantId"), 20_000);
        for (int number = 0; number < 30; number += 1)
            await container.CreateItemAsync(new Thing { Id = $"{number}", TenantId = $"tenant-{number % 7}", Size = number });

        (List<Thing> all, string after) = await Read<Thing>(container, ChangeFeedStartFrom.Beginning(), ChangeFeedMode.Incremental);
        Check.Sequence("from the beginning", Enumerable.Range(0, 30), all.Select(thing => thing.Size).Order());
        await container.UpsertItemAsync(new Thing { Id = "3", TenantId = "tenant-3", Size = 300 });
        await container.CreateItemAsync(new Thing { Id = "new", TenantId = "tenant-1", Size = 301 });
        (List<Thing> changed, _) = await Read<Thing>(container, ChangeFeedStartFrom.ContinuationToken(after), ChangeFeedMode.Incremental);
        Check.Sequence("from a continuation token", [300, 301], changed.Select(thing => thing.Size).Order());
        (List<Thing> none, string now) = await Read<Thing>(container, ChangeFeedStartFrom.Now(), ChangeFeedMode.Incremental);
        Check.Equal("from now", 0, none.Count);
        await container.UpsertItemAsync(new Thing { Id = "5", TenantId = "tenant-5", Size = 500 });
        (List<Thing> later, _) = await Read<Thing>(container, ChangeFeedStartFrom.ContinuationToken(now), ChangeFeedMode.Incremental);
        Check.Sequence("from what was now", [500], later.Select(thing => thing.Size));
        (List<Thing> ofTenant, _) = await Read<Thing>(container, ChangeFeedStartFrom.Beginning(FeedRange.FromPartitionKey(new PartitionKey("tenant-2"))), ChangeFeedMode.Incremental);
        Check.Sequence("of one logical partition", [2, 9, 16, 23], ofTenant.Select(thing => thing.Size).Order());
        (List<Thing> future, _) = await Read<Thing>(container, ChangeFeedStartFrom.Time(DateTime.UtcNow.AddHours(1)), ChangeFeedMode.Incremental);
        Check.Equal("from a time to come", 0, future.Count);
        int byRange = 0;
        foreach (FeedRange range in await container.GetFeedRangesAsync())
            byRange += (await Read<Thing>(container, ChangeFeedStartFrom.Beginning(range), ChangeFeedMode.Incremental)).Changes.Count;
        Check.Equal("range by range", 31, byRange);
        await container.DeleteContainerAsync();
        await AllVersions(database);
    }

    static async Task AllVersions(Database database)
    {
        ContainerProperties properties = new("versions", "/tenantId") { ChangeFeedPolicy = new() { FullFidelityRetention = TimeSpan.FromMinutes(5) } };
        Container container = await database.CreateContainerAsync(properties, 20_000);
        (_, string now) = await Read<ChangeFeedItem<Thing>>(container, ChangeFeedStartFrom.Now(), ChangeFeedMode.AllVersionsAndDeletes);
        Thing thing = new() { Id = "1", TenantId = "a", Size = 1 };
        await container.CreateItemAsync(thing);
        await container.UpsertItemAsync(thing with { Size = 2 });
        await container.DeleteItemAsync<Thing>("1", new PartitionKey("a"));
        (List<ChangeFeedItem<Thing>> versions, _) = await Read<ChangeFeedItem<Thing>>(container, ChangeFeedStartFrom.ContinuationToken(now), ChangeFeedMode.AllVersionsAndDeletes);
        Check.Sequence(
            "all versions and deletes",
            [ChangeFeedOperationType.Create, ChangeFeedOperationType.Replace, ChangeFeedOperationType.Delete],
            versions.Select(version => version.Metadata.OperationType));
        Check.Sequence("each version as it was", [1, 2], versions.Take(2).Select(version => version.Current.Size));
        Check.Equal("a delete tells the id", "1", versions[2].Metadata.Id);
        await container.DeleteContainerAsync();
    }

    /// <summary>Every change up to now, and the token that goes on from there.</summary>
    static async Task<(List<T> Changes, string Continuation)> Read<T>(Container container, ChangeFeedStartFrom start, ChangeFeedMode mode)
    {
        List<T> changes = [];
        using FeedIterator<T> iterator = container.GetChangeFeedIterator<T>(start, mode, new ChangeFeedRequestOptions { PageSizeHint = 10 });
        while (true)
        {
            FeedResponse<T> page = await iterator.ReadNextAsync();
            if (page.StatusCode == HttpStatusCode.NotModified) return (changes, page.ContinuationToken);
            changes.AddRange(page);
        }
    }
}
