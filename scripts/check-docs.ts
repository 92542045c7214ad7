import { type Comment, type Declaration, type Directive, parseSync, type Program, type Statement } from 'oxc-parser'
import { lineAt, type Problem, readSourceFiles, reportProblems, type SourceFile } from './source-files.ts'

/** Where every exported function owes its reader a contract. */
const DOCUMENTED = /^(?:src|workers|training|tasks\/families)\//
const SHORTEST_CONTRACT = 15

/** One exported function: its name and where its export, or its declaration, begins. */
interface ExportedFunction {
  readonly name: string
  readonly start: number
}

/** The exported functions of the file (declarations and constants alike) that have no JSDoc block right above them. */
export function checkDocs(file: SourceFile): Problem[] {
  const { program, comments } = parseSync(file.path, file.text)
  return exportedFunctions(program)
    .filter(({ start }) => !hasContract(file.text, comments, start))
    .map(({ name, start }) => ({
      path: file.path,
      line: lineAt(file.text, start),
      message: `${name} has no contract: write a JSDoc block right above it saying what goes in and out (shapes, units, errors)`,
    }))
}

function exportedFunctions(program: Program): ExportedFunction[] {
  const named = new Set(program.body.flatMap(exportedNames))
  return program.body.flatMap((node) => {
    if (node.type === 'ExportNamedDeclaration' && node.declaration) return functionsOf(node.declaration, node.start)
    if (node.type === 'ExportDefaultDeclaration') {
      return isFunction(node.declaration) ? [{ name: 'the default export', start: node.start }] : []
    }
    return functionsOf(node, node.start).filter(({ name }) => named.has(name))
  })
}

/** The local names that `export { a, b }` lets out. */
function exportedNames(node: Statement | Directive): string[] {
  if (node.type !== 'ExportNamedDeclaration' || node.source) return []
  return node.specifiers.flatMap(({ local }) => (local.type === 'Identifier' ? [local.name] : []))
}

function functionsOf(declaration: Declaration | Statement | Directive, start: number): ExportedFunction[] {
  if (declaration.type === 'FunctionDeclaration') return declaration.id ? [{ name: declaration.id.name, start }] : []
  if (declaration.type !== 'VariableDeclaration') return []
  return declaration.declarations.flatMap(({ id, init }) =>
    id.type === 'Identifier' && init && isFunction(init) ? [{ name: id.name, start }] : [],
  )
}

function isFunction(node: { type: string }): boolean {
  return /^(?:ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/.test(node.type)
}

function hasContract(text: string, comments: readonly Comment[], start: number): boolean {
  const above = comments.findLast(({ end }) => end <= start)
  if (!above || above.type !== 'Block' || !above.value.startsWith('*')) return false
  const words = above.value.replaceAll(/[\s*]+/g, ' ').trim()
  return text.slice(above.end, start).trim() === '' && words.length >= SHORTEST_CONTRACT
}

if (import.meta.main) {
  const files = readSourceFiles().filter(({ path }) => DOCUMENTED.test(path))
  reportProblems(files.flatMap(checkDocs), `docs: every exported function in ${files.length} files has its contract`)
}
