import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { byteSize, percent } from '../amounts.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { readIfAllowed } from '../read-if-allowed.ts'

const Util = z.object({ metrics: z.object({ fs_size_bytes: z.number(), fs_used_bytes: z.number() }) })
const Readonly = z.object({ enabled: z.boolean(), override_enabled: z.boolean().nullish() })
const Autoscale = z.object({ max_size_gb: z.number().nullish() })
const Disk = z.object({
  totalBytes: z.number().nullable(), usedBytes: z.number().nullable(), readOnly: z.boolean().nullable().describe('null: unknown'), readOnlyOverridden: z.boolean(), growsToGb: z.number().nullable(),
})
type Disk = z.infer<typeof Disk>

export const diskUsage = defineTool<SupabaseClient>()({
  name: 'supabase_disk_usage',
  title: 'Disk space, and whether the database refuses writes',
  useWhen: 'Use when writes fail ("cannot execute INSERT in a read-only transaction", "no space left on device"): disk used and total, read-only mode, how far the disk grows by itself.',
  input: z.object({}),
  output: Disk,
  operations: [operations.disk, operations.readonly, operations.diskAutoscale],
  async run(_args, { client }) {
    // Each needs a permission of its own; one of the first two is enough for an answer.
    const readonly = client.get('/readonly', Readonly)
    const [util, autoscale] = await Promise.all([readIfAllowed(client.get('/config/disk/util', Util)), readIfAllowed(client.get('/config/disk/autoscale', Autoscale)), readonly.catch(() => null)])
    const mode = util === null ? await readonly : await readIfAllowed(readonly)
    const disk: Disk = {
      totalBytes: util?.metrics.fs_size_bytes ?? null, usedBytes: util?.metrics.fs_used_bytes ?? null, readOnly: mode?.enabled ?? null,
      readOnlyOverridden: mode?.override_enabled ?? false, growsToGb: autoscale?.max_size_gb ?? null,
    }
    const signals = diskSignals(disk, client.ref)
    return {
      structured: disk,
      text: [
        `disk: ${spaceText(disk)}${disk.growsToGb === null ? '' : `; grows by itself up to ${disk.growsToGb} GB`}`,
        `read-only: ${disk.readOnly === null ? 'unknown' : disk.readOnly ? 'yes, every write is refused' : 'no'}${disk.readOnlyOverridden ? ' (overridden for a while by somebody)' : ''}`,
      ].join('\n'),
      entities: [{ kind: 'database', value: client.ref }],
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `The database takes writes; its disk: ${spaceText(disk)}.`)],
      links: [client.link('Disk in Supabase', 'settings/compute-and-disk')],
    }
  },
})

function shareOf({ usedBytes, totalBytes }: Disk): number | null {
  return usedBytes === null || totalBytes === null || totalBytes === 0 ? null : usedBytes / totalBytes
}

function spaceText(disk: Disk): string {
  const share = shareOf(disk)
  return share === null ? 'unknown' : `${byteSize(disk.usedBytes ?? 0)} of ${byteSize(disk.totalBytes ?? 0)} used (${percent(share)})`
}

function diskSignals(disk: Disk, database: string): Signal[] {
  const about = [{ kind: 'database' as const, value: database }]
  const share = shareOf(disk) ?? 0
  return [
    ...(disk.readOnly === true ? [makeSignal('state', 3, `The database is read-only: every write is refused (disk ${spaceText(disk)}).`, { about })] : []),
    // Supabase makes a project read-only at 95%.
    ...(disk.readOnly !== true && share >= 0.85 ? [makeSignal('state', share >= 0.95 ? 3 : 2, `The database’s disk is nearly full: ${spaceText(disk)}.`, { about })] : []),
  ]
}
