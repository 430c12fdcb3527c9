import './record-calls.ts'
import { runWorker } from '../support/run-worker.ts'

/** A worker whose calls to AWS are recorded. */
await runWorker()
