// Prints `<passed> <failed>` of a vitest JSON report. A test file that could not be loaded counts as one failed test.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const unloaded = report.testResults.filter(({ status, assertionResults }) => {
  return status === 'failed' && !assertionResults.some((one) => one.status === 'failed')
})
console.log(`${report.numPassedTests} ${report.numFailedTests + unloaded.length}`)
