import { invalid } from './names.ts'
import type { Wire } from './state.ts'

/** What List calls of SageMaker have in common. */
interface Listed {
  readonly name: string
  readonly createdAt: number
  readonly modifiedAt?: number
  readonly status?: string
}

interface Defaults {
  readonly sortBy?: string
  readonly sortOrder: 'Ascending' | 'Descending'
}

const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000)

/** Filters, sorts and cuts one page (10 unless asked otherwise), with the filters that SageMaker's List calls share. */
export const listPage = <T extends Listed>(
  items: Iterable<T>,
  input: Wire,
  { sortBy = 'CreationTime', sortOrder }: Defaults,
) => {
  const by: string = input.SortBy ?? sortBy
  const key = (item: T) =>
    by === 'Name' ? item.name : by === 'Status' ? (item.status ?? '') : item.createdAt
  const direction = (input.SortOrder ?? sortOrder) === 'Ascending' ? 1 : -1
  const [after, before] = [ms(input.CreationTimeAfter), ms(input.CreationTimeBefore)]
  const [changedAfter, changedBefore] = [ms(input.LastModifiedTimeAfter), ms(input.LastModifiedTimeBefore)]
  const found = [...items]
    .filter((item) => item.name.toLowerCase().includes((input.NameContains ?? '').toLowerCase()))
    .filter((item) => input.StatusEquals === undefined || item.status === input.StatusEquals)
    .filter(
      (item) =>
        (after === undefined || item.createdAt > after) && (before === undefined || item.createdAt < before),
    )
    .filter((item) => {
      const at = item.modifiedAt ?? item.createdAt
      return (
        (changedAfter === undefined || at > changedAfter) &&
        (changedBefore === undefined || at < changedBefore)
      )
    })
    .map((item, index) => ({ item, index }))
    .sort(
      (a, b) =>
        direction * (key(a.item) < key(b.item) ? -1 : key(a.item) > key(b.item) ? 1 : a.index - b.index),
    )
    .map(({ item }) => item)
  const offset =
    input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, 'base64url').toString())
  if (!Number.isInteger(offset)) throw invalid('Invalid NextToken')
  const end = offset + (input.MaxResults ?? 10)
  return {
    page: found.slice(offset, end),
    token: end < found.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  }
}
