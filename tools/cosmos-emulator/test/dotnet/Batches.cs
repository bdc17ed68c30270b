using System.Net;
using Microsoft.Azure.Cosmos;

/// <summary>Transactional batches and bulk: both go over the wire in binary.</summary>
static class Batches
{
    public static async Task Run(Database database)
    {
        Container container = await database.CreateContainerAsync(new ContainerProperties("batches", "/tenantId"), 20_000);
        PartitionKey key = new("a");
        Thing thing = new() { Id = "1", TenantId = "a", Size = 1 };

        using TransactionalBatchResponse made = await container.CreateTransactionalBatch(key)
            .CreateItem(thing)
            .CreateItem(thing with { Id = "2" })
            .UpsertItem(thing with { Id = "3" })
            .ReadItem("2")
            .ReplaceItem("1", thing with { Size = 10 })
            .PatchItem("3", [PatchOperation.Increment("/size", 5)])
            .DeleteItem("2")
            .ExecuteAsync();
        Check.Equal("a batch succeeds", HttpStatusCode.OK, made.StatusCode);
        Check.Sequence("each operation tells its status", [201, 201, 201, 200, 200, 200, 204], made.Select(result => (int)result.StatusCode));
        Check.Equal("an operation returns its document", 6, made.GetOperationResultAtIndex<Thing>(5).Resource.Size);
        Check.True("an operation returns its etag", made[4].ETag == (await container.ReadItemAsync<Thing>("1", key)).ETag);
        await Check.Fails("a batch deletes", HttpStatusCode.NotFound, () => container.ReadItemAsync<Thing>("2", key));

        using TransactionalBatchResponse failed = await container.CreateTransactionalBatch(key)
            .CreateItem(thing with { Id = "4" })
            .CreateItem(thing)
            .DeleteItem("3")
            .ExecuteAsync();
        Check.Equal("a failed batch tells why", HttpStatusCode.Conflict, failed.StatusCode);
        Check.Sequence("the others depend on it", [424, 409, 424], failed.Select(result => (int)result.StatusCode));
        await Check.Fails("a failed batch stores nothing", HttpStatusCode.NotFound, () => container.ReadItemAsync<Thing>("4", key));

        using TransactionalBatchResponse guarded = await container.CreateTransactionalBatch(key)
            .ReplaceItem("1", thing, new TransactionalBatchItemRequestOptions { IfMatchEtag = "\"old\"" })
            .ExecuteAsync();
        Check.Equal("an etag guards an operation", HttpStatusCode.PreconditionFailed, guarded.StatusCode);

        using CosmosClient bulk = new(database.Client.Endpoint.ToString(), Environment.GetCommandLineArgs()[2], new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            AllowBulkExecution = true,
        });
        Container many = bulk.GetContainer(database.Id, container.Id);
        IEnumerable<Thing> things = Enumerable.Range(0, 250).Select(number => new Thing { Id = $"bulk-{number}", TenantId = $"tenant-{number % 23}", Size = number });
        ItemResponse<Thing>[] stored = await Task.WhenAll(things.Select(one => many.CreateItemAsync(one, new PartitionKey(one.TenantId))));
        Check.True("bulk creates", stored.All(result => result.StatusCode == HttpStatusCode.Created));
        ItemResponse<Thing>[] read = await Task.WhenAll(things.Select(one => many.ReadItemAsync<Thing>(one.Id, new PartitionKey(one.TenantId))));
        Check.Sequence("bulk reads", things.Select(one => one.Size), read.Select(result => result.Resource.Size));
        await Check.Fails("one of a bulk fails alone", HttpStatusCode.Conflict, () => many.CreateItemAsync(things.First(), new PartitionKey("tenant-0")));
        ItemResponse<Thing>[] patched = await Task.WhenAll(things.Take(50).Select(one => many.PatchItemAsync<Thing>(one.Id, new PartitionKey(one.TenantId), [PatchOperation.Increment("/size", 1000)])));
        Check.True("bulk patches", patched.All(result => result.Resource.Size >= 1000));
        await Task.WhenAll(things.Select(one => many.DeleteItemAsync<Thing>(one.Id, new PartitionKey(one.TenantId))));
        Check.Sequence("bulk deletes", [2], await Resources.List(container.GetItemQueryIterator<int>("SELECT VALUE COUNT(1) FROM c")));
        await container.DeleteContainerAsync();
    }
}
