import { defineConfig } from 'oxlint'
import { waivers } from './scripts/waivers.ts'

const FILE_LINES = 300
const FUNCTION_LINES = 60

/** Where the environment, stdout and the console are allowed: the edges where a process meets a person. */
const COMMAND_LINES = ['foreman.ts', 'bin/**', 'scripts/**', 'tests/setup/**', 'tests/bench/**', 'vitest.config.ts']

/** Following `any` through the code makes sense where it is typed code that answers for it. */
const anyMayFlow = {
  'typescript/no-unsafe-assignment': 'off',
  'typescript/no-unsafe-member-access': 'off',
  'typescript/no-unsafe-call': 'off',
  'typescript/no-unsafe-return': 'off',
  'typescript/no-unsafe-argument': 'off',
} as const

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  ignorePatterns: ['node_modules', '.foreman', 'coverage', 'tests/artifacts', 'deploy'],
  rules: {
    // Size: a file is one thought, a function is one screen.
    'max-lines': ['error', { max: FILE_LINES }],
    'max-lines-per-function': ['error', { max: FUNCTION_LINES, skipBlankLines: true, skipComments: true }],
    'max-depth': ['error', { max: 4 }],

    // Types that say nothing.
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/no-unsafe-function-type': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
    'typescript/only-throw-error': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/no-deprecated': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-import-type-side-effects': 'error',

    // One way in for the environment, one way out for output.
    'no-console': 'error',
    'no-restricted-properties': [
      'error',
      { object: 'process', property: 'env', message: 'Read the environment in src/config.ts and pass the value.' },
      { object: 'process', property: 'stdout', message: 'Return the text; foreman.ts prints it. Logs go to pino.' },
    ],
    'no-restricted-imports': [
      'error',
      {
        paths: ['node:process', 'process'].map((name) => ({
          name,
          message: 'Use the global `process`, so that the rules on its env and stdout can see it.',
        })),
      },
    ],

    // Habits.
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'prefer-const': 'error',
    'no-var': 'error',
    'no-param-reassign': 'error',
    'no-throw-literal': 'error',
    'no-else-return': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    'unicorn/prefer-node-protocol': 'error',
    'unicorn/no-array-for-each': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'import/no-default-export': 'error',
    'import/no-mutable-exports': 'error',
    'promise/no-multiple-resolved': 'error',

    // Right for others, noise here.
    'no-shadow': 'off', // `error` in a catch inside a function that takes an `error` reads well.
    'no-underscore-dangle': 'off', // wire formats (`_meta`, `__typename`) are spelt by others.
    'unicorn/consistent-function-scoping': 'off', // factories close over their dependencies on purpose.
    'unicorn/no-array-reverse': 'off', // as with sort, below.
    'unicorn/no-array-sort': 'off', // sorting a fresh array in place is fine; toSorted is used where it matters.
    'promise/always-return': 'off', // async functions are the norm; the rule is for chains.
    'vitest/no-conditional-tests': 'off', // a loop over rows may ask which row it is on.
    'unicorn/no-useless-spread': 'off', // a copy is what makes it safe to change a list while walking it.
    'unicorn/require-post-message-target-origin': 'off', // for windows; ours are worker threads.
    'import/no-named-as-default-member': 'off', // `pg.Pool`: CommonJS packages have no other reliable way.
    'typescript/no-unsafe-type-assertion': 'off', // the borders are parsed by schemas; generics inside need the rest.
    'typescript/no-unnecessary-type-parameters': 'off', // `get<Row>(…)` reads better than a cast at each caller.
    'typescript/no-unsafe-enum-comparison': 'off', // enums are vendors'; their wire values are plain strings.
    'typescript/unbound-method': 'off', // factories return objects of closures, which have no `this` to lose.
    'typescript/consistent-return': 'off', // tsc's noImplicitReturns knows the types.
    'vitest/no-conditional-expect': 'off', // a table of cases may expect an error of some of them.
  },
  overrides: [
    {
      files: ['src/config.ts', ...COMMAND_LINES],
      rules: { 'no-restricted-properties': 'off' },
    },
    { files: COMMAND_LINES, rules: { 'no-console': 'off' } },
    // Tools that load their configuration by its default export.
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['tests/**'],
      rules: {
        // `describe` holds a file's cases; scripts/check-tests.ts measures the functions inside it.
        'max-lines-per-function': 'off',
        // Answers read off the wire in a test are asserted on, which is their parse.
        ...anyMayFlow,
      },
    },
    // Plain JavaScript: the launcher runs before any Node that reads types is found, the page in a browser.
    { files: ['bin/**', 'training/lab/page/static/**'], rules: anyMayFlow },
    ...waivers.map((waiver) => ({
      files: [waiver.file],
      rules: Object.fromEntries(waiver.rules.map((rule) => [rule, 'off' as const])),
    })),
  ],
})
