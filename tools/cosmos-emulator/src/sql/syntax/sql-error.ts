import { ServiceError } from '../../errors.ts'

/** 400 for a query: code as the service's (SC1001 syntax, SC2001 name, SC2005 function, ...), and where it stands. */
export function sqlError(
  code: string,
  message: string,
  location?: { start: number; end: number },
): ServiceError {
  const error = {
    severity: 'Error',
    ...(location ? { location: { start: location.start, end: location.end } } : {}),
    code,
    message,
  }
  return new ServiceError(400, 'BadRequest', `Message: ${JSON.stringify({ errors: [error] })}`)
}

/** SC1001: the text does not parse at this token. */
export function syntaxError(near: string, location: { start: number; end: number }): ServiceError {
  return sqlError('SC1001', `Syntax error, incorrect syntax near '${near}'.`, location)
}

/** SC1002: the text ends where more is needed. */
export function unexpectedEnd(at: number): ServiceError {
  return sqlError('SC1002', 'Syntax error, unexpected end-of-file.', { start: at, end: at })
}

/** 400 for a query, of the few errors that the service sends without a code and a place. */
export function plainSqlError(message: string): ServiceError {
  const text = JSON.stringify({ errors: [{ severity: 'Error', message }] })
  return new ServiceError(400, 'BadRequest', `Message: ${text}`)
}
