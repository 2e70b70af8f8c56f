/**
 * `npm run verify [-- SEEDS]`: the slow proofs. For now the kill tests, over and over with other seeds (7 by default, which makes
 * 21 kills); each seed is printed, and `PITCREW_TEST_SEED=n npm test -- test/product/kill` runs one again.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const jest = join(__dirname, '..', 'node_modules', 'jest', 'bin', 'jest.js');
const rounds = Number(process.argv[2] ?? 7);
const first = 1;
const failed: number[] = [];

for (let seed = first; seed < first + rounds; seed += 1) {
  const { status } = spawnSync(process.execPath, [jest, 'test/product/kill'], {
    env: { ...process.env, PITCREW_TEST_SEED: String(seed) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) failed.push(seed);
}
process.stdout.write(
  `${rounds - failed.length} of ${rounds} rounds passed${failed.length > 0 ? `; failed seeds: ${failed.join(', ')}` : ''}\n`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
