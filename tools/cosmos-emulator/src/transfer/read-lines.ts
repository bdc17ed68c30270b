/** More than a document of 2 MB takes, escaped. */
const longestLineBytes = 16 * 1024 * 1024

/** A line of a text, and which one it is: the first is 1. */
export interface NumberedLine {
  number: number
  text: string
}

/** The lines of a stream of UTF-8, empty ones left out. @throws Error for a line that is longer than 16 MB */
export async function* readLines(source: AsyncIterable<Buffer>): AsyncGenerator<NumberedLine> {
  let number = 0
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of source) {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      number += 1
      const text = Buffer.concat([...rest, chunk.subarray(from, end)])
        .toString('utf8')
        .trim()
      rest = []
      restBytes = 0
      from = end + 1
      if (text !== '') yield { number, text }
    }
    rest.push(chunk.subarray(from))
    restBytes += chunk.length - from
    if (restBytes > longestLineBytes) throw new Error(`Line ${number + 1} is longer than 16 MB.`)
  }
  const text = Buffer.concat(rest).toString('utf8').trim()
  if (text !== '') yield { number: number + 1, text }
}
