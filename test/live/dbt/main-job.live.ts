import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Workspace } from '../../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { type Product, startProduct, startSmallWorkspace } from '../../support/product';

/** What `scripts/live/dbt.ts` says of the project that it made. */
const about = z.object({ project: z.string(), program: z.string() }).parse(JSON.parse(process.env.PITCREW_LIVE ?? ''));
const channel = 'C0TEAM0';
const patienceMs = 60_000;

/** Runs dbt in the project; a model or test that fails is no fault here. */
async function dbt(...args: string[]): Promise<void> {
  const child = spawn(about.program, [...args, '--profiles-dir', '.'], {
    cwd: about.project,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0 && code !== 1) throw new Error(`dbt ${args.join(' ')} ended with ${code}; see its log in logs/.`);
}

const orders = (...rows: string[]) =>
  writeFileSync(join(about.project, 'seeds', 'raw_orders.csv'), `${['id,amount', ...rows].join('\n')}\n`);

describe('the real dbt Core', () => {
  let database: TestDatabase;
  let workspace: Workspace;
  let product: Product;

  beforeAll(async () => {
    database = await createTestDatabase();
    const small = await startSmallWorkspace({ channels: 2 });
    workspace = small.workspace;
    product = await startProduct({
      databaseUrl: database.url,
      slack: small.slack,
      settings: [
        'routes: [ { match: { pipeline: "shop.*" }, channel: "#team-0" } ]',
        'catalogue: []',
        'defaultChannel: "#team-1"',
      ].join('\n'),
      withinMs: 180_000,
    });
  });

  afterAll(async () => {
    await product?.kill();
    await workspace?.stop();
    await database?.drop();
  });

  /** The two files of the last run, as docs/machines-door.md has them sent. */
  async function post(): Promise<unknown> {
    const files = ['manifest.json', 'run_results.json'].map((file) =>
      readFileSync(join(about.project, 'target', file), 'utf8'),
    );
    const answer = await fetch(`${product.url}/api/v1/dbt`, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.ingestToken}`, 'content-encoding': 'gzip' },
      body: gzipSync(files.join('\n')),
    });
    expect(answer.status).toBe(202);
    return answer.json();
  }

  /** By its headline: others name it as waiting. */
  const alerts = (pipeline: string) =>
    workspace.state
      .messages(channel)
      .filter(({ text }) => new RegExp(`^\\S+ [A-Z][a-z ]+: ${pipeline}\\.? `).test(`${text} `));
  const shown = (pipeline: string) => JSON.stringify(alerts(pipeline)[0] ?? '');

  describe('the main job', () => {
    it('goes from a failing test to an alert with its rows, its SQL and its owner, and to its recovery', async () => {
      orders('1,5', ',7', ',9');
      await dbt('build');
      await post();
      await workspace.until(
        () => /Check failed: shop\.not_null_orders_id/.test(shown('shop.not_null_orders_id')),
        patienceMs,
        'the alert',
      );
      const alert = shown('shop.not_null_orders_id');
      expect(alert).toContain('2 failing rows');
      expect(alert).toContain('Owner: dana');
      orders('1,5', '2,7');
      await dbt('build');
      await post();
      await workspace.until(() => /Recovered/.test(shown('shop.not_null_orders_id')), patienceMs, '"Recovered"');
      expect(alerts('shop.not_null_orders_id')).toHaveLength(1);
    });

    it('goes from a model that cannot be built to an alert with the words of its database, and to its recovery', async () => {
      await dbt('build', '--vars', '{extra_column: ", no_such_column"}');
      await post();
      await workspace.until(() => /Check failed: shop\.revenue/.test(shown('shop.revenue')), patienceMs, 'the alert');
      expect(shown('shop.revenue')).toContain('no_such_column');
      await dbt('run', '--select', 'revenue');
      await post();
      await workspace.until(() => /Recovered/.test(shown('shop.revenue')), patienceMs, '"Recovered"');
    });
  });

  describe('a delivery', () => {
    it('that is sent twice tells nothing twice', async () => {
      await dbt('build');
      const first = await post();
      expect(first).toMatchObject({ duplicates: 0, refused: [] });
      await expect(post()).resolves.toMatchObject({ stored: 0, refused: [] });
    });

    it('names the file of the compiled SQL, which is there', async () => {
      const rows = await database.db.query<{ error: string | null }>(
        `select payload ->> 'error' as error from inbox where payload ->> 'kind' = 'check-failed'`,
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const { error } of rows) {
        const path = /Compiled SQL: (.+)/.exec(error ?? '')?.[1];
        expect(existsSync(join(about.project, path ?? '(none)'))).toBe(true);
      }
    });
  });

  describe('lineage', () => {
    it('tells what waits for a model, down to the dashboard', async () => {
      const answer = await workspace.as('U0DANA').command(channel, '/pipeline', 'impact shop.orders');
      await workspace.until(
        () => JSON.stringify(answer.responses).includes('Weekly revenue'),
        patienceMs,
        'the impact',
      );
      expect(JSON.stringify(answer.responses)).toContain('shop.revenue');
    });
  });
});
