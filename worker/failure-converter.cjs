// Loaded by path, by the SDK in the processes and by the bundler into the workflows, which is why it is no module of ours.
const { DefaultFailureConverter } = require('@temporalio/common')

/** Messages and stacks of failures become payloads, so that the codec reaches them, too. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
