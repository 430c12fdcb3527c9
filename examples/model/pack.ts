import { readFile } from 'node:fs/promises'
import { packArtifact } from '../../sandbox/serving/artifact.ts'

/** The trained models: `good`, the `previous` version, and `broken`, whose training data had two columns swapped. */
export type ModelName = 'good' | 'previous' | 'broken'

const read = (name: string) => readFile(new URL(name, import.meta.url))

/** A model as the `model.tar.gz` that SageMaker is given; the same model always gives the same bytes. */
export async function packModel(name: ModelName): Promise<Buffer> {
  return packArtifact(new Map([['model.json', await read(`${name}.json`)]]))
}

/** Rows of features as CSV, and scikit-learn's own answers of the good model, one probability a line. */
export async function readGolden(): Promise<{ readonly input: string; readonly expected: string }> {
  const [input, expected] = await Promise.all([read('golden.csv'), read('golden.out')])
  return { input: input.toString('utf8'), expected: expected.toString('utf8') }
}
