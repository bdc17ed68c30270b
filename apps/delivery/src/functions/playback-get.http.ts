import { err, idSchema, PlaybackDocument } from '@zoetrope/contracts'
import { z } from 'zod'

import { playbackCacheControl } from '../cache-policy.ts'
import { edge } from '../edge.ts'
import { serveRendition } from '../serve-rendition.ts'

/** A file inside a package: folders and names of safe characters, no way out. */
const PackageFile = z
  .string()
  .max(300)
  .regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/)

/** `GET /p/{playbackId}/{*file}`: playlists, manifest and segments of a package. */
export const getPlayback = edge.http({
  name: 'playback-get',
  methods: ['GET', 'HEAD'],
  route: 'p/{playbackId}/{*file}',
  auth: 'none',
  summary: 'Playback: `master.m3u8`, `manifest.mpd` and what they name.',
  params: z.object({ playbackId: idSchema('pbk'), file: PackageFile }),
  handle: async ({ params, request }, deps) => {
    const playback = await deps.store.playback.read(PlaybackDocument, [params.playbackId], params.playbackId)
    if (playback?.state !== 'active' || !playback.prefix || playback.policy !== 'public')
      throw err('PLAYBACK_NOT_FOUND')
    return serveRendition(
      deps.renditions,
      `${playback.prefix}/${params.file}`,
      request,
      playbackCacheControl(params.file),
    )
  },
})
