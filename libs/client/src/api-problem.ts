import type { ProblemBody } from '@zoetrope/contracts'

/** An answer of the API that is not a success; `problem` is its `application/problem+json` body. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly problem: ProblemBody

  constructor(problem: ProblemBody) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`)
    this.status = problem.status
    this.problem = problem
  }
}

/** Says whether this is an answer of the API with one of these codes. */
export function isApiProblem(thrown: unknown, ...codes: readonly string[]): thrown is ApiProblem {
  return thrown instanceof ApiProblem && (codes.length === 0 || codes.includes(thrown.problem.code))
}
