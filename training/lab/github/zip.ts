import { crc32 } from 'node:zlib'

const localHeader = 0x04_03_4b_50
const centralHeader = 0x02_01_4b_50
const endOfDirectory = 0x06_05_4b_50
const version = 20
/** Names are UTF-8. */
const flags = 0x08_00
/** 1 January 1980, the first day the format knows: the same files always give the same bytes. */
const date = 0x00_21

interface ZipFile {
  readonly name: string
  readonly text: string
}

function bytes(...fields: readonly (readonly [size: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [size]) => sum + size, 0))
  let offset = 0
  for (const [size, value] of fields) offset = buffer.writeUIntLE(value, offset, size)
  return buffer
}

/** A zip archive of text files, stored uncompressed (PKWARE's APPNOTE, 4.3). */
export function zip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const [name, content] = [Buffer.from(file.name), Buffer.from(file.text)]
    const described = [[2, flags], [2, 0], [2, 0], [2, date], [4, crc32(content)], [4, content.length], [4, content.length], [2, name.length], [2, 0]] as const
    const local = Buffer.concat([bytes([4, localHeader], [2, version], ...described), name, content])
    directory.push(bytes([4, centralHeader], [2, version], [2, version], ...described, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), name)
    parts.push(local)
    offset += local.length
  }
  const index = Buffer.concat(directory)
  return Buffer.concat([...parts, index, bytes([4, endOfDirectory], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, index.length], [4, offset], [2, 0])])
}
