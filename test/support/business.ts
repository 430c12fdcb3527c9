import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { Stack } from './stack.ts'

/**
 * What the team's own system would report from a Region, minute by minute, until it is stopped; above 0.5 its alarm goes
 * off there and stays on.
 */
export async function reportChargebacks(
  { sandbox, accounts, clockRate }: Stack,
  region: 'eu-west-1' | 'us-east-1',
  rate: number,
): Promise<() => void> {
  const account = region === 'eu-west-1' ? accounts.prodEu : accounts.prodWorld
  const cloudwatch = new CloudWatchClient({
    endpoint: sandbox.url,
    region,
    credentials: { accessKeyId: `AKIA${account}`, secretAccessKey: 'any' },
  })
  const MetricData = [{ MetricName: 'ChargebackRate', Value: rate }]
  const report = () => cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Fraud', MetricData }))
  await report()
  const timer = setInterval(() => void report().catch(() => undefined), 30_000 / clockRate)
  return () => clearInterval(timer)
}
