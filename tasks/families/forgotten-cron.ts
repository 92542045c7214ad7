import type { Answer } from '../../src/core/task.ts'
import { fact, id, rootCause } from '../../training/lab/world-builder/answer.ts'
import type { WorldBuilder } from '../../training/lab/world-builder/builder.ts'
import { defineFamily, type Story } from '../../training/lab/world-builder/family.ts'
import { after, before, ticks } from '../../training/lab/world-builder/moments.ts'
import type { Release, Service } from '../../training/lab/world-builder/service-record.ts'

const WORKERS = ['jobs-worker', 'task-runner', 'queue-worker', 'background-jobs'] as const
/** The Railway service with the test schedule, and what the schedule enqueues. */
const LEFTOVERS = [
  ['cron-test', 'print_hello'],
  ['hello-cron', 'print_hello'],
  ['tmp-schedule', 'print_hello'],
] as const
/** A schedule that is wanted, with a name that looks alike. */
const WANTED = [
  ['cron-labels', 'print_labels'],
  ['label-cron', 'print_label_batch'],
  ['cron-receipts', 'print_receipts'],
] as const
const VICTIMS = ['send_invoice_reminders', 'close_business_day', 'send_weekly_digest'] as const
const LIMIT = 5000
const EVERY_MINUTES = 5

const files = (wanted: string, victim: string, leftover: string | null): Record<string, string> => ({
  'jobs/registry.py': `from jobs import billing, printing\n\nREGISTRY = {\n    "${victim}": billing.${victim},\n    "${wanted}": printing.${wanted},\n${leftover === null ? '' : `    "${leftover}": printing.${leftover},\n`}}\n\n\ndef find(name):\n    return REGISTRY.get(name)\n`,
  'jobs/printing.py': `from jobs.labels import render\n\n\ndef ${wanted}():\n    return render("today")\n${leftover === null ? '' : `\n\ndef ${leftover}():\n    print("hello from the scheduler")\n`}`,
  'jobs/queue.py': `from jobs.db import connect\n\nMAX_RUNS = ${LIMIT}\n\n\nclass QueueFull(Exception):\n    pass\n\n\ndef enqueue(function, queue="default"):\n    with connect() as db:\n        held = db.count_open(queue)\n        if held >= MAX_RUNS:\n            raise QueueFull(f'queue "{queue}" holds {held} of {MAX_RUNS} runs; refused {function}')\n        return db.insert_run(queue, function)\n`,
  'jobs/worker.py':
    'from jobs import registry\nfrom jobs.log import log\n\nRETRY_SECONDS = 3600\n\n\ndef work(run):\n    function = registry.find(run.function)\n    if function is None:\n        # A newer release may know it: keep the run and look again later.\n        log.warning("run=%s fn=%s not registered, retry in %ss", run.id, run.function, RETRY_SECONDS)\n        return run.retry_later(RETRY_SECONDS)\n    return function()\n',
})

interface Cast {
  readonly worker: Service
  readonly cron: Service
  readonly leftover: string
  readonly wantedCron: Service
  readonly wanted: string
  readonly victim: string
  readonly onset: string
}

function setUp(builder: WorldBuilder): Cast {
  const { random } = builder
  const [cronName, leftover] = random.pick(LEFTOVERS)
  const [wantedName, wanted] = random.pick(WANTED)
  const victim = random.pick(VICTIMS)
  const onset = builder.ago(`${random.int(32, 58)}m`)
  const worker = builder.service({
    name: random.pick(WORKERS),
    description: 'Takes runs from the job queue and executes them.',
    runs: 'railway',
    platform: 'python',
    files: files(wanted, victim, leftover),
    memoryMb: 2048,
    startCommand: 'python -m jobs.worker',
  })
  const cronService = (name: string, fn: string, schedule: string, createdAt: string): Service =>
    builder.service({
      name,
      description: `Enqueues ${fn}.`,
      runs: 'railway',
      platform: 'python',
      sentry: false,
      cron: schedule,
      createdAt,
      startCommand: `python -m jobs.enqueue ${fn}`,
      dependsOn: [worker.name],
      files: {
        'railway.json': `${JSON.stringify({ deploy: { cronSchedule: schedule, startCommand: `python -m jobs.enqueue ${fn}`, restartPolicyType: 'NEVER' } }, null, 2)}\n`,
      },
    })
  const cron = cronService(cronName, leftover, `*/${EVERY_MINUTES} * * * *`, builder.daysAgo(160))
  const wantedCron = cronService(wantedName, wanted, '15 * * * *', builder.daysAgo(300))
  builder.deploy(worker, { at: builder.daysAgo(44) })
  builder.deploy(cron, { at: builder.daysAgo(53) })
  builder.deploy(wantedCron, { at: builder.daysAgo(58) })
  // As many days ago as the leftover schedule needs to fill the queue.
  const cleaned = before(onset, '17d9h')
  builder.commit(worker.name, {
    at: before(cleaned, '20m'),
    message: 'Remove the example job',
    pull: 'Remove the example job',
    files: {
      'jobs/registry.py': files(wanted, victim, null)['jobs/registry.py'] ?? '',
      'jobs/printing.py': files(wanted, victim, null)['jobs/printing.py'] ?? '',
    },
  })
  builder.deploy(worker, { at: cleaned })
  builder.company({ since: '2h', railway: 2, kubernetes: 2 })
  return { worker, cron, leftover, wantedCron, wanted, victim, onset }
}

