import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { ANYTHING, type ImportRule, importRules } from './import-rules.ts'
import { findCycles } from './import-cycles.ts'
import { lineAt, type Problem, readSourceFiles, reportProblems, type SourceFile } from './source-files.ts'

/** One import of a file: what it names, where, and whether it costs anything at load time. */
interface Import {
  readonly specifier: string
  readonly line: number
  /** A static import or re-export of values: loads its target with the file. */
  readonly eager: boolean
}

const DRAWERS = /(?:^|\/)(?:utils?|helpers?|common|shared|misc)(?:\/|\.ts$)/
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|suite|config))?\.ts$/

/**
 * Holds the files against the import table and the rules on the house's shape (no cycles, no barrels, no drawers).
 * Takes every file at once, paths from the root; returns one problem per breach, in file order.
 */
export function checkImports(files: readonly SourceFile[], rules: readonly ImportRule[] = importRules): Problem[] {
  const parsed = files.map((file) => ({ file, imports: readImports(file) }))
  const directions = parsed.flatMap(({ file, imports }) => checkDirections(file, imports, rules))
  const shapes = files.flatMap(checkShape)
  const graph = new Map(parsed.map(({ file, imports }) => [file.path, localTargets(file.path, imports)]))
  return [...directions, ...shapes, ...checkCycles(graph)]
}

function checkDirections(file: SourceFile, imports: readonly Import[], rules: readonly ImportRule[]): Problem[] {
  const rule = rules.find((candidate) => matches(candidate.of, file.path))
  if (!rule) {
    const message = 'stands in no row of the import table: move it, or give its folder a row in scripts/import-rules.ts'
    return [{ path: file.path, line: 1, message }]
  }
  return imports.flatMap((found) => {
    const message = refusal(file.path, found, rule)
    return message ? [{ path: file.path, line: found.line, message }] : []
  })
}

/** Why `path` may not do this import, as a sentence with the way out; undefined when it may. */
function refusal(path: string, found: Import, rule: ImportRule): string | undefined {
  const { specifier } = found
  if (rule.lazily && found.eager && !isBuiltin(specifier) && !rule.lazily.eager.includes(packageName(specifier))) {
    return `imports ${specifier} eagerly: use \`await import("${specifier}")\` inside the command that needs it (types may stay)`
  }
  if (isBuiltin(specifier)) {
    if (rule.node !== false) return undefined
    return `imports ${specifier}: ${rule.of} does no I/O; take what you need as a parameter, or move the code to an adapter`
  }
  if (!isLocal(specifier)) {
    if (rule.vendors.some((vendor) => matchesVendor(vendor, packageName(specifier)))) return undefined
    return `imports ${specifier}: ${rule.of} may import from npm only ${rule.vendors.join(', ')}; wrap it where that vendor is at home`
  }
  const target = resolveLocal(path, specifier)
  if (!target.endsWith('.ts'))
    return rule.node === false ? `imports the file ${target}: ${rule.of} reads no files` : undefined
  if (isSamePlace(rule.of, path, target) || rule.may.some((place) => matches(place, target))) return undefined
  const allowed = rule.may.length > 0 ? `only itself, ${rule.may.join(', ')}` : 'only itself'
  return `imports ${target}: ${rule.of} may import ${allowed}; pass it in as a parameter, or move the shared word to src/core`
}

function checkShape(file: SourceFile): Problem[] {
  const name = posix.basename(file.path)
  const problem = (message: string): Problem => ({ path: file.path, line: 1, message })
  const problems: Problem[] = []
  if (name === 'index.ts')
    problems.push(
      problem('is a barrel by name: import from the file that has the thing, and name this one after its content'),
    )
  else if (isBarrel(file))
    problems.push(problem('only re-exports: delete it and import from the files that have the things'))
  if (DRAWERS.test(file.path)) problems.push(problem('is a drawer: name the file after the one thing in it'))
  if (!KEBAB_CASE.test(name)) problems.push(problem('has no kebab-case name: rename it, e.g. guarded-fetch.ts'))
  return problems
}

function isBarrel(file: SourceFile): boolean {
  const { body } = parseSync(file.path, file.text).program
  const reexports = body.filter(
    (node) => node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node.source !== null),
  )
  const rest = body.filter((node) => !reexports.includes(node) && node.type !== 'ImportDeclaration')
  return reexports.length > 0 && rest.length === 0
}

function checkCycles(graph: ReadonlyMap<string, readonly string[]>): Problem[] {
  return findCycles(graph).map((cycle) => ({
    path: cycle[0] ?? '',
    line: 1,
    message: `is in a cycle: ${[...cycle, cycle[0]].join(' → ')}; move what both need to a third file`,
  }))
}

/** Every import of a file: static, re-export, dynamic with a literal, and `import("x").Type`. */
function readImports(file: SourceFile): Import[] {
  const { program, errors } = parseSync(file.path, file.text)
  const [error] = errors
  if (error) throw new Error(`${file.path} does not parse (${error.message}): fix the syntax, then check again`)
  const found: Import[] = []
  const add = (specifier: unknown, offset: number, eager: boolean): void => {
    if (typeof specifier === 'string') found.push({ specifier, line: lineAt(file.text, offset), eager })
  }
  new Visitor({
    ImportDeclaration: (node) => add(node.source.value, node.start, node.importKind !== 'type'),
    ExportAllDeclaration: (node) => add(node.source.value, node.start, node.exportKind !== 'type'),
    ExportNamedDeclaration: (node) => add(node.source?.value, node.start, node.exportKind !== 'type'),
    ImportExpression: (node) => add(node.source.type === 'Literal' ? node.source.value : undefined, node.start, false),
    TSImportType: (node) => add(node.source.value, node.start, false),
  }).visit(program)
  return found
}

function localTargets(path: string, imports: readonly Import[]): string[] {
  return imports.filter(({ specifier }) => isLocal(specifier)).map(({ specifier }) => resolveLocal(path, specifier))
}

function isLocal(specifier: string): boolean {
  return specifier.startsWith('.')
}

function resolveLocal(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier)
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function matchesVendor(vendor: string, name: string): boolean {
  return vendor === ANYTHING || vendor === name || (vendor.endsWith('/*') && name.startsWith(vendor.slice(0, -1)))
}

/** Whether a path lies in a place: a folder (`src/core/`), folders by pattern (`*` in it) or one file. */
function matches(place: string, path: string): boolean {
  return placePattern(place).test(path)
}

/** Whether the target is in the same place as the importer; for a pattern, in the same one of its folders. */
function isSamePlace(place: string, path: string, target: string): boolean {
  const own = placePattern(place).exec(path)?.[0]
  return own !== undefined && (own.endsWith('/') ? target.startsWith(own) : target === own)
}

function placePattern(place: string): RegExp {
  const pattern = place.replaceAll('.', '\\.').replaceAll('*', '[^/]+')
  return new RegExp(`^${pattern}${place.endsWith('/') ? '' : '$'}`)
}

if (import.meta.main) {
  const files = readSourceFiles()
  reportProblems(checkImports(files), `imports: ${files.length} files keep to the table in scripts/import-rules.ts`)
}
