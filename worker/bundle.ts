import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker'
import { encryptedFailures } from './data-converter.ts'
import { toTemporalLogger, type Logger } from './logging.ts'

/**
 * The workflows as one script, as the worker loads them; made once, then shared by workers, tests and replays.
 * @param encrypted failures of workflows become payloads that a codec can encrypt; see `createDataConverter`
 */
export async function bundleWorkflows(logger?: Logger, encrypted = false): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: [
      fileURLToPath(new URL('../workflows/trace/interceptors.ts', import.meta.url)),
    ],
    ...(encrypted ? { failureConverterPath: encryptedFailures } : {}),
    ...(logger ? { logger: toTemporalLogger(logger) } : {}),
  })
}
