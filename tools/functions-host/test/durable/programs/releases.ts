/** Holds what is about to end, and lets it go in an order that follows from a seed: one at a time, or all in one turn. */
export class Releases {
  readonly #random: () => number
  readonly #held: (() => void)[] = []
  #isPumping = false

  constructor(random: () => number) {
    this.#random = random
  }

  async hold(): Promise<void> {
    const released = new Promise<void>((resolve) => this.#held.push(resolve))
    if (!this.#isPumping) void this.#pump()
    await released
  }

  async #pump(): Promise<void> {
    this.#isPumping = true
    while (this.#held.length > 0) {
      const turns = Math.floor(this.#random() * 6)
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      const count = this.#random() < 0.3 ? this.#held.length : 1
      for (let index = 0; index < count; index++) takeAny(this.#held, this.#random)?.()
    }
    this.#isPumping = false
  }
}

/** Takes one of them away. */
function takeAny<Each>(from: Each[], random: () => number): Each | undefined {
  return from.splice(Math.floor(random() * from.length), 1)[0]
}
