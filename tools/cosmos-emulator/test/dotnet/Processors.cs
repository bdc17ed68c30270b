using System.Collections.Concurrent;
using Microsoft.Azure.Cosmos;

/// <summary>Change feed processors: several instances share the physical partitions by leases.</summary>
static class Processors
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task Run(Database database)
    {
        Container container = await database.CreateContainerAsync(new ContainerProperties("processed", "/tenantId"), 20_000);
        Container leases = await database.CreateContainerAsync("leases", "/id");
        await Store(container, 0, 20);

        ConcurrentDictionary<string, string> seen = new();
        ConcurrentDictionary<string, bool> owners = new();
        ChangeFeedProcessor[] instances = [.. new[] { "first", "second" }.Select(name => Build(container, leases, name, seen))];
        foreach (ChangeFeedProcessor instance in instances) await instance.StartAsync();
        await Until("a processor gives what was there", () => seen.Count == 20);
        await Store(container, 20, 40);
        await Until("a processor gives what comes", () => seen.Count == 40);
        await Until("instances share the partitions", async () =>
            (await Resources.List(leases.GetItemQueryIterator<string>("SELECT DISTINCT VALUE c.Owner FROM c WHERE IS_STRING(c.Owner)"))).Count == 2);
        await instances[0].StopAsync();
        await Store(container, 40, 60);
        await Until("one goes on for the other", () => seen.Count == 60);
        await instances[1].StopAsync();

        ChangeFeedEstimator estimator = container.GetChangeFeedEstimator("smoke", leases);
        await Store(container, 60, 65);
        Check.True("an estimator tells that changes wait", await Lag(estimator) >= 5);

        ChangeFeedProcessor resumed = Build(container, leases, "third", seen);
        await resumed.StartAsync();
        await Until("a later instance goes on where they stopped", () => seen.Count == 65);
        await Until("an estimator tells that none waits", async () => await Lag(estimator) == 0);
        await resumed.StopAsync();
        await leases.DeleteContainerAsync();
        await container.DeleteContainerAsync();
    }

    public static ChangeFeedProcessor Build(Container container, Container leases, string name, ConcurrentDictionary<string, string> seen) =>
        container
            .GetChangeFeedProcessorBuilder<Thing>("smoke", (_, changes, _) =>
            {
                foreach (Thing thing in changes) seen[thing.Id] = name;
                return Task.CompletedTask;
            })
            .WithInstanceName(name)
            .WithLeaseContainer(leases)
            .WithStartTime(DateTime.MinValue.ToUniversalTime())
            .WithPollInterval(TimeSpan.FromMilliseconds(100))
            .WithLeaseConfiguration(acquireInterval: TimeSpan.FromMilliseconds(200), expirationInterval: TimeSpan.FromSeconds(3), renewInterval: TimeSpan.FromMilliseconds(500))
            .Build();

    static async Task<long> Lag(ChangeFeedEstimator estimator) =>
        (await Resources.List(estimator.GetCurrentStateIterator())).Sum(state => state.EstimatedLag);

    public static async Task Store(Container container, int from, int to)
    {
        for (int number = from; number < to; number += 1)
            await container.CreateItemAsync(new Thing { Id = $"{number}", TenantId = $"tenant-{number}", Size = number });
    }

    public static Task Until(string what, Func<bool> holds) => Until(what, () => Task.FromResult(holds()));

    public static async Task Until(string what, Func<Task<bool>> holds)
    {
        for (DateTime end = DateTime.UtcNow + Patience; DateTime.UtcNow < end; await Task.Delay(50))
        {
            if (!await holds()) continue;
            Check.True(what, true);
            return;
        }
        throw new TimeoutException(what);
    }
}
