// oxlint plugin with the rules that no published plugin has.

const CLOCKLESS =
  'reads the clock, so the same input gives another result later; take the time as an argument'

/** `new Date()` and `Date()` without arguments are the present; with arguments they are plain data. */
const noCurrentTime = {
  create(context) {
    const check = (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
        context.report({ node, message: `Date without arguments ${CLOCKLESS}` })
      }
    }
    return { NewExpression: check, CallExpression: check }
  },
}

export default { meta: { name: 'pure' }, rules: { 'no-current-time': noCurrentTime } }
