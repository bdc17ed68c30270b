/** Cache for ever: the address names one content. */
export const immutable = 'public, max-age=31536000, immutable'

/** Cache-Control of an image: for ever when the address names the version that it answers with, else for a minute. */
export function imageCacheControl(askedVersion: string | null, contentKey: string | undefined): string {
  return askedVersion && contentKey?.startsWith(askedVersion) && askedVersion.length >= 8
    ? immutable
    : 'public, max-age=60'
}

/** Cache-Control of a file of a package: manifests change when a job runs again, segments only with the operation's version. */
export function playbackCacheControl(file: string): string {
  return /\.(m3u8|mpd)$/.test(file) ? 'public, max-age=10' : 'public, max-age=3600'
}
