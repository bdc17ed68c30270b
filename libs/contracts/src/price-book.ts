import { z } from 'zod'

/** Price of one meter: `amountNano` nano-units of the currency per `perQuantity` of the meter's smallest unit. */
export const MeterPrice = z.object({
  meter: z.string(),
  unit: z.string(),
  perQuantity: z.int().positive(),
  amountNano: z.int().nonnegative(),
})
/** Price of one meter. */
export type MeterPrice = z.infer<typeof MeterPrice>

/** All prices of one version. */
export const PriceBook = z.object({
  version: z.int().positive(),
  currency: z.string().length(3),
  prices: z.array(MeterPrice),
})
/** All prices of one version. */
export type PriceBook = z.infer<typeof PriceBook>

/** The price book that ships, so that figures are never empty. US dollars; a nano-dollar is 1e-9 dollar. */
export const demoPriceBook: PriceBook = {
  version: 1,
  currency: 'USD',
  prices: [
    { meter: 'media.probes', unit: 'count', perQuantity: 1, amountNano: 10_000 },
    { meter: 'image.pixels', unit: 'pixel', perQuantity: 1_000_000, amountNano: 20_000 },
    { meter: 'image.placeholders', unit: 'count', perQuantity: 1, amountNano: 5_000 },
    { meter: 'video.encode.sd', unit: 'ms', perQuantity: 60_000, amountNano: 4_000_000 },
    { meter: 'video.encode.hd', unit: 'ms', perQuantity: 60_000, amountNano: 8_000_000 },
    { meter: 'video.encode.uhd', unit: 'ms', perQuantity: 60_000, amountNano: 16_000_000 },
    { meter: 'audio.encode', unit: 'ms', perQuantity: 60_000, amountNano: 500_000 },
    { meter: 'video.package', unit: 'ms', perQuantity: 60_000, amountNano: 200_000 },
  ],
}
