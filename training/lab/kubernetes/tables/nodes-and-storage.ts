import { field, list, record, text } from '../fields.ts'
import { columns, nameOf, none, type KindTable } from './kind-table.ts'

function nodeStatus(node: unknown): string {
  const ready = list(node, 'status', 'conditions').find((condition) => text(condition, 'type') === 'Ready')
  const state = ready === undefined ? 'Unknown' : text(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return field(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state
}

function nodeRoles(node: unknown): string {
  const prefix = 'node-role.kubernetes.io/'
  return Object.keys(record(node, 'metadata', 'labels')).filter((label) => label.startsWith(prefix)).map((label) => label.slice(prefix.length)).toSorted().join(',') || none
}

function address(node: unknown, type: string): string {
  return text(list(node, 'status', 'addresses').find((candidate) => text(candidate, 'type') === type), 'address') || none
}

const accessModes: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }

function modesCell(modes: readonly unknown[]): string {
  return modes.map((mode) => accessModes[String(mode)] ?? String(mode)).join(',')
}

/** Printers of nodes, namespaces and storage. */
export const nodeTables: Readonly<Record<string, KindTable>> = {
  Node: {
    columns: columns(['Name', 'Status', 'Roles', 'Age', 'Version'], ['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime']),
    cells: (node, { age }) => {
      const info = (name: string): string => text(node, 'status', 'nodeInfo', name) || '<unknown>'
      return [
        nameOf(node), nodeStatus(node), nodeRoles(node), age, text(node, 'status', 'nodeInfo', 'kubeletVersion'),
        address(node, 'InternalIP'), address(node, 'ExternalIP'), info('osImage'), info('kernelVersion'), info('containerRuntimeVersion'),
      ]
    },
  },
  Namespace: {
    columns: columns(['Name', 'Status', 'Age']),
    cells: (object, { age }) => [nameOf(object), text(object, 'status', 'phase'), age],
  },
  PersistentVolumeClaim: {
    columns: columns(['Name', 'Status', 'Volume', 'Capacity', 'Access Modes', 'StorageClass', 'VolumeAttributesClass', 'Age'], ['VolumeMode']),
    cells: (object, { age }) => [
      nameOf(object), field(object, 'metadata', 'deletionTimestamp') === undefined ? text(object, 'status', 'phase') : 'Terminating', text(object, 'spec', 'volumeName'),
      text(object, 'status', 'capacity', 'storage'), modesCell(list(object, 'status', 'accessModes')), text(object, 'spec', 'storageClassName'), '<unset>', age, text(object, 'spec', 'volumeMode') || 'Filesystem',
    ],
  },
  PersistentVolume: {
    columns: columns(['Name', 'Capacity', 'Access Modes', 'Reclaim Policy', 'Status', 'Claim', 'StorageClass', 'VolumeAttributesClass', 'Reason', 'Age'], ['VolumeMode']),
    cells: (object, { age }) => {
      const claim = field(object, 'spec', 'claimRef')
      return [
        nameOf(object), text(object, 'spec', 'capacity', 'storage'), modesCell(list(object, 'spec', 'accessModes')), text(object, 'spec', 'persistentVolumeReclaimPolicy'), text(object, 'status', 'phase'),
        claim === undefined ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`, text(object, 'spec', 'storageClassName'), '<unset>', text(object, 'status', 'reason'), age, text(object, 'spec', 'volumeMode') || 'Filesystem',
      ]
    },
  },
  StorageClass: {
    columns: columns(['Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age']),
    cells: (object, { age }) => {
      const isDefault = text(object, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true'
      return [
        `${nameOf(object)}${isDefault ? ' (default)' : ''}`, text(object, 'provisioner'), text(object, 'reclaimPolicy') || 'Delete', text(object, 'volumeBindingMode') || 'Immediate', field(object, 'allowVolumeExpansion') === true, age,
      ]
    },
  },
}
