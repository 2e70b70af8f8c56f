import { spawn } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/lib/package-root';
import type { RowInput, RowOutcome } from './row';

const suites = [
  'test/domain/incident.test.ts',
  'test/domain/incident-presses.test.ts',
  'test/incidents/incidents.test.ts',
  'test/lifecycle/order.test.ts',
  'test/actions/model.test.ts',
];
const times = 8;

/** The property tests of incidents and actions with stories that nobody has seen, and more of them than in `npm test`. */
export async function storiesRow({ random }: RowInput): Promise<RowOutcome> {
  const seed = Math.floor(random() * 2 ** 31);
  const args = ['node_modules/jest/bin/jest.js', '--maxWorkers', '1', '--testTimeout', '900000', ...suites];
  const jest = spawn(process.execPath, args, {
    cwd: packageRoot(__dirname),
    env: { ...process.env, PITCREW_TEST_SEED: String(seed), PITCREW_TEST_RUNS: String(times) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  jest.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise<number | null>((resolve) => jest.on('close', resolve));
  const wrong = said.split('\n').filter((line) => /●|Property failed|seed:/.test(line));
  const faults = code === 0 ? [] : [`${path.basename(args[0] ?? '')} ended with ${code}`, ...wrong];
  return { faults, counts: { storiesSeed: seed, times } };
}
