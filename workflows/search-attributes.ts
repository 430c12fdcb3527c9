import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'

/** Registered on the server before the first rollout: an unknown attribute fails every workflow task for ever. */
export const searchAttributes = {
  model: defineSearchAttributeKey('SluiceModel', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('SluicePhase', SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey('SluiceOutcome', SearchAttributeType.KEYWORD),
  startedBy: defineSearchAttributeKey('SluiceStartedBy', SearchAttributeType.KEYWORD),
  /** On the endpoint child: the target's key. On the rollout: all its targets' keys. */
  target: defineSearchAttributeKey('SluiceTarget', SearchAttributeType.KEYWORD_LIST),
} as const

/** `--search-attribute` arguments for the embedded server and `temporal operator search-attribute create`. */
export const searchAttributeTypes: Readonly<Record<string, 'Keyword' | 'KeywordList'>> = {
  SluiceModel: 'Keyword',
  SluicePhase: 'Keyword',
  SluiceOutcome: 'Keyword',
  SluiceStartedBy: 'Keyword',
  SluiceTarget: 'KeywordList',
}
