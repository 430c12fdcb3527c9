// Stands between Sluice and a Temporal server. However Sluice ends, SIGKILL included, the channel to it closes, and the
// server is stopped. It also keeps a Ctrl-C in the terminal from reaching the server before the worker has drained.
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
const server = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
server.stderr.pipe(process.stderr)

const stop = () => {
  server.kill('SIGTERM')
  setTimeout(() => server.kill('SIGKILL'), 5000).unref()
}

const tell = (message) => {
  if (process.connected) process.send(message)
}

server.on('spawn', () => tell({ pid: server.pid }))
server.on('error', (error) => {
  tell({ failed: error.message })
  process.exit(1)
})
server.on('exit', (code, signal) => {
  tell({ ended: signal ?? code })
  process.exit(code ?? 1)
})
process.on('disconnect', stop)
process.on('SIGTERM', stop)
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
// The reader of our stderr may be gone before us; the server must be stopped all the same.
process.stderr.on('error', () => undefined)
