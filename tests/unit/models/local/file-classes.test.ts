import { describe, expect, it } from 'vitest'
import { fileClassOf, fileClasses } from '../../../../src/adapters/models/local/file-classes.ts'
import type { FileClass } from '../../../../src/adapters/models/local/file-classes.ts'

const examples: Readonly<Record<FileClass, readonly string[]>> = {
  documentation: ['README.md', 'docs/limits.yaml', 'LICENSE', '.gitignore', '.github/pull_request_template.md'],
  test: ['tests/unit/cart.ts', 'src/cart.test.ts', 'spec/cart_spec.rb', 'src/__tests__/cart.js'],
  text: ['locales/de.json', 'src/i18n/messages.ts', 'public/logo.svg', 'app/page.css'],
  schema: ['supabase/migrations/20260301_limits.sql', 'db/migrate.sql', 'prisma/schema.prisma'],
  build: ['Dockerfile', 'services/api/package.json', 'go.sum', '.github/workflows/ci.yml', 'Cargo.lock', 'tsconfig.build.json'],
  setting: ['k8s/api/deployment.yaml', 'src/config/pool.ts', 'src/limits.ts', '.env', 'infra/main.tf', 'app.json'],
  code: ['src/cart.ts', 'cmd/server/main.go', 'src/latest/contest.ts', 'src/configure.ts', 'src/documents.ts', 'README.ts', ''],
}

describe('the class of a file', () => {
  it.each(fileClasses)('is %s by its path', (name) => {
    expect(examples[name].map((path) => [path, fileClassOf(path)])).toEqual(examples[name].map((path) => [path, name]))
  })

  it('is the same in small and capital letters', () => {
    expect([fileClassOf('docs/Guide.MD'), fileClassOf('db/INIT.SQL'), fileClassOf('dockerfile')]).toEqual(['documentation', 'schema', 'build'])
  })
})
