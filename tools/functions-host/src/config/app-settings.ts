/** Settings of an app: what its process gets as environment. */
export type AppSettings = Readonly<Record<string, string | undefined>>
