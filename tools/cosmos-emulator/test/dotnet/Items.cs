using System.Net;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;

/// <summary>Single documents, many of them by key, and a whole logical partition deleted.</summary>
static class Items
{
    public static async Task Run(Database database)
    {
        Container container = await database.CreateContainerAsync(new ContainerProperties("items", "/tenantId"), 20_000);
        PartitionKey key = new("a");
        Thing thing = new() { Id = "1", TenantId = "a", Size = 3, Tags = ["x"] };

        ItemResponse<Thing> created = await container.CreateItemAsync(thing, key);
        Check.Equal("an item is created", HttpStatusCode.Created, created.StatusCode);
        Check.True("a write has a request charge", created.RequestCharge > 0);
        Check.True("a write has a session token", created.Headers.Session.Contains(':'));
        await Check.Fails("an id is taken once", HttpStatusCode.Conflict, () => container.CreateItemAsync(thing, key));

        ItemResponse<Thing> read = await container.ReadItemAsync<Thing>("1", key);
        Check.Equal("an item is read", created.ETag, read.Resource.ETag);
        await Check.Fails("an item is read by its key alone", HttpStatusCode.NotFound, () => container.ReadItemAsync<Thing>("1", new PartitionKey("b")));
        await Check.Fails(
            "an unchanged item is not sent again",
            HttpStatusCode.NotModified,
            () => container.ReadItemAsync<Thing>("1", key, new ItemRequestOptions { IfNoneMatchEtag = created.ETag }));

        ItemResponse<Thing> upserted = await container.UpsertItemAsync(thing with { Size = 4 }, key);
        Check.Equal("an upsert overwrites", HttpStatusCode.OK, upserted.StatusCode);
        Check.Equal("an upsert creates", HttpStatusCode.Created, (await container.UpsertItemAsync(thing with { Id = "2" })).StatusCode);
        await Check.Fails(
            "a replace is refused when the etag is old",
            HttpStatusCode.PreconditionFailed,
            () => container.ReplaceItemAsync(thing, "1", key, new ItemRequestOptions { IfMatchEtag = created.ETag }));
        ItemResponse<Thing> replaced = await container.ReplaceItemAsync(thing with { Size = 5 }, "1", key, new ItemRequestOptions { IfMatchEtag = upserted.ETag });
        Check.Equal("a replace holds", 5, replaced.Resource.Size);

        ItemResponse<Thing> patched = await container.PatchItemAsync<Thing>(
            "1",
            key,
            [PatchOperation.Increment("/size", 2), PatchOperation.Add("/tags/-", "y"), PatchOperation.Set("/kind", "rich"), PatchOperation.Remove("/tags/0")]);
        Check.Equal("a patch adds", 7, patched.Resource.Size);
        Check.Sequence("a patch changes arrays", ["y"], patched.Resource.Tags);
        await Check.Fails(
            "a patch's condition is kept",
            HttpStatusCode.PreconditionFailed,
            () => container.PatchItemAsync<Thing>("1", key, [PatchOperation.Set("/size", 0)], new PatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.size > 100" }));

        ItemResponse<Thing> silent = await container.UpsertItemAsync(thing with { Id = "3" }, key, new ItemRequestOptions { EnableContentResponseOnWrite = false });
        Check.True("a write without content answers nothing", silent.Resource is null);

        using ResponseMessage stream = await container.ReadItemStreamAsync("1", key, new ItemRequestOptions { ConsistencyLevel = ConsistencyLevel.Eventual });
        Check.Equal("an item is read as a stream", "rich", (string?)JObject.Parse(await new StreamReader(stream.Content).ReadToEndAsync())["kind"]);

        await container.CreateItemAsync(new { id = "keyless" });
        ItemResponse<JObject> keyless = await container.ReadItemAsync<JObject>("keyless", PartitionKey.None);
        Check.Equal("an item without a key is read", "keyless", (string?)keyless.Resource["id"]);
        await container.CreateItemAsync(new { id = "null", tenantId = (string?)null }, PartitionKey.Null);
        Check.Equal("an item whose key is null is read", HttpStatusCode.OK, (await container.ReadItemAsync<JObject>("null", PartitionKey.Null)).StatusCode);
        await container.CreateItemAsync(new { id = "é à+…&", tenantId = "été" }, new PartitionKey("été"));
        Check.Equal("ids and keys of any letters", HttpStatusCode.OK, (await container.ReadItemAsync<JObject>("é à+…&", new PartitionKey("été"))).StatusCode);

        await ReadMany(container);
        await Hierarchical(database);

        Check.Equal("an item is deleted", HttpStatusCode.NoContent, (await container.DeleteItemAsync<Thing>("2", key)).StatusCode);
        await Check.Fails("a deleted item is gone", HttpStatusCode.NotFound, () => container.DeleteItemAsync<Thing>("2", key));
        using ResponseMessage emptied = await container.DeleteAllItemsByPartitionKeyStreamAsync(key);
        Check.Equal("a logical partition is deleted", HttpStatusCode.OK, emptied.StatusCode);
        await Check.Fails("its items are gone", HttpStatusCode.NotFound, () => container.ReadItemAsync<Thing>("1", key));
        await container.DeleteContainerAsync();

        container = await database.CreateContainerAsync("items", "/tenantId");
        await Check.Fails("a container made anew begins a session anew", HttpStatusCode.NotFound, () => container.ReadItemAsync<Thing>("1", key), substatus: 0);
        await container.DeleteContainerAsync();
    }

    static async Task ReadMany(Container container)
    {
        List<(string, PartitionKey)> wanted = [];
        for (int number = 0; number < 40; number += 1)
        {
            Thing thing = new() { Id = $"many-{number}", TenantId = $"tenant-{number % 13}", Size = number };
            await container.CreateItemAsync(thing);
            wanted.Add((thing.Id, new PartitionKey(thing.TenantId)));
        }
        wanted.Add(("absent", new PartitionKey("tenant-1")));
        FeedResponse<Thing> found = await container.ReadManyItemsAsync<Thing>(wanted);
        Check.Sequence("many items are read by id and key", Enumerable.Range(0, 40), found.Select(thing => thing.Size).Order());
        FeedResponse<Thing> one = await container.ReadManyItemsAsync<Thing>([("many-7", new PartitionKey("tenant-7"))]);
        Check.Equal("one of many is read", 7, one.Single().Size);
    }

    static async Task Hierarchical(Database database)
    {
        Container container = await database.CreateContainerAsync(new ContainerProperties("levels", ["/tenantId", "/userId", "/id"]), 20_000);
        foreach (string tenant in new[] { "a", "b" })
            foreach (string user in new[] { "u", "v" })
                for (int number = 0; number < 3; number += 1)
                    await container.CreateItemAsync(new { id = $"{tenant}{user}{number}", tenantId = tenant, userId = user, number });
        PartitionKey whole = new PartitionKeyBuilder().Add("a").Add("u").Add("au1").Build();
        Check.Equal("an item is read by a hierarchical key", 1, (int?)(await container.ReadItemAsync<JObject>("au1", whole)).Resource["number"]);
        PartitionKey prefix = new PartitionKeyBuilder().Add("a").Build();
        List<JObject> ofTenant = await Resources.List(container.GetItemQueryIterator<JObject>("SELECT * FROM c ORDER BY c.id", requestOptions: new QueryRequestOptions { PartitionKey = prefix }));
        Check.Sequence("a query by the prefix of a key", ["au0", "au1", "au2", "av0", "av1", "av2"], ofTenant.Select(found => (string?)found["id"]));
        FeedResponse<JObject> many = await container.ReadManyItemsAsync<JObject>([("au1", whole), ("bv2", new PartitionKeyBuilder().Add("b").Add("v").Add("bv2").Build())]);
        Check.Equal("many items are read by hierarchical keys", 2, many.Count);
        await container.DeleteContainerAsync();
    }
}
