@export()
@description('Instances of a Flex Consumption app.')
type appSize = {
  @description('Memory of an instance, MB: with it go 0.25, 1 or 2 processors.')
  instanceMemoryMB: 512 | 2048 | 4096
  @description('Most instances at once. A subscription may run 250 processors in a region.')
  @minValue(40)
  @maxValue(1000)
  maximumInstanceCount: int
  @description('Instances that always run, by group of functions (`http`, `durable`, `function:<name>`); two at least where zone redundant. Billed while idle.')
  alwaysReady: { name: string, instanceCount: int }[]
  @description('HTTP requests that an instance takes at once; null: the service decides by memory.')
  httpConcurrency: int?
}

@description('An app that has no size of its own.')
var usualSize = { instanceMemoryMB: 2048, maximumInstanceCount: 40, alwaysReady: [] }

// Two image processes of 1.5 GiB, or two media processes, are at work in one instance: they have 4 GB.
var sizes = {
  api: union(usualSize, { httpConcurrency: 32 })
  delivery: union(usualSize, { httpConcurrency: 16 })
  images: union(usualSize, { instanceMemoryMB: 4096 })
  video: union(usualSize, { instanceMemoryMB: 4096 })
}

@export()
@description('Size of an app: what was chosen for it, else its own here, else the usual one.')
func sizeOf(app string, chosen { *: appSize }) appSize => chosen[?app] ?? sizes[?app] ?? usualSize
