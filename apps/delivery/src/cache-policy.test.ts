import { expect, it } from '@jest/globals'

import { imageCacheControl, immutable, playbackCacheControl } from './cache-policy.ts'

it('caches an image for ever only under the address that names its version', () => {
  expect(imageCacheControl('abcdef01', 'abcdef0123456789')).toBe(immutable)
  expect(imageCacheControl('abcdef02', 'abcdef0123456789')).toBe('public, max-age=60')
  expect(imageCacheControl('', 'abcdef0123456789')).toBe('public, max-age=60')
  expect(imageCacheControl('a', 'abcdef0123456789')).toBe('public, max-age=60')
  expect(imageCacheControl(null, undefined)).toBe('public, max-age=60')
})

it('caches manifests shortly and segments longer', () => {
  expect(playbackCacheControl('master.m3u8')).toBe('public, max-age=10')
  expect(playbackCacheControl('manifest.mpd')).toBe('public, max-age=10')
  expect(playbackCacheControl('video/seg-1.m4s')).toBe('public, max-age=3600')
})
