/** One thing that is wrong with the configuration. Never holds a value: it may be a secret. */
export interface Fault {
  /** A variable, or `file:line` and the key. */
  where: string;
  say: string;
}

/** What was read, or everything that is wrong with it at once. */
export type Result<T> = { ok: true; value: T } | { ok: false; faults: Fault[] };

/** Thrown when the program cannot go on with the configuration it was given; ends it with exit code 78. */
export class ConfigurationFault extends Error {
  constructor(readonly faults: Fault[]) {
    super(faults.map(sayFault).join('\n'));
    this.name = 'ConfigurationFault';
  }
}

/** One line for people. */
export function sayFault({ where, say }: Fault): string {
  return `${where}: ${say}`;
}

/** @throws ConfigurationFault */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ConfigurationFault(result.faults);
}
