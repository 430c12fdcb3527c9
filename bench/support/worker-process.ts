import { runWorker } from './run-worker.ts'

void runWorker()
