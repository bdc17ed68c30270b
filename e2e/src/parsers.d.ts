declare module 'm3u8-parser' {
  export class Parser {
    readonly manifest: unknown
    push(text: string): void
    end(): void
  }
}

declare module 'mpd-parser' {
  interface DashPlaylist {
    readonly segments: { resolvedUri: string; duration: number; map?: { resolvedUri: string } }[]
  }
  interface DashManifest {
    readonly playlists: DashPlaylist[]
    readonly mediaGroups?: { AUDIO?: Record<string, Record<string, { playlists?: DashPlaylist[] }>> }
  }
  export function parse(text: string, options: { manifestUri: string }): DashManifest
}
