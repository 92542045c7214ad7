import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { entityField } from '../../kit/window.ts'
import type { DocsClient } from '../client.ts'
import { HitResult, docsOperations, hitsAnswer } from '../hits.ts'

const MOST_HITS = 10

/** Where the documents name an exact code, error type, setting or other string. */
export const lookupErrorCode = defineTool<DocsClient>()({
  name: 'docs_lookup_error_code',
  title: 'Look up an exact code or name',
  useWhen: 'Use when you have an exact error code, error type, setting or message and want every place that names it.',
  input: z.object({ code: entityField('error_code', 'Exact string; letter case is ignored') }),
  output: z.object({ hits: z.array(HitResult) }),
  operations: docsOperations,
  run: async ({ code }, { client, clock }) => {
    const library = await client.library()
    const hits = library.exact(code.trim())
    return { ...hitsAnswer(hits.slice(0, MOST_HITS), code, 'document', { library, now: clock.now() }), truncated: hits.length > MOST_HITS }
  },
})
