import { decodeJwt } from 'jose/jwt/decode'

import { unauthorized } from '../errors.ts'

/**
 * Checks the form and the times of an Entra ID (Azure AD) token. Who signed it is not checked: nothing here could, offline.
 * @throws ServiceError 401
 */
export function checkEntraToken(token: string, nowSeconds: number): void {
  const { exp, nbf } = decode(token)
  if (exp === undefined || exp <= nowSeconds)
    throw unauthorized('The Microsoft Entra token has expired, or does not tell when it does.')
  if (nbf !== undefined && nbf > nowSeconds) throw unauthorized('The Microsoft Entra token is not valid yet.')
}

function decode(token: string): ReturnType<typeof decodeJwt> {
  try {
    return decodeJwt(token)
  } catch {
    throw unauthorized('The Microsoft Entra token is not a JSON web token.')
  }
}
