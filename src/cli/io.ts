import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config';

/** What a command may touch of the process it runs in. */
export interface Io {
  env: Environment;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

/** What every command ends with. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, configuration: 78 } as const;

/** Thrown by a command that was asked wrongly: the sentence is printed, exit code 2. */
export class UsageFault extends Error {
  override name = 'UsageFault';
}

/** Thrown by a command that could not do its work, for a reason worth a sentence and no stack: exit code 1. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';
}
