import { closedFailures } from '../closed-failures.ts'
import type { NoticeActivities } from './contract.ts'
import { deliverNotice } from './deliver.ts'
import type { NoticeDependencies } from './dependencies.ts'
import { lookAtRollout } from './look.ts'
import { showRollout } from './slack-show.ts'

/** Every activity of the herald; see `NoticeActivities`. */
export function createNoticeActivities(dependencies: NoticeDependencies): NoticeActivities {
  return closedFailures({
    lookAtRollout: (input) => lookAtRollout(dependencies, input),
    deliverNotice: (input) => deliverNotice(dependencies, input),
    showRollout: (input) => showRollout(dependencies, input),
  } satisfies NoticeActivities)
}
