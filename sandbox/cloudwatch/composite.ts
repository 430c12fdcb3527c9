import type { AlarmStateValue } from './evaluate.ts'

type Rule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmStateValue; readonly alarm: string }
  | { readonly kind: 'not'; readonly rule: Rule }
  | { readonly kind: 'and' | 'or'; readonly left: Rule; readonly right: Rule }

/** A composite alarm's rule, read. */
export type CompositeRule = Rule

/** An alarm rule that cannot be read; the message is CloudWatch's kind of text. */
export class CompositeRuleError extends Error {}

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^()"']+?))\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))\s*/y

type Token = string | { readonly state: AlarmStateValue; readonly alarm: string }

/** The part of an alarm's ARN after `alarm:`, or the name itself. */
export const alarmNameOf = (nameOrArn: string): string =>
  /^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match)
      throw new CompositeRuleError(`AlarmRule is not valid at position ${at}: '${text.slice(at, at + 20)}'`)
    const alarm = match[2] ?? match[3] ?? match[4]
    if (alarm !== undefined) tokens.push({ state: match[1] as AlarmStateValue, alarm: alarmNameOf(alarm) })
    else tokens.push(match[5] ?? match[6]!)
  }
  return tokens
}

/** Reads `ALARM("a") OR (ALARM("b") AND NOT OK("c"))`; `NOT` binds tightest, then `AND`, then `OR`. */
export const parseCompositeRule = (text: string): CompositeRule => {
  const tokens = tokensOf(text)
  let at = 0
  const unit = (): Rule => {
    const token = tokens[at++]
    if (token === undefined) throw new CompositeRuleError('AlarmRule is not valid: it ends too early')
    if (typeof token !== 'string') return { kind: 'state', ...token }
    if (token === 'NOT') return { kind: 'not', rule: unit() }
    if (token === 'TRUE' || token === 'FALSE') return { kind: 'constant', value: token === 'TRUE' }
    if (token !== '(') throw new CompositeRuleError(`AlarmRule is not valid: unexpected '${token}'`)
    const inner = or()
    if (tokens[at++] !== ')') throw new CompositeRuleError("AlarmRule is not valid: expected ')'")
    return inner
  }
  const chain = (kind: 'and' | 'or', word: string, next: () => Rule) => (): Rule => {
    let left = next()
    while (tokens[at] === word) {
      at++
      left = { kind, left, right: next() }
    }
    return left
  }
  const and = chain('and', 'AND', unit)
  const or = chain('or', 'OR', and)
  const rule = or()
  if (at < tokens.length) throw new CompositeRuleError('AlarmRule is not valid: text after its end')
  return rule
}

/** The names of the alarms that a rule looks at. */
export const childrenOf = (rule: CompositeRule): readonly string[] => {
  switch (rule.kind) {
    case 'constant':
      return []
    case 'state':
      return [rule.alarm]
    case 'not':
      return childrenOf(rule.rule)
    default:
      return [...new Set([...childrenOf(rule.left), ...childrenOf(rule.right)])]
  }
}

/** Whether the rule is met, given every child's state; a child that was deleted matches nothing. */
export const isMet = (
  rule: CompositeRule,
  stateOf: (alarm: string) => AlarmStateValue | undefined,
): boolean => {
  switch (rule.kind) {
    case 'constant':
      return rule.value
    case 'state':
      return stateOf(rule.alarm) === rule.state
    case 'not':
      return !isMet(rule.rule, stateOf)
    case 'and':
      return isMet(rule.left, stateOf) && isMet(rule.right, stateOf)
    case 'or':
      return isMet(rule.left, stateOf) || isMet(rule.right, stateOf)
  }
}
