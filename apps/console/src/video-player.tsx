import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

interface VideoPlayerProps {
  readonly url: string
  readonly posterUrl?: string | undefined
  readonly isAudio: boolean
}

/** Plays HLS: with hls.js where Media Source Extensions are there, else by the browser itself. */
export function VideoPlayer({ url, posterUrl, isAudio }: VideoPlayerProps): VNode {
  const video = useRef<HTMLVideoElement>(null)
  const [error, setError] = useState<string | undefined>()
  useEffect(() => {
    const element = video.current
    if (!element) return undefined
    let stop: (() => void) | undefined
    let isGone = false
    setError(undefined)
    const start = async (): Promise<void> => {
      // Only those who play something load the player.
      const { default: Hls } = await import('hls.js')
      if (isGone) return
      if (!Hls.isSupported()) {
        element.src = url
        return
      }
      const player = new Hls({ enableWorker: true })
      stop = () => player.destroy()
      player.on(Hls.Events.ERROR, (_event, data) => {
        if (data.fatal) setError(`It cannot be played: ${data.details}.`)
      })
      player.loadSource(url)
      player.attachMedia(element)
    }
    start().catch(() => setError('The player could not be loaded.'))
    return () => {
      isGone = true
      stop?.()
    }
  }, [url])
  return (
    <>
      <video ref={video} class={isAudio ? 'hero audio' : 'hero'} controls playsInline poster={posterUrl} />
      {error && (
        <p class="banner" role="alert">
          {error}
        </p>
      )}
    </>
  )
}
