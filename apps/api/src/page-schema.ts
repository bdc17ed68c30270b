import type { Page } from '@zoetrope/contracts'
import { z } from 'zod'

/** A page of a list, for /openapi.json. */
export function pageSchema(item: z.ZodType): z.ZodType {
  return z.object({ data: z.array(item), nextCursor: z.string().optional() })
}

/** The page with each of its items turned into what the API shows. */
export function mapPage<T, U>(page: Page<T>, show: (item: T) => U): Page<U> {
  return { ...page, data: page.data.map(show) }
}
