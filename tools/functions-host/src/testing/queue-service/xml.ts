import { XMLParser } from 'fast-xml-parser'

import { ServiceError } from './service-error.ts'

/** Elements by name: text, elements, or a list of either. */
export interface XmlElements {
  readonly [name: string]: XmlContent | readonly XmlContent[]
}

type XmlContent = string | XmlElements

const parser = new XMLParser({ ignoreDeclaration: true, parseTagValue: false, trimValues: false })

/** Writes one document. */
export function toXml(document: XmlElements): string {
  return `<?xml version="1.0" encoding="utf-8"?>${writeElements(document)}`
}

function writeElements(elements: XmlElements): string {
  return Object.entries(elements)
    .flatMap(([name, content]) =>
      (Array.isArray(content) ? content : [content]).map((one) => `<${name}>${writeContent(one)}</${name}>`),
    )
    .join('')
}

function writeContent(content: XmlContent): string {
  return typeof content === 'string' ? escapeText(content) : writeElements(content)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Reads what is within the root element of this name. @throws ServiceError when it is no XML, or has another root */
export function readXml(text: string, root: string): XmlElements {
  const element = parse(text)[root]
  // The parser reads what is cut off as if it had ended there.
  const isWhole = [`</${root}>`, '/>'].some((end) => text.trimEnd().endsWith(end))
  if (!isWhole || element === undefined || Array.isArray(element))
    throw new ServiceError('InvalidXmlDocument')
  // An element that holds text alone, such as the white space of none.
  return typeof element === 'string' ? {} : (element as XmlElements)
}

function parse(text: string): XmlElements {
  try {
    return parser.parse(text) as XmlElements
  } catch {
    throw new ServiceError('InvalidXmlDocument')
  }
}
