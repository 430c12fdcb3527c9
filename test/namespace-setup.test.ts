import { Connection } from '@temporalio/client'
import { execFile } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { findTemporalCli } from '../cli/embedded/binary.ts'
import { searchAttributeTypes } from '../workflows/search-attributes.ts'
import { attributeTypeNumbers } from './support/attribute-types.ts'

const script = fileURLToPath(new URL('../infra/temporal/create-namespace.sh', import.meta.url))

test('the deployment script creates the namespace with exactly our search attributes, and may run again', async () => {
  const { address } = inject('temporal')
  const path = [dirname(await findTemporalCli()), process.env.PATH].join(delimiter)
  const env = {
    ...process.env,
    PATH: path,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: 'deployed',
    SLUICE_RETENTION: '3d',
  }
  const run = promisify(execFile)
  await run('/bin/sh', [script], { env })
  const again = await run('/bin/sh', [script], { env })
  expect(again.stdout).toContain('namespace deployed exists')

  const connection = await Connection.connect({ address })
  const { config } = await connection.workflowService.describeNamespace({ namespace: 'deployed' })
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: 'deployed',
  })
  await connection.close()
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(3 * 86_400)
  const ours = Object.fromEntries(
    Object.entries(customAttributes).filter(([name]) => name.startsWith('Sluice')),
  )
  expect(ours).toEqual(
    Object.fromEntries(
      Object.entries(searchAttributeTypes).map(([name, type]) => [name, attributeTypeNumbers[type]]),
    ),
  )
})
