// Runs in a process of its own, because the SDK's download can be neither cancelled nor bounded in time.
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [kind, downloadDir, version] = process.argv.slice(2)
const server = { executable: { type: 'cached-download', downloadDir, version } }

try {
  const environment =
    kind === 'time-skipping'
      ? await TestWorkflowEnvironment.createTimeSkipping({ server })
      : await TestWorkflowEnvironment.createLocal({ server })
  await environment.teardown()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
