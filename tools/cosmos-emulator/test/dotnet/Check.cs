using System.Net;
using Microsoft.Azure.Cosmos;

/// <summary>Says what was shown, or ends the program with what was seen instead.</summary>
static class Check
{
    static int shown;

    /// <summary>How many things have been shown.</summary>
    public static int Shown => shown;

    public static void Equal<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"{what}: expected {expected}, got {actual}");
        shown += 1;
        Console.WriteLine($"ok {what}");
    }

    public static void Sequence<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual) =>
        Equal(what, string.Join(", ", expected), string.Join(", ", actual));

    public static void True(string what, bool holds) => Equal(what, true, holds);

    /// <summary>The call must fail with this status, and with this sub-status where one is given.</summary>
    public static async Task Fails(string what, HttpStatusCode status, Func<Task> call, int? substatus = null)
    {
        try
        {
            await call();
        }
        catch (CosmosException error)
        {
            Equal(what, status, error.StatusCode);
            if (substatus is int wanted) Equal($"{what} (sub-status)", wanted, error.SubStatusCode);
            return;
        }
        throw new InvalidOperationException($"{what}: expected {status}, but the call succeeded");
    }
}
