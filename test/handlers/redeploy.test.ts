import { randomUUID } from 'node:crypto';
import { missingOf } from '../../src/domain/ability';
import { renderActionCard } from '../../src/slack/action-card';
import { renderAlert } from '../../src/slack/alert';
import { renderFirstRun } from '../../src/slack/first-run';
import { textsOf } from '../../src/slack/message';
import type { View } from '../../src/workspace/store';
import { changed, view } from '../slack/views';
import { only } from '../support/abilities';
import { type Crew, runCrew } from './crew';

describe.each(['socket', 'http'] as const)('a redeploy over %s', (mode) => {
  let crew: Crew;
  beforeAll(async () => {
    crew = await runCrew(mode);
  });
  afterAll(() => crew.stop());
  afterEach(() => {
    crew.asked.length = 0;
    crew.stored.clear();
  });

  const stack = (): View[] => crew.workspace.state.views('UDANA');
  const showing = (pattern: RegExp) =>
    crew.workspace.until(
      () => {
        const top = stack().at(-1);
        return top && pattern.test(textsOf([top.content]).join('\n')) ? top : undefined;
      },
      12_000,
      `a dialog that says ${pattern}`,
    );
  const dana = () => crew.workspace.as('UDANA');
  const type = (text: string) => dana().command('CALERTS', '/pipeline', text);

  it('is a list of versions with the one before chosen, then the plan on top of it; closing that leads back', async () => {
    await type('redeploy orders_daily');
    const form = await showing(/has version 12 in force/);
    await dana().submit(form.id, {});
    const plan = await showing(/Retry of 3 runs/);
    const pipeline = { connection: 'prod', key: 'orders_daily' };
    expect(crew.asked.at(-1)).toMatchObject({
      kind: 'redeploy',
      aim: { kind: 'version', pipeline, version: '11' },
      pressed: { channel: 'CALERTS' },
    });
    expect(plan.content.close).toMatchObject({ text: 'Change' });
    await dana().close(plan.id);
    const again = await showing(/has version 12 in force/);
    const { errors } = await dana().submit(again.id, { version: '12' });
    expect(errors).toEqual({ version: expect.stringMatching(/in force already/) });
    await dana().close(again.id);
  });

  it('shows the plan to roll back from the menu beside an alert, and stores nothing for that', async () => {
    const { incidentId } = view();
    const facts = view({ changed: { ...changed(), back: '11' }, abilities: ['redeploy'] });
    const { ts } = await crew.slack.postMessage({ ...renderAlert(facts), channel: 'CALERTS', postId: randomUUID() });
    const choose = { value: JSON.stringify({ incidentId, back: '11' }) };
    expect((await dana().press('CALERTS', ts, 'alert-more.v1', choose)).acked).toBe(true);
    const plan = await showing(/Retry of 3 runs/);
    expect(crew.asked.at(-1)).toMatchObject({
      kind: 'redeploy',
      aim: { kind: 'version', pipeline: { connection: 'prod', key: 'orders_daily' }, version: '11' },
      incidentId,
      pressed: { channel: 'CALERTS', messageTs: ts },
    });
    expect(crew.stored.size).toBe(0);
    await dana().close(plan.id);
  });

  it('refuses the way back kindly where another version is in force by now', async () => {
    const { incidentId } = view();
    const facts = view({ changed: { ...changed(), back: '9' }, abilities: ['redeploy'] });
    const { ts } = await crew.slack.postMessage({ ...renderAlert(facts), channel: 'CALERTS', postId: randomUUID() });
    const choose = { value: JSON.stringify({ incidentId, back: '9' }) };
    const plans = crew.asked.length;
    await dana().press('CALERTS', ts, 'alert-more.v1', choose);
    const told = await showing(/nothing to roll back here.*redeploy orders_daily.*shows what is in force/s);
    expect(crew.asked).toHaveLength(plans);
    await dana().close(told.id);
  });

  it('tells in a dialog why a button is not there, and stores nothing', async () => {
    const { incidentId } = view();
    const facts = view({ missing: missingOf(only('retry', 'openLog')) });
    const { ts } = await crew.slack.postMessage({ ...renderAlert(facts), channel: 'CALERTS', postId: randomUUID() });
    const choose = { value: JSON.stringify({ incidentId, whyNot: true }) };
    expect((await dana().press('CALERTS', ts, 'alert-more.v1', choose)).acked).toBe(true);
    const told = await showing(
      /orders_daily.* in prod.*Backfill, Stop, Redeploy.*: It has no such thing. Do it there/s,
    );
    expect(told.content.submit).toBeUndefined();
    expect(crew.stored.size).toBe(0);
    await dana().close(told.id);
  });

  it('shows the plan of the way back from how the first run went', async () => {
    const back = { connection: 'prod', key: 'orders_daily', version: '12' };
    const at = new Date('2026-11-24T09:00:00Z');
    const told = renderFirstRun({
      kind: 'first-run',
      at,
      actionId: 'a1',
      pipeline: 'orders_daily',
      version: '11',
      outcome: 'failed',
      tookMs: 720_000,
      cause: 'KeyError: day',
      back,
    });
    expect(told.text).toBe('🔴 The first run of orders_daily on version 11 failed after 12 min: KeyError: day.');
    const { ts } = await crew.slack.postMessage({ ...told, channel: 'CALERTS', postId: randomUUID() });
    await dana().press('CALERTS', ts, 'back-to-version.v1');
    const plan = await showing(/Retry of 3 runs/);
    expect(crew.asked.at(-1)).toMatchObject({
      kind: 'redeploy',
      aim: { kind: 'version', pipeline: { connection: 'prod', key: 'orders_daily' }, version: '12' },
    });
    await dana().close(plan.id);
  });

  it.each(['pause', 'resume'] as const)('shows the plan to %s what starts a pipeline by itself', async (kind) => {
    await type(`${kind} orders_daily`);
    const plan = await showing(/Retry of 3 runs/);
    const target = { kind: 'pipeline', pipeline: { connection: 'prod', key: 'orders_daily' } };
    expect(crew.asked.at(-1)).toMatchObject({ kind, aim: { kind: 'targets', targets: [{ target }] } });
    expect(crew.stored.size).toBe(0);
    await dana().close(plan.id);
    await type(`${kind} ordrs`);
    const unclear = await showing(/no pipeline named .*ordrs/);
    expect(unclear.content.submit).toBeUndefined();
    await dana().close(unclear.id);
  });

  it('offers the opposite on the message of a pause that is done, and shows its plan', async () => {
    const pipeline = { connection: 'prod', key: 'orders_daily' };
    const told = renderActionCard({
      ...{
        id: randomUUID(),
        kind: 'pause',
        state: 'succeeded',
        what: 'orders_daily',
        by: 'UDANA',
        askedAt: new Date(),
      },
      ...{
        settledAt: new Date(),
        opposite: { kind: 'resume', pipeline },
        how: [],
        leftOut: [],
        isLarge: false,
        words: [],
        turn: 0,
      },
      ...{ downstream: { total: 0, names: [] }, timeZone: 'UTC', now: new Date() },
    });
    const { ts } = await crew.slack.postMessage({ ...told, channel: 'CALERTS', postId: randomUUID() });
    await dana().press('CALERTS', ts, 'resume-pipeline.v1');
    const plan = await showing(/Retry of 3 runs/);
    expect(crew.asked.at(-1)).toMatchObject({
      kind: 'resume',
      aim: { kind: 'targets', targets: [{ target: { kind: 'pipeline', pipeline } }] },
    });
    await dana().close(plan.id);
  });

  it('asks which pipeline is meant', async () => {
    await type('redeploy ordrs');
    const shown = await showing(/no pipeline named .*ordrs.*redeploy orders_daily/);
    expect(shown.content.submit).toBeUndefined();
    await dana().close(shown.id);
  });
});
