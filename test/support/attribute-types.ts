/** Temporal's wire numbers of the search attribute types that we use (`temporal.api.enums.v1.IndexedValueType`). */
export const attributeTypeNumbers: Readonly<Record<string, number>> = { Keyword: 2, KeywordList: 7 }
