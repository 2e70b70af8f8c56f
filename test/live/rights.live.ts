import pino from 'pino';
import { connectAll, kindOf } from '../../src/orchestrators/registry';
import { about, createDriver } from './airflow-bench';

const driver = createDriver(about);
const { url, password } = about;
const connectionOf = (username: string) => {
  const settings = kindOf('airflow')?.check({ url, username, password }).data;
  const log = pino({ level: 'silent' });
  return connectAll([{ name: 'works', kind: 'airflow', settings }], { log, clock: { now: () => new Date() } }).get(
    'works',
  );
};

describe('checking the connection', () => {
  const may = connectionOf(about.username);
  const looks = connectionOf('looker');

  afterAll(async () => {
    await may?.close();
    await looks?.close();
  });

  it('names each right that a user who may only look lacks, and none that one with the role Op lacks', async () => {
    const before = [await driver.count('smooth'), await driver.isPaused('smooth')];
    const lacks = async (connection: typeof may) =>
      (await connection?.orchestrator.check())?.flatMap((found) => (found.ok ? [] : Object.keys(found.lacks ?? {})));
    expect(await lacks(looks)).toEqual(
      expect.arrayContaining(['retry', 'skip', 'stop', 'pause', 'resume', 'start', 'backfill']),
    );
    expect(await lacks(may)).toEqual([]);
    expect([await driver.count('smooth'), await driver.isPaused('smooth')]).toEqual(before);
  });

  it('is refused what it said that the user may not', async () => {
    const target = { kind: 'pipeline', pipeline: { connection: 'works', key: 'smooth' } } as const;
    const call = {
      kind: 'start',
      actor: 'dana',
      idempotencyKey: crypto.randomUUID(),
      since: new Date(),
      target,
    } as const;
    await expect(looks?.orchestrator.actions.start?.perform(target, call)).rejects.toMatchObject({
      kind: 'not-allowed',
    });
  });
});
