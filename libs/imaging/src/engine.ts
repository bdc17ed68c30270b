import sharp from 'sharp'

// Loaders by name, so that nothing else of libvips is ever reached by a file: no SVG (it refers to other files and
// hosts), no PDF, no ImageMagick.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegFile',
    'VipsForeignLoadPngFile',
    'VipsForeignLoadWebpFile',
    'VipsForeignLoadNsgifFile',
    'VipsForeignLoadTiffFile',
    'VipsForeignLoadHeifFile',
  ],
})
// A child sees each file once: a cache would only hold memory.
sharp.cache(false)

export type { Sharp } from 'sharp'
export { sharp }
