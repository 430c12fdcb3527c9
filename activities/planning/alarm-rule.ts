/** Names of the alarms that a composite alarm's rule looks at, written with or without quotes, or as ARNs. */
export function alarmsInRule(rule: string): string[] {
  const names = new Set<string>()
  for (const match of rule.matchAll(
    /\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|'([^']*)'|([^()"']+?))\s*\)/g,
  )) {
    const name = (match[1] ?? match[2] ?? match[3] ?? '').trim()
    if (name) names.add(name.replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, ''))
  }
  return [...names]
}
