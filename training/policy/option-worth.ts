import type { Decision, ReportPart } from '../../src/adapters/models/local/head.ts'
import type { Answer } from '../../src/core/task.ts'
import { isCulprit, states } from '../grade.ts'
import { normalise } from '../grading/normalise.ts'

/** What a statement that adds nothing costs: the room it takes, and the chance to say something wrong. */
const costOfStatement = 0.02
const costOfForbidden = 0.3
/** What it costs to stop while another statement would bring a required fact. */
const costOfStopping = 0.1

/** Judges parts of reports by the grader's own checks; remembers its judgement of a text. */
export interface OptionJudge {
  /**
   * For each decision in order, what each of its options would have earned there; undefined for one without options, and for those
   * after a wrong verdict or culprit: then nothing can be earned any more.
   */
  worth(decisions: readonly Decision[]): (readonly number[] | undefined)[]
  /** The option of a verdict or of a culprit that is right; undefined when none is, and for other choices. */
  right(decision: Decision): number | undefined
}

interface Statement {
  readonly required: readonly string[]
  readonly forbidden: boolean
}

/**
 * A judge for one answer. A report's named checks can be asked of each of its parts alone: is this the culprit, which required facts
 * does this line state, is one of them forbidden? So the worth of every option of a choice is known, not only of the one drawn.
 */
export function createOptionJudge(answer: Answer): OptionJudge {
  const statements = new Map<string, Statement>()
  const culprits = new Map<string, boolean>()
  const read = (text: string): Statement => {
    const known = statements.get(text)
    if (known) return known
    const said = normalise(text)
    const read = { required: answer.required.filter((fact) => states(fact, said)).map(({ id }) => id), forbidden: answer.forbidden.some((fact) => states(fact, said)) }
    statements.set(text, read)
    return read
  }
  const blames = (name: string): boolean => {
    const known = culprits.get(name) ?? (answer.verdict === 'root_cause' && isCulprit({ name }, answer))
    culprits.set(name, known)
    return known
  }
  const worthOf = (option: ReportPart, stated: ReadonlySet<string>): number => {
    if (option.part === 'stop') return 0
    if (option.part === 'verdict') return option.verdict === answer.verdict && (answer.culprit === null || option.among.some(blames)) ? 1 : 0
    if (option.part === 'culprit') return blames(option.text) ? 1 : 0
    const { required, forbidden } = read(option.text)
    return required.filter((id) => !stated.has(id)).length / answer.required.length - (forbidden ? costOfForbidden : 0) - costOfStatement * (option.text.length / 200)
  }
  return {
    worth: (decisions) => {
      const stated = new Set<string>()
      let lost = false
      return decisions.map(({ options, chosen }) => {
        const alone = lost ? undefined : options?.map((option) => worthOf(option, stated))
        const more = alone?.some((worth) => worth > 0) ?? false
        const worths = alone?.map((worth, index) => (more && options?.[index]?.part === 'stop' ? -costOfStopping : worth))
        const taken = options?.[chosen]
        if (taken && 'text' in taken) for (const id of read(taken.text).required) stated.add(id)
        lost ||= taken !== undefined && decides(taken) && worthOf(taken, stated) === 0
        return worths
      })
    },
    right: ({ options = [] }) => {
      const index = options.findIndex((option) => decides(option) && worthOf(option, new Set()) === 1)
      return index < 0 ? undefined : index
    },
  }
}

/** Whether an option is a verdict or a culprit: right or wrong, and the whole report with it. */
function decides({ part }: ReportPart): boolean {
  return part === 'verdict' || part === 'culprit'
}
