import type { Probe } from '@zoetrope/av'
import type { MediaInfo, ProbeFacts } from '@zoetrope/contracts'

/** What later steps plan with. */
export function probeFacts(probed: Probe, fingerprint: string): ProbeFacts {
  const { video, audio } = probed
  return {
    fingerprint,
    mediaType: video ? 'video' : 'audio',
    durationMs: probed.durationMs,
    ...(video
      ? {
          video: {
            widthPx: video.widthPx,
            heightPx: video.heightPx,
            codec: video.codec,
            bitrateBps: video.bitrateBps,
            ...(video.frameRate ? { frameRate: video.frameRate } : {}),
          },
        }
      : {}),
    ...(audio
      ? { audio: { codec: audio.codec, channels: audio.channels, sampleRateHz: audio.sampleRateHz } }
      : {}),
  }
}

/** What an asset shows of its source. */
export function probeMedia(probed: Probe): MediaInfo {
  const { video, audio } = probed
  return {
    format: probed.container,
    durationMs: probed.durationMs,
    bitrateBps: probed.durationMs > 0 ? Math.round((probed.sizeBytes * 8000) / probed.durationMs) : 0,
    ...(video
      ? {
          widthPx: video.widthPx,
          heightPx: video.heightPx,
          frames: video.packets,
          videoCodec: video.codec,
          rotationDegrees: video.orientation.rotationDegrees,
          hdr: video.hdr,
          ...(video.frameRate ? { frameRate: video.frameRate } : {}),
        }
      : {}),
    ...(audio ? { audioCodec: audio.codec, sampleRateHz: audio.sampleRateHz, channels: audio.channels } : {}),
  }
}
