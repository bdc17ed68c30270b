import { badRequest } from '../errors.ts'

/** Cuts a path into decoded parts; doubled and trailing slashes mean nothing. @throws ServiceError 400 */
export function pathSegments(path: string): string[] {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map((part) => decodeURIComponent(part))
  } catch {
    throw badRequest(`The path '${path}' is not properly encoded.`)
  }
}
