import { z } from 'zod'
import { documentFreezeSchema } from '../calendar/schema.ts'
import { watchMetrics } from '../watch-metrics.ts'
import { choice, day, duration, flag, hour, minute, oneLine, second, section, text, whole } from './fields.ts'
import { targetSchema } from './schema-endpoint.ts'

export const approvalSchema = section({
  required: whole(1, 20).default(1).describe('how many different people must say yes'),
  from: z
    .array(oneLine(100), { error: 'a list of people or groups' })
    .max(50, { error: 'at most 50 people or groups' })
    .default([])
    .describe('people or groups of the credential; an empty list would mean nobody, and is refused'),
  expiresAfter: duration(minute, 30 * day)
    .default('24h')
    .describe('then it counts as a no'),
  selfApproval: flag().default(false).describe('whether the one who started the rollout may approve it'),
})

const bake = () => duration(0, 7 * day)

const stepSchema = section({
  weight: whole(1, 100).optional().describe('percent of the traffic on the candidate'),
  bake: bake().optional().describe('how long it is watched at this weight'),
  approval: approvalSchema.optional().describe('people who must agree before the next step'),
}).meta({ description: 'exactly one of `weight`, `bake` and `approval`', minProperties: 1, maxProperties: 1 })

const firstShare = 'of the traffic, at first'
const watched = 'how long it is watched after each shift'

const strategySchema = section({
  canary: section({ percent: whole(1, 99).describe(firstShare), bake: bake().describe(watched) })
    .optional()
    .describe('`percent`, bake, 100 %, bake'),
  linear: section({
    percent: whole(1, 100).describe('of the traffic, more each time'),
    bake: bake().describe(watched),
  })
    .optional()
    .describe('`percent` more at a time until 100 %, with a bake after each'),
  allAtOnce: section({ bake: bake().describe(watched) })
    .optional()
    .describe('100 %, bake'),
  steps: z
    .array(stepSchema, { error: '1 to 100 steps' })
    .min(1, { error: '1 to 100 steps' })
    .max(100, { error: '1 to 100 steps' })
    .optional()
    .describe('weights go up; 100 % is added at the end where it is missing'),
}).meta({
  description: 'exactly one of `canary`, `linear`, `allAtOnce` and `steps`',
  minProperties: 1,
  maxProperties: 1,
})

const alarmName = () =>
  text(/^[^\p{Cc}]+$/u, 'the name of a CloudWatch alarm, up to 255 characters', { max: 255 })

const alarmForms = 'an alarm name, `{ like: name }`, or `{ metric, stat, above, breaches }`'

const alarmSchema = z.union(
  [
    alarmName().describe('used as it is; refused if it cannot see the candidate'),
    section({ like: alarmName().describe('the alarm that is copied') }, alarmForms).describe(
      'a copy whose VariantName is the candidate, with the same actions',
    ),
    section(
      {
        metric: text(/^[A-Za-z0-9]+$/, 'a metric of SageMaker endpoints such as `ModelLatency`', {
          max: 80,
        }).describe(
          'of the candidate: '.concat(
            Object.keys(watchMetrics)
              .map((name) => `\`${name}\``)
              .join(', '),
          ),
        ),
        stat: text(
          /^(Average|Sum|Minimum|Maximum|p\d{1,2}(\.\d{1,2})?)$/,
          '`Average`, `Sum`, `Minimum`, `Maximum` or a percentile such as `p99`',
        ).describe('of a period; with errors `Average` is a rate, `Sum` a count'),
        above: z
          .union(
            [z.number({ error: 'a number' }).min(0, { error: 'a number of at least 0' }), duration(1, hour)],
            { error: 'a number, or for latencies a duration such as `300ms`' },
          )
          .describe('the threshold; CloudWatch’s microseconds are never written'),
        breaches: text(/^\d{1,4} of \d{1,4}$/, '`3 of 5`: how many of how many periods')
          .default('2 of 3')
          .describe('when it goes into ALARM'),
        period: duration(minute, day).default('1m').describe('whole minutes'),
      },
      alarmForms,
    ).describe('an alarm of ours on the candidate, for this rollout only'),
  ],
  { error: alarmForms },
)

export const watchSchema = section({
  alarms: z
    .array(alarmSchema, { error: 'a list of alarms' })
    .max(20, { error: 'at most 20 alarms' })
    .default([])
    .describe('in the target’s own account and Region'),
  pollEvery: duration(second, 10 * minute)
    .default('15s')
    .describe('how often alarms are looked at'),
  settle: duration(0, hour)
    .default('2m')
    .describe('metrics come late: the last minutes of a bake are judged before it passes'),
  whenInAlarmAtStart: choice(['refuse', 'ignore'])
    .default('refuse')
    .describe('`ignore` is kept in the record'),
  whenInsufficientData: choice(['wait', 'pass', 'fail'])
    .default('wait')
    .describe('alarms without data: `wait` extends the bake, then asks a person'),
  minInvocations: whole(0, 1_000_000_000)
    .default(300)
    .describe('fewer on the candidate during a bake: Inconclusive, never Pass'),
  maxExtension: duration(0, day).default('30m').describe('how much longer a bake may wait for evidence'),
})

export const productionSchema = section({
  strategy: strategySchema,
  watch: watchSchema.prefault({}).describe('what judges the candidate'),
  prepare: choice(['allFirst', 'perWave'])
    .default('allFirst')
    .describe('`allFirst`: every target of every wave is prepared before any traffic moves'),
  waves: z
    .array(
      z
        .array(targetSchema, { error: 'a list of targets: `- - { account, region }`' })
        .min(1, { error: 'at least one target' }),
      { error: 'a list of waves, each a list of targets' },
    )
    .min(1, { error: 'at least one wave' })
    .max(200, { error: 'at most 200 waves' })
    .describe('targets of a wave shift at the same time; at most 200 targets'),
  betweenWaves: section({
    bake: bake().optional().describe('how long the finished waves are watched'),
    approval: approvalSchema.optional().describe('people who must agree before the next wave'),
  })
    .optional()
    .describe('what happens after each wave but the last'),
  freezes: z
    .array(documentFreezeSchema, { error: 'a list of freezes' })
    .max(50, { error: 'at most 50 freezes' })
    .optional()
    .describe(
      'times in which this model gets no more traffic, beside those of the calendar file; putting back is never frozen',
    ),
  onFailure: choice(['rollback-all', 'rollback-wave', 'hold'])
    .default('rollback-all')
    .describe('what is put back when a target fails; the last two then wait for a person'),
  keepPrevious: duration(0, 7 * day)
    .default('1h')
    .describe('how long stable stays at weight 0 after success: undo within it is instant'),
})

export const emergencySchema = section({
  reason: oneLine(500).describe('why; kept in the record'),
  skip: z
    .array(choice(['staging', 'approval', 'bake', 'freeze']), { error: 'a list' })
    .max(4)
    .default([])
    .describe('what is left out'),
  ignoreAlarms: z
    .array(alarmName(), { error: 'a list of alarm names' })
    .max(20)
    .default([])
    .describe('of `watch.alarms`: those that are red because of what this rollout repairs'),
}).describe('for when stable itself is broken: approvers only; it still verifies and still compensates')
