// Prints `<passed> <failed>` of a vitest JSON report, then a line for each failure and the head of its message.
// A test file that could not be loaded counts as one failed test.
import { readFileSync } from 'node:fs'

/** Lines of a message that are shown: the assertion and where it stands, not the whole trace. */
const shownLines = 12

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
  const failed = assertionResults.filter((one) => one.status === 'failed')
  if (status === 'failed' && failed.length === 0) return [{ title: `${name} did not load`, text: message }]
  return failed.map((one) => ({ title: `${name}: ${one.fullName}`, text: one.failureMessages.join('\n') }))
})

console.log(`${report.numPassedTests} ${failures.length}`)
for (const { title, text } of failures) {
  console.log(`failed: ${title}`)
  for (const line of text.split('\n').slice(0, shownLines)) console.log(`    ${line}`)
}
