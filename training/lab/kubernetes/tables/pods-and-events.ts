import { ageOf } from '../durations.ts'
import { count, list, text } from '../fields.ts'
import { summarizePod } from '../pod-status.ts'
import { columns, nameOf, none, type KindTable } from './kind-table.ts'

const subjectKinds: Readonly<Record<string, string>> = { HorizontalPodAutoscaler: 'horizontalpodautoscaler' }

/** Printers of pods and events. */
export const podTables: Readonly<Record<string, KindTable>> = {
  Pod: {
    columns: columns(['Name', 'Ready', 'Status', 'Restarts', 'Age'], ['IP', 'Node', 'Nominated Node', 'Readiness Gates']),
    cells: (pod, { age, now }) => {
      const { ready, containers, status, restarts, lastRestart } = summarizePod(pod)
      const since = restarts > 0 && lastRestart ? ` (${ageOf(lastRestart, now)} ago)` : ''
      return [
        nameOf(pod), `${ready}/${containers}`, status, `${restarts}${since}`, age,
        text(pod, 'status', 'podIP') || none, text(pod, 'spec', 'nodeName') || none, text(pod, 'status', 'nominatedNodeName') || none, none,
      ]
    },
  },
  Event: {
    columns: columns(['Last Seen', 'Type', 'Reason', 'Object'], ['Subobject', 'Source']).concat([{ name: 'Message' }], columns([], ['First Seen', 'Count', 'Name'])),
    cells: (event, { now }) => {
      const subject = text(event, 'involvedObject', 'kind') || text(event, 'regarding', 'kind')
      const name = text(event, 'involvedObject', 'name') || text(event, 'regarding', 'name')
      const first = text(event, 'firstTimestamp') || text(event, 'deprecatedFirstTimestamp') || text(event, 'eventTime')
      const last = text(event, 'series', 'lastObservedTime') || text(event, 'lastTimestamp') || text(event, 'deprecatedLastTimestamp') || first
      const component = text(event, 'source', 'component') || text(event, 'deprecatedSource', 'component') || text(event, 'reportingComponent') || text(event, 'reportingController')
      const host = text(event, 'source', 'host') || text(event, 'deprecatedSource', 'host') || text(event, 'reportingInstance')
      return [
        ageOf(last, now), text(event, 'type'), text(event, 'reason'), `${subjectKinds[subject] ?? subject.toLowerCase()}/${name}`,
        text(event, 'involvedObject', 'fieldPath') || text(event, 'regarding', 'fieldPath'), host ? `${component}, ${host}` : component,
        (text(event, 'message') || text(event, 'note')).trim(), ageOf(first, now), count(event, ['series', 'count'], count(event, ['count'], count(event, ['deprecatedCount'], 1))), nameOf(event),
      ]
    },
  },
  ReplicationController: {
    columns: columns(['Name', 'Desired', 'Current', 'Ready', 'Age']),
    cells: (object, { age }) => [nameOf(object), count(object, ['spec', 'replicas']), count(object, ['status', 'replicas']), count(object, ['status', 'readyReplicas']), age],
  },
  ControllerRevision: {
    columns: columns(['Name', 'Controller', 'Revision', 'Age']),
    cells: (object, { age }) => {
      const [owner] = list(object, 'metadata', 'ownerReferences')
      return [nameOf(object), owner ? `${text(owner, 'kind').toLowerCase()}.apps/${text(owner, 'name')}` : none, count(object, ['revision']), age]
    },
  },
}
