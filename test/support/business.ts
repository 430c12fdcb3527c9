import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { Stack } from './stack.ts'

/** What the team's own system would report from a Region; above 0.5 its alarm goes off there. */
export async function reportChargebacks(
  { sandbox, accounts }: Stack,
  region: 'eu-west-1' | 'us-east-1',
  rate: number,
): Promise<void> {
  const account = region === 'eu-west-1' ? accounts.prodEu : accounts.prodWorld
  const cloudwatch = new CloudWatchClient({
    endpoint: sandbox.url,
    region,
    credentials: { accessKeyId: `AKIA${account}`, secretAccessKey: 'any' },
  })
  const MetricData = [{ MetricName: 'ChargebackRate', Value: rate }]
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Fraud', MetricData }))
}
