/**
 * Reads the reviews that Go clients post as protobuf: an envelope (`k8s\0`, then runtime.Unknown whose field 2 is the object) around
 * messages whose fields are all length-delimited. Field numbers: Kubernetes' authorization/v1 generated.proto.
 */
type Fields = ReadonlyMap<number, Uint8Array>

const magic = [0x6b, 0x38, 0x73, 0x00]

/** The length-delimited fields of a message by number, the last of each; undefined when the bytes are no such message. */
function fieldsOf(bytes: Uint8Array): Fields | undefined {
  const fields = new Map<number, Uint8Array>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at] ?? 0
      at += 1
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    return value
  }
  while (at < bytes.length) {
    const tag = varint()
    const [number, wire] = [tag >> 3, tag & 7]
    const length = varint()
    if (wire === 0) continue
    if (wire !== 2 || at + length > bytes.length) return undefined
    fields.set(number, bytes.subarray(at, at + length))
    at += length
  }
  return fields
}

function named(bytes: Uint8Array | undefined, names: Readonly<Record<number, string>>): Record<string, string> | undefined {
  const fields = bytes && fieldsOf(bytes)
  if (!fields) return undefined
  return Object.fromEntries([...fields].flatMap(([number, value]) => (names[number] === undefined ? [] : [[names[number], new TextDecoder().decode(value)]])))
}

/** The body of a review, from protobuf or JSON, as its JSON form; null when it is neither. */
export function readReview(body: Uint8Array): unknown {
  if (!magic.every((byte, index) => body[index] === byte)) {
    try {
      return JSON.parse(new TextDecoder().decode(body))
    } catch {
      return null
    }
  }
  const object = fieldsOf(body.subarray(magic.length))?.get(2)
  const spec = object && fieldsOf(object)?.get(2)
  const parts = spec && fieldsOf(spec)
  const resourceAttributes = named(parts?.get(1), { 1: 'namespace', 2: 'verb', 3: 'group', 4: 'version', 5: 'resource', 6: 'subresource', 7: 'name' })
  const nonResourceAttributes = named(parts?.get(2), { 1: 'path', 2: 'verb' })
  return { spec: { ...(resourceAttributes && { resourceAttributes }), ...(nonResourceAttributes && { nonResourceAttributes }) } }
}
