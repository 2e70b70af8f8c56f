import { devNull } from 'node:os';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '../../src/cli/main';

/** Runs the program inside this process, with an empty pitcrew.yaml unless `env` names another. @param input lines of its stdin */
export async function runPitcrew(
  words: string[],
  env: Record<string, string | undefined> = {},
  input: readonly string[] = [],
): Promise<{ code: number; out: string; err: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const said = Promise.all([text(stdout), text(stderr)]);
  const io = {
    env: { PITCREW_CONFIG: devNull, LOG_LEVEL: 'silent', ...env },
    stdin: Readable.from(input.map((line) => `${line}\n`)),
    stdout,
    stderr,
  };
  const code = await runCli(words, io);
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { code, out, err };
}
