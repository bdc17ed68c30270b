import type { Figure } from './bench.ts'

/** One of those who are compared: each call measures one sample, in the figure's unit. */
export interface Contender {
  readonly name: string
  sample(): Promise<number>
}

/** Samples of each contender; samples of the same place were measured one right after the other. */
export type PairedSamples = ReadonlyMap<string, readonly number[]>

/** How contenders are measured. */
export interface PairedRounds {
  readonly rounds: number
  /** Rounds before these whose samples are thrown away; 1 unless told. */
  readonly warmUpRounds?: number
  /** Told of a sample that failed: true goes on without that contender and its samples. Unless told, a failure ends all. */
  readonly leavesOut?: (name: string, error: unknown) => boolean
}

/**
 * Measures contenders in interleaved rounds, so that whatever else the machine does falls on all of them. Every other round
 * runs backwards. @throws what a sample throws, unless its contender is left out
 */
export async function measurePaired(
  contenders: readonly Contender[],
  { rounds, warmUpRounds = 1, leavesOut = () => false }: PairedRounds,
): Promise<PairedSamples> {
  const samples = new Map(contenders.map(({ name }): [string, number[]] => [name, []]))
  const sampleOf = async (contender: Contender): Promise<number | undefined> => {
    try {
      return await contender.sample()
    } catch (error) {
      if (!leavesOut(contender.name, error)) throw error
      samples.delete(contender.name)
      return undefined
    }
  }
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      if (!samples.has(contender.name)) continue
      const value = await sampleOf(contender)
      if (value !== undefined && round >= 0) samples.get(contender.name)?.push(value)
    }
  }
  return samples
}

/** The figure of one contender (ours) beside another (the peer). */
export function toFigure(
  samples: PairedSamples,
  names: { readonly ours: string; readonly peer: string },
  about: Pick<Figure, 'measure' | 'unit' | 'target'>,
): Figure {
  const ours = samples.get(names.ours) ?? []
  const peer = samples.get(names.peer) ?? []
  return {
    ...about,
    ours: median(ours),
    peer: { name: names.peer, value: median(peer) },
    ratio: median(ours.map((value, index) => value / (peer[index] ?? Number.NaN))),
    samples: ours.length,
  }
}

/** The middle value; the mean of the two middle ones of an even number. @throws Error for no values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  if (upper === undefined || lower === undefined) throw new Error('A median of no values was asked for.')
  return (lower + upper) / 2
}
