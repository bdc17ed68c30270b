using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Scripts;
using User = Microsoft.Azure.Cosmos.User;

/// <summary>Stored procedures, triggers and functions of the user, and what a user with a permission may do.</summary>
static class ScriptsAndUsers
{
    public static async Task Run(Database database)
    {
        Container container = await database.CreateContainerAsync(new ContainerProperties("scripts", "/tenantId"), 20_000);
        for (int number = 1; number <= 3; number += 1)
            await container.CreateItemAsync(new Thing { Id = $"{number}", TenantId = number == 3 ? "b" : "a", Size = number });
        await Scripts(container);
        await Users(database, container);
        await container.DeleteContainerAsync();
    }

    static async Task Scripts(Container container)
    {
        Microsoft.Azure.Cosmos.Scripts.Scripts scripts = container.Scripts;
        await scripts.CreateStoredProcedureAsync(new StoredProcedureProperties(
            "count",
            """
            function (prefix) {
              const context = getContext()
              context.getCollection().queryDocuments(context.getCollection().getSelfLink(), 'SELECT VALUE c.size FROM c', (error, sizes) => {
                if (error) throw error
                context.getResponse().setBody(prefix + sizes.length)
              })
            }
            """));
        StoredProcedureExecuteResponse<string> counted = await scripts.ExecuteStoredProcedureAsync<string>("count", new PartitionKey("a"), ["found "]);
        Check.Equal("a stored procedure sees its partition", "found 2", counted.Resource);

        await scripts.CreateUserDefinedFunctionAsync(new UserDefinedFunctionProperties { Id = "twice", Body = "function (size) { return size * 2 }" });
        Check.Sequence("a function in a query", [2, 4, 6], await Resources.List(container.GetItemQueryIterator<int>("SELECT VALUE udf.twice(c.size) FROM c ORDER BY c.size")));

        await scripts.CreateTriggerAsync(new TriggerProperties
        {
            Id = "stamp",
            TriggerType = TriggerType.Pre,
            TriggerOperation = TriggerOperation.Create,
            Body = "function () { const request = getContext().getRequest(); const body = request.getBody(); body.kind = 'stamped'; request.setBody(body) }",
        });
        ItemResponse<Thing> stamped = await container.CreateItemAsync(new Thing { Id = "4", TenantId = "a" }, requestOptions: new() { PreTriggers = ["stamp"] });
        Check.Equal("a trigger before a write", "stamped", stamped.Resource.Kind);
        Check.Sequence("stored procedures are listed", ["count"], (await Resources.List(scripts.GetStoredProcedureQueryIterator<StoredProcedureProperties>())).Select(found => found.Id));
        await scripts.DeleteStoredProcedureAsync("count");
        await Check.Fails("a deleted one is gone", HttpStatusCode.NotFound, () => scripts.ReadStoredProcedureAsync("count"));
    }

    static async Task Users(Database database, Container container)
    {
        User user = await database.CreateUserAsync("reader");
        PermissionResponse permission = await user.CreatePermissionAsync(new PermissionProperties("may-read", PermissionMode.Read, container));
        using CosmosClient client = new(database.Client.Endpoint.ToString(), permission.Resource.Token, new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true });
        Container seen = client.GetContainer(database.Id, container.Id);
        Check.Equal("a permission lets read", 1, (await seen.ReadItemAsync<Thing>("1", new PartitionKey("a"))).Resource.Size);
        await Check.Fails("a permission to read is none to write", HttpStatusCode.Forbidden, () => seen.CreateItemAsync(new Thing { Id = "5", TenantId = "a" }));
        await user.DeleteAsync();
    }
}
