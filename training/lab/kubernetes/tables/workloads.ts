import { ageOf, shortDuration } from '../durations.ts'
import { count, field, list, record, text } from '../fields.ts'
import { columns, containerCells, mapCell, nameOf, none, selectorCell, type KindTable } from './kind-table.ts'

const template = ['Containers', 'Images', 'Selector']

function templateCells(object: unknown): [string, string, string] {
  return [...containerCells(field(object, 'spec', 'template')), selectorCell(field(object, 'spec', 'selector'))]
}

function jobStatus(job: unknown): string {
  const has = (type: string): boolean => list(job, 'status', 'conditions').some((condition) => text(condition, 'type') === type && text(condition, 'status') === 'True')
  const state = [['Complete', 'Complete'], ['Failed', 'Failed'], ['Suspended', 'Suspended'], ['FailureTarget', 'FailureTarget'], ['SuccessCriteriaMet', 'SuccessCriteriaMet']].find(([type = '']) => has(type))
  if (state) return state[1] ?? ''
  return field(job, 'metadata', 'deletionTimestamp') === undefined ? 'Running' : 'Terminating'
}

/** One metric of an autoscaler as `current/target`, as its table shows it. */
function targetCell(metric: unknown, current: unknown): string {
  const type = text(metric, 'type')
  const inner = `${type.charAt(0).toLowerCase()}${type.slice(1)}`
  const [now, wanted] = [field(current, inner, 'current'), field(metric, inner, 'target')]
  const name = text(metric, inner, 'name')
  const utilization = text(wanted, 'averageUtilization')
  if (utilization) {
    const reached = text(now, 'averageUtilization')
    return `${name}: ${reached ? `${reached}%` : '<unknown>'}/${utilization}%`
  }
  const value = text(wanted, 'averageValue') || text(wanted, 'value')
  const reached = text(now, 'averageValue') || text(now, 'value') || '<unknown>'
  return `${name ? `${name}: ` : ''}${reached}/${value}${text(wanted, 'averageValue') && type !== 'Resource' ? ' (avg)' : ''}`
}

function targetsCell(autoscaler: unknown): string {
  const metrics = list(autoscaler, 'spec', 'metrics')
  const currents = list(autoscaler, 'status', 'currentMetrics')
  const simple = text(autoscaler, 'spec', 'targetCPUUtilizationPercentage')
  if (metrics.length === 0 && simple) {
    const reached = text(autoscaler, 'status', 'currentCPUUtilizationPercentage')
    return `cpu: ${reached ? `${reached}%` : '<unknown>'}/${simple}%`
  }
  return metrics.map((metric, index) => targetCell(metric, currents[index])).join(', ') || none
}

/** Printers of what runs pods. */
export const workloadTables: Readonly<Record<string, KindTable>> = {
  Deployment: {
    columns: columns(['Name', 'Ready', 'Up-to-date', 'Available', 'Age'], template),
    cells: (object, { age }) => [
      nameOf(object), `${count(object, ['status', 'readyReplicas'])}/${count(object, ['spec', 'replicas'], 1)}`,
      count(object, ['status', 'updatedReplicas']), count(object, ['status', 'availableReplicas']), age, ...templateCells(object),
    ],
  },
  ReplicaSet: {
    columns: columns(['Name', 'Desired', 'Current', 'Ready', 'Age'], template),
    cells: (object, { age }) => [
      nameOf(object), count(object, ['spec', 'replicas'], 1), count(object, ['status', 'replicas']), count(object, ['status', 'readyReplicas']), age, ...templateCells(object),
    ],
  },
  StatefulSet: {
    columns: columns(['Name', 'Ready', 'Age'], ['Containers', 'Images']),
    cells: (object, { age }) => [nameOf(object), `${count(object, ['status', 'readyReplicas'])}/${count(object, ['spec', 'replicas'], 1)}`, age, ...containerCells(field(object, 'spec', 'template'))],
  },
  DaemonSet: {
    columns: columns(['Name', 'Desired', 'Current', 'Ready', 'Up-to-date', 'Available', 'Node Selector', 'Age'], template),
    cells: (object, { age }) => [
      nameOf(object), ...['desiredNumberScheduled', 'currentNumberScheduled', 'numberReady', 'updatedNumberScheduled', 'numberAvailable'].map((key) => count(object, ['status', key])),
      mapCell(record(object, 'spec', 'template', 'spec', 'nodeSelector')), age, ...templateCells(object),
    ],
  },
  Job: {
    columns: columns(['Name', 'Status', 'Completions', 'Duration', 'Age'], template),
    cells: (object, { age, now }) => {
      const [start, end] = [text(object, 'status', 'startTime'), text(object, 'status', 'completionTime')]
      const spent = end ? shortDuration(Date.parse(end) - Date.parse(start)) : ageOf(start, now)
      return [nameOf(object), jobStatus(object), `${count(object, ['status', 'succeeded'])}/${count(object, ['spec', 'completions'], 1)}`, start ? spent : '', age, ...templateCells(object)]
    },
  },
  CronJob: {
    columns: columns(['Name', 'Schedule', 'Timezone', 'Suspend', 'Active', 'Last Schedule', 'Age'], template),
    cells: (object, { age, now }) => {
      const last = text(object, 'status', 'lastScheduleTime')
      return [
        nameOf(object), text(object, 'spec', 'schedule'), text(object, 'spec', 'timeZone') || none, field(object, 'spec', 'suspend') === true ? 'True' : 'False',
        list(object, 'status', 'active').length, last ? ageOf(last, now) : none, age, ...containerCells(field(object, 'spec', 'jobTemplate', 'spec', 'template')), selectorCell(field(object, 'spec', 'jobTemplate', 'spec', 'selector')),
      ]
    },
  },
  HorizontalPodAutoscaler: {
    columns: columns(['Name', 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age']),
    cells: (object, { age }) => [
      nameOf(object), `${text(object, 'spec', 'scaleTargetRef', 'kind')}/${text(object, 'spec', 'scaleTargetRef', 'name')}`, targetsCell(object),
      text(object, 'spec', 'minReplicas') || '<unset>', count(object, ['spec', 'maxReplicas']), count(object, ['status', 'currentReplicas']), age,
    ],
  },
  PodDisruptionBudget: {
    columns: columns(['Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions', 'Age']),
    cells: (object, { age }) => [
      nameOf(object), text(object, 'spec', 'minAvailable') || 'N/A', text(object, 'spec', 'maxUnavailable') || 'N/A', count(object, ['status', 'disruptionsAllowed']), age,
    ],
  },
}
