import { HostError } from '../errors.ts'

/** Arguments that a command cannot be run with: exit code 2. */
export class UsageError extends HostError {
  override readonly name = 'UsageError'
}
