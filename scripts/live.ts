/**
 * `npm run test:live [-- PRODUCT…]`: starts each real product on this machine alone, and holds its adapter to the contract and to the main
 * job: event or poll, alert, log, retry, recovered, backfill. Products are kept in `${XDG_CACHE_HOME:-~/.cache}/pitcrew-live`, and installed where they are not there.
 * What was proven is written to docs/orchestrators.md. Ends with 1 when anything failed, with 3 when one could not be installed here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { airflows } from './live/airflow';
import { dagster } from './live/dagster';
import { dbt } from './live/dbt';
import { maestro } from './live/maestro';
import { prefect } from './live/prefect';
import type { LiveProduct } from './live/product';
import { noteLive, type TestResult } from './live/proven';
import { standIns } from './live/stand-ins';

const products: LiveProduct[] = [...airflows, dagster, dbt, maestro, prefect, ...standIns];
const root = join(__dirname, '..');
/** Told apart from a failure: there is no Python here, or no way to the package index. */
const notInstalledCode = 3;
/** The tests that run now. */
let underWay: ChildProcess | undefined;

async function main(names: string[]): Promise<number> {
  const unknown = names.filter((name) => !products.some((product) => product.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no product ${unknown.join(', ')}. Products: ${products.map(({ name }) => name).join(', ')}\n`,
    );
    return 2;
  }
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pitcrew-live');
  mkdirSync(folder, { recursive: true });
  const outcomes: Outcome[] = [];
  for (const product of products.filter(({ name }) => names.length === 0 || names.includes(name)))
    outcomes.push(await prove(product, folder));
  if (outcomes.includes('failed')) return 1;
  return outcomes.includes('not-installed') ? notInstalledCode : 0;
}

type Outcome = 'proven' | 'failed' | 'not-installed';

async function prove(product: LiveProduct, folder: string): Promise<Outcome> {
  const began = Date.now();
  const say = (line: string) => process.stdout.write(`${product.title}: ${line}\n`);
  const over = () => `after ${Math.round((Date.now() - began) / 1_000)} s`;
  try {
    await product.install(folder, say);
  } catch (error) {
    say(`NOT INSTALLED ${over()}: ${error instanceof Error ? error.message : error}`);
    return 'not-installed';
  }
  try {
    const { about, stop } = await product.start(folder, say);
    const leave = () => {
      underWay?.kill();
      void stop().then(() => process.exit(130));
    };
    process.once('SIGINT', leave).once('SIGTERM', leave);
    try {
      const { code, results } = await runTests(about, product.tests);
      noteLive(product, results);
      for (const { ancestorTitles, title, failureMessages = [] } of results.filter(({ status }) => status === 'failed'))
        say(`failed: ${[...ancestorTitles, title].join(' › ')}: ${failureMessages.join(' ').slice(0, 500)}`);
      say(code === 0 ? `proven ${over()}` : `NOT proven ${over()}`);
      return code === 0 ? 'proven' : 'failed';
    } finally {
      process.off('SIGINT', leave).off('SIGTERM', leave);
      await stop();
    }
  } catch (error) {
    say(`FAILED ${over()}: ${error instanceof Error ? error.message : error}`);
    return 'failed';
  }
}

/** Tests of one product, in a process of their own, told of the product by PITCREW_LIVE. */
async function runTests(about: object, tests: string): Promise<{ code: number; results: TestResult[] }> {
  const place = mkdtempSync(join(tmpdir(), 'pitcrew-live-'));
  const report = join(place, 'report.json');
  try {
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const args = [
      '--runInBand',
      '--testMatch',
      `**/test/${tests}`,
      '--testTimeout',
      '300000',
      '--json',
      '--outputFile',
      report,
    ];
    const child = spawn(process.execPath, [jest, ...args], {
      cwd: root,
      env: { ...process.env, PITCREW_LIVE: JSON.stringify(about) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    underWay = child;
    const code = await new Promise<number>((resolve) => child.once('exit', (ended) => resolve(ended ?? 1)));
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { assertionResults: TestResult[] }[];
    };
    return { code, results: testResults.flatMap(({ assertionResults }) => assertionResults) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
