/** The person who decides, as the credential says. */
export interface Decider {
  readonly name: string
  readonly groups: readonly string[]
}

/** Marks a role in a gate's `from`, where a document names people and groups. */
export const anyApprover = 'role:approver'

/** A credential's groups with its roles among them, so that a gate can ask for a role. */
export function decider(by: {
  readonly name: string
  readonly roles: readonly string[]
  readonly groups: readonly string[]
}): Decider {
  return { name: by.name, groups: [...by.groups, ...by.roles.map((role) => `role:${role}`)] }
}

/** What an open gate asks of the person who decides. */
export interface GateRule {
  /** People or groups; empty means nobody. */
  readonly from: readonly string[]
  readonly selfApproval: boolean
  readonly startedBy: string
  /** Names that have approved already. */
  readonly approvals: readonly string[]
}

/**
 * Null if this person may decide at the gate, else the reason. Fails closed: an empty list lets nobody through. The one
 * who started a rollout may always reject it, which is no more than aborting.
 */
export function refuseDecider(verb: 'approve' | 'reject', by: Decider, rule: GateRule): string | null {
  const named = rule.from.includes(by.name) || by.groups.some((group) => rule.from.includes(group))
  if (verb === 'reject' && by.name === rule.startedBy) return null
  if (!named) {
    const who = rule.from.length === 0 ? 'nobody: the list is empty' : rule.from.join(', ')
    return `${by.name} is not among those who may decide here (${who})`
  }
  if (verb === 'reject') return null
  if (by.name === rule.startedBy && !rule.selfApproval)
    return `${by.name} started this rollout and cannot approve it; selfApproval is not allowed by the document`
  if (rule.approvals.includes(by.name)) return `${by.name} has approved already; another person is needed`
  return null
}
