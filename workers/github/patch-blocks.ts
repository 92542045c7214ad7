/** Lines a patch takes out and puts in at one place; `place` is what they stand in: keys of the settings around them, or a function. */
export interface PatchBlock {
  readonly place: readonly string[]
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

interface Above {
  readonly indent: number
  readonly text: string
}

const MOST_PLACES = 2
const DECLARED = /\b(?:function|def|fn|func|class|sub|job|service|resource)\s+["']?(?<name>[A-Za-z_][\w.-]*)/
const NAMING = /^(?:-\s+)?["']?(?:name|key|id|flag|slug)["']?\s*[:=]\s*["']?(?<name>[A-Za-z][\w.:/-]*)["']?,?$/
const OPENING = /^(?:-\s+)?["']?(?<name>[A-Za-z_@$][\w.:/@$ -]*?)["']?\s*[:=]\s*(?:[{[(|>][-+]?\s*)?$/
const TABLE = /^\[+(?<name>[\w.-]+)\]+$/

/** A unified patch as its changed places, in order. Source: the format of `git diff`, as GitHub sends it for one file (without file headers). */
export function patchBlocks(patch: string): PatchBlock[] {
  const blocks: (PatchBlock & { removed: string[]; added: string[] })[] = []
  let above: Above[] = []
  let hunk = ''
  let open = false
  for (const line of patch.split('\n')) {
    const header = /^@@[^@]*@@ ?(.*)$/.exec(line)
    if (header !== null) {
      ;[above, hunk, open] = [[], header[1] ?? '', false]
      continue
    }
    const [sign, text] = [line[0] ?? ' ', line.slice(1)]
    if (sign !== '+' && sign !== '-') {
      open = false
    } else if (text.trim() !== '') {
      if (!open) blocks.push({ place: placeOf(above, indentOf(text), hunk), removed: [], added: [] })
      open = true
      blocks.at(-1)?.[sign === '-' ? 'removed' : 'added'].push(text.trim())
    }
    if (sign !== '-' && sign !== '\\' && text.trim() !== '') above.push({ indent: indentOf(text), text: text.trim() })
  }
  return blocks
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length
}

/** What the line at this indent stands in, outermost first: a line that names its neighbours, lines that open what is around, the hunk's function. */
function placeOf(above: readonly Above[], indent: number, hunk: string): string[] {
  const places: string[] = []
  let level = indent
  for (const line of above.toReversed()) {
    const name = line.indent <= level ? NAMING.exec(line.text)?.groups?.['name'] : undefined
    const around = line.indent < level ? (OPENING.exec(line.text) ?? TABLE.exec(line.text) ?? DECLARED.exec(line.text))?.groups?.['name'] : undefined
    const table = line.indent === level && line.indent === 0 ? TABLE.exec(line.text)?.groups?.['name'] : undefined
    const found = name ?? around ?? table
    if (found !== undefined && !places.includes(found)) places.unshift(found)
    level = Math.min(level, line.indent)
    if (places.length === MOST_PLACES) return places
  }
  const declared = DECLARED.exec(hunk)?.groups?.['name']
  return places.length === 0 && declared !== undefined ? [declared] : places
}
