export { isId } from './ids.ts'
