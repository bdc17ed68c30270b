using Newtonsoft.Json;

/// <summary>The document that most steps store.</summary>
record Thing
{
    [JsonProperty("id")]
    public required string Id { get; init; }

    [JsonProperty("tenantId")]
    public required string TenantId { get; init; }

    [JsonProperty("kind")]
    public string Kind { get; init; } = "plain";

    [JsonProperty("size")]
    public int Size { get; init; }

    [JsonProperty("tags")]
    public string[] Tags { get; init; } = [];

    [JsonProperty("_etag", NullValueHandling = NullValueHandling.Ignore)]
    public string? ETag { get; init; }
}
