import { isId } from '@zoetrope/contracts'

/** x */
export const a = isId('x')