function database(builder: WorldBuilder, { leftover, wanted, victim, onset }: Cast): void {
  const table =
    'create table public.job_runs (id bigint primary key, queue text not null, function text not null, state text not null, attempts int not null default 0, error text, enqueued_at timestamptz not null)'
  const open = LIMIT - 14
  builder.migration({ at: builder.daysAgo(240), name: 'create_job_runs', statements: [table] })
  builder.sql({
    schema: `${table};\ncreate index job_runs_open on public.job_runs (queue, state, enqueued_at);`,
    data: [
      `-- Still waiting: one every ${EVERY_MINUTES} minutes, none of them ever found its function.`,
      `insert into public.job_runs\nselect 880000 + n, 'default', '${leftover}', 'retrying', least(400, (${open} - n) / 12 + 1), 'function not registered', timestamptz '${onset}' - make_interval(mins => (${open} - n) * ${EVERY_MINUTES})\nfrom generate_series(1, ${open}) as n;`,
      `insert into public.job_runs\nselect 900000 + n, 'default', '${wanted}', 'done', 1, null, timestamptz '${onset}' - make_interval(hours => n)\nfrom generate_series(1, 30) as n;`,
      `insert into public.job_runs\nselect 910000 + n, 'default', '${victim}', 'waiting', 0, null, timestamptz '${onset}' - make_interval(mins => n)\nfrom generate_series(1, 14) as n;`,
    ].join('\n'),
  })
}

function history(builder: WorldBuilder, cast: Cast): void {
  const { random } = builder
  const { worker, cron, wantedCron, leftover, wanted, victim, onset } = cast
  let run = 884_900
  for (const at of ticks(builder.ago('2h'), builder.now, `${EVERY_MINUTES}m`)) {
    const refused = at >= onset
    builder.log(cron, {
      at,
      level: refused ? 'error' : 'info',
      message: refused ? `QueueFull: queue "default" holds ${LIMIT} of ${LIMIT} runs; refused ${leftover}` : `enqueued fn=${leftover} run=${++run}`,
    })
  }
  for (const at of ticks(builder.ago('119m'), builder.now, '1h'))
    builder.log(wantedCron, {
      at,
      level: at >= onset ? 'error' : 'info',
      message: at >= onset ? `QueueFull: refused ${wanted}` : `enqueued fn=${wanted}`,
    })
  for (const at of ticks(builder.ago('2h'), builder.now, '150s', random.next)) {
    if (random.chance(0.6))
      builder.log(worker, { at, level: 'warning', message: `run=${random.int(880_001, 884_986)} fn=${leftover} not registered, retry in 3600s` })
    else
      builder.log(worker, {
        at,
        level: 'info',
        message: `run=${random.int(900_000, 909_999)} fn=${random.pick([wanted, victim])} done in ${random.int(80, 2400)}ms`,
      })
  }
  builder.log(worker, { at: before(onset, '22m'), level: 'warning', message: `queue default open=${LIMIT - 5}/${LIMIT}` })
}

function answerOf(cast: Cast, innocent: Release): Answer {
  const { worker, cron, leftover, wantedCron, wanted } = cast
  return rootCause(
    { kind: 'cronjob', name: leftover, accepts: [id(leftover), id(cron.name)], within: [id(worker.name), id('default')] },
    {
      required: [fact('function', 'the function that fills the queue', [id(leftover)])],
      forbidden: [
        fact('near-twin-function', 'the wanted schedule with a similar name', [id(wanted), id(wantedCron.name)]),
        fact('innocent-deploy', 'the newest deploy before the onset', [id(innocent.sha)]),
      ],
    },
  )
}

function tell(builder: WorldBuilder): Story {
  const cast = setUp(builder)
  const { worker, victim, onset } = cast
  const innocent = builder.innocentDeploy(worker, before(onset, '8m'))
  database(builder, cast)
  history(builder, cast)
  const times = ticks(after(onset, '20s'), builder.ago('1m'), '3m', builder.random.next)
  const value = `queue "default" holds ${LIMIT} of ${LIMIT} runs; refused ${victim}`
  const issue = builder.issue(worker, {
    type: 'QueueFull',
    value,
    where: 'jobs.queue in enqueue',
    first: times[0] ?? onset,
    last: times.at(-1) ?? onset,
    count: times.length,
    users: 0,
    priority: 'high',
    frames: [{ file: 'jobs/queue.py', line: 'raise QueueFull', fn: 'enqueue', vars: { function: victim, queue: 'default', held: LIMIT } }],
    events: times.slice(-4).map((at) => ({
      at,
      tags: { queue: 'default', function: victim },
      breadcrumbs: [{ time: at, category: 'queue', level: 'info', message: `count_open("default") -> ${LIMIT}` }],
    })),
  })
  builder.page('runbooks/job-queue.md', [
    '# Job queue',
    '',
    `One queue, at most ${LIMIT} open runs (waiting, running or retrying); the table is \`job_runs\`.`,
    '',
    '- A run whose function the release does not know is kept and tried again each hour, in case a newer release knows it.',
    '- When the queue is full, group the open runs by function before deleting anything.',
    '- Schedules are Railway cron services: their start command says what they enqueue.',
  ])
  return { asked: issue, answer: answerOf(cast, innocent) }
}

/** A schedule made to try something out fills the job queue with runs of a function that no longer exists. */
export const forgottenCron = defineFamily({
  slug: 'forgotten-cron',
  level: 'orchestrator',
  split: 'train',
  difficulty: 'medium',
  title: 'The job queue refuses work that matters',
  motivation:
    'Schedules made to try something out outlive what they called. Queues keep failed work on purpose, so a forgotten one fills them slowly and the failure appears weeks later, in another job (retries and dead letters: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html).',
  tell,
})
