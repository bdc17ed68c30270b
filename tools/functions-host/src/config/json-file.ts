import { readFileSync } from 'node:fs'

import { HostError } from '../errors.ts'
import { JsonSection } from './json-section.ts'

/** Texts stay as they are, so that what looks like a comment inside of one is none. */
const textsAndComments = /"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[^]*?\*\//g
const textsAndLastCommas = /"(?:\\.|[^"\\\n])*"|,(?=\s*[}\]])/g

/** Reads a JSON file that may hold comments and commas behind the last item, as Azure's tools do. @throws HostError naming file and place */
export function readJsonFile(file: string): JsonSection {
  let value: unknown
  try {
    value = JSON.parse(toStrictJson(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new HostError(`${file} is not valid JSON: ${(error as Error).message}`)
  }
  return JsonSection.of(value, file)
}

/** Comments and last commas become spaces, so that an error still names the right line. */
function toStrictJson(text: string): string {
  const blank = (part: string): string => (part.startsWith('"') ? part : part.replaceAll(/[^\n]/g, ' '))
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll(textsAndComments, blank)
    .replaceAll(textsAndLastCommas, blank)
}
