import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker'
import { toTemporalLogger, type Logger } from './logging.ts'

/** The workflows as one script, as the worker loads them; made once, then shared by workers, tests and replays. */
export async function bundleWorkflows(logger?: Logger): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    ...(logger ? { logger: toTemporalLogger(logger) } : {}),
  })
}
