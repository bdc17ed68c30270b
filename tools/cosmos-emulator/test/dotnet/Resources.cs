using System.Net;
using Microsoft.Azure.Cosmos;

/// <summary>Databases, containers and their throughput.</summary>
static class Resources
{
    public static async Task Run(Database database)
    {
        CosmosClient client = database.Client;
        DatabaseResponse again = await client.CreateDatabaseIfNotExistsAsync(database.Id);
        Check.Equal("a database that exists is found", HttpStatusCode.OK, again.StatusCode);
        await Check.Fails("a database's id is taken once", HttpStatusCode.Conflict, () => client.CreateDatabaseAsync(database.Id));

        Database other = await client.CreateDatabaseAsync("shared-throughput", 500);
        Check.Equal<int?>("a database's throughput is read", 500, await other.ReadThroughputAsync());
        Check.Sequence("databases are listed", ["shared-throughput", "smoke"], (await List(client.GetDatabaseQueryIterator<DatabaseProperties>())).Select(found => found.Id).Order());
        Check.Sequence(
            "databases are queried",
            ["smoke"],
            (await List(client.GetDatabaseQueryIterator<DatabaseProperties>(new QueryDefinition("SELECT * FROM c WHERE c.id = @id").WithParameter("@id", "smoke")))).Select(found => found.Id));
        await other.DeleteAsync();

        ContainerProperties wanted = new("rich", ["/tenantId", "/userId", "/session"])
        {
            DefaultTimeToLive = 3600,
            IndexingPolicy = new IndexingPolicy
            {
                CompositeIndexes = { new() { new() { Path = "/kind" }, new() { Path = "/size", Order = CompositePathSortOrder.Descending } } },
            },
            UniqueKeyPolicy = new UniqueKeyPolicy { UniqueKeys = { new UniqueKey { Paths = { "/name" } } } },
        };
        ContainerResponse made = await database.CreateContainerAsync(wanted, ThroughputProperties.CreateManualThroughput(20_000));
        Check.Equal("a container is made", HttpStatusCode.Created, made.StatusCode);
        Container container = made.Container;
        Check.Equal("throughput decides the physical partitions", 4, (await container.GetFeedRangesAsync()).Count);

        ContainerProperties read = await container.ReadContainerAsync();
        Check.Sequence("hierarchical keys are kept", ["/tenantId", "/userId", "/session"], read.PartitionKeyPaths);
        Check.Equal("time to live is kept", 3600, read.DefaultTimeToLive);
        Check.Equal("unique keys are kept", "/name", read.UniqueKeyPolicy.UniqueKeys[0].Paths[0]);
        Check.Equal("composite indexes are kept", CompositePathSortOrder.Descending, read.IndexingPolicy.CompositeIndexes[0][1].Order);

        read.DefaultTimeToLive = -1;
        ContainerProperties replaced = await container.ReplaceContainerAsync(read);
        Check.Equal("a container is replaced", -1, replaced.DefaultTimeToLive);

        Check.Equal<int?>("stored throughput is read", 20_000, await container.ReadThroughputAsync());
        ThroughputResponse raised = await container.ReplaceThroughputAsync(24_000);
        Check.Equal<int?>("throughput is replaced", 24_000, raised.Resource.Throughput);
        Check.Equal<int?>("replaced throughput is read", 24_000, (await container.ReadThroughputAsync(new RequestOptions())).Resource.Throughput);

        Container automatic = await database.CreateContainerAsync(new ContainerProperties("automatic", "/id"), ThroughputProperties.CreateAutoscaleThroughput(4000));
        Check.Equal<int?>("autoscale throughput is read", 4000, (await automatic.ReadThroughputAsync(new RequestOptions())).Resource.AutoscaleMaxThroughput);
        Check.Equal<int?>(
            "autoscale throughput is replaced",
            8000,
            (await automatic.ReplaceThroughputAsync(ThroughputProperties.CreateAutoscaleThroughput(8000))).Resource.AutoscaleMaxThroughput);

        Check.Sequence("containers are listed", ["automatic", "rich"], (await List(database.GetContainerQueryIterator<ContainerProperties>())).Select(found => found.Id).Order());
        ContainerResponse found = await database.CreateContainerIfNotExistsAsync("automatic", "/id");
        Check.Equal("a container that exists is found", HttpStatusCode.OK, found.StatusCode);
        await automatic.DeleteContainerAsync();
        await container.DeleteContainerAsync();
        await Check.Fails("a deleted container is gone", HttpStatusCode.NotFound, () => container.ReadContainerAsync());
    }

    /// <summary>Every page of an iterator, to its end.</summary>
    public static async Task<List<T>> List<T>(FeedIterator<T> iterator)
    {
        List<T> found = [];
        while (iterator.HasMoreResults) found.AddRange(await iterator.ReadNextAsync());
        return found;
    }
}
