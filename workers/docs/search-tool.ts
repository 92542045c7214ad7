import { z } from 'zod'
import { defineTool } from '../kit/define-tool.ts'
import { limitField } from '../kit/window.ts'
import type { DocsClient } from './client.ts'
import { HitResult, docsOperations, hitsAnswer } from './hits.ts'
import { pageKinds } from './markdown.ts'
import type { PageKind } from './markdown.ts'

/** A search over the pages of one kind, or over all of them; `what` is one such page in words. */
export function searchTool({ kind, what, ...named }: { name: string; title: string; useWhen: string; kind: PageKind | undefined; what: string }) {
  const input = z.object({ query: z.string().min(2).max(400).describe('Words of the symptom; exact names and messages help'), limit: limitField(6, 20) })
  return defineTool<DocsClient>()({
    ...named,
    input,
    output: z.object({ hits: z.array(HitResult) }),
    operations: docsOperations,
    run: async ({ query, limit }, { client, clock }) => {
      const library = await client.library()
      const hits = library.search(query, { kinds: kind === undefined ? pageKinds : [kind], limit: limit + 1 })
      return { ...hitsAnswer(hits.slice(0, limit), query, what, { library, now: clock.now() }), truncated: hits.length > limit }
    },
  })
}
