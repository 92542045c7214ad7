import type { Item, OutputItem, Policy, PolicySettings } from '../../core/policy.ts'
import type { ToolSpec } from '../../core/tool.ts'
import { noUsage } from '../../core/usage.ts'

export type Script = (items: readonly Item[], tools: readonly ToolSpec[], settings: PolicySettings) => readonly OutputItem[] | Promise<readonly OutputItem[]>

/** A policy that does what a function says: for tests and benchmarks. */
export function createScriptedPolicy(script: Script, name = 'scripted'): Policy {
  return { name, next: async (items, tools, settings) => ({ items: [...await script(items, tools, settings)], usage: noUsage }) }
}
