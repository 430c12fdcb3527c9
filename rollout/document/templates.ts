/** What may stand in braces in a document, with what it becomes in a target. */
export interface TemplateValues {
  readonly account: string
  readonly region: string
  /** The model package's group and version. */
  readonly group: string
  readonly version: string
  /** The document's name. */
  readonly name: string
}

export const templateVariables = ['account', 'region', 'group', 'version', 'name'] as const

const inBraces = /\{([^{}]*)\}/g

/** Variables that a template uses, known or not. */
export function variablesIn(template: string): readonly string[] {
  return [...template.matchAll(inBraces)].map((match) => match[1] ?? '')
}

/** Variables are replaced; what is not known stays, and was refused by the parser. */
export function expandTemplate(template: string, values: TemplateValues): string {
  return template.replaceAll(inBraces, (whole, variable: string) =>
    Object.hasOwn(values, variable) ? values[variable as keyof TemplateValues] : whole,
  )
}
