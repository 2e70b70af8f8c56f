import fc from 'fast-check';

/**
 * The same stories in every run, so that a red test tells of a change. `PITCREW_TEST_SEED=…` tells others, and
 * `PITCREW_TEST_RUNS=…` so many times as many; `npm run verify` does both.
 */
export const times = Number(process.env.PITCREW_TEST_RUNS ?? 1);

/** How many stories a property is tried with. */
export const tries = (count: number): number => count * times;

fc.configureGlobal({ seed: Number(process.env.PITCREW_TEST_SEED ?? 20261125), numRuns: tries(100) });

export default fc;
