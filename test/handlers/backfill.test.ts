import { textsOf } from '../../src/slack/message';
import type { View } from '../../src/workspace/store';
import { type Crew, runCrew } from './crew';

describe.each(['socket', 'http'] as const)('a backfill over %s', (mode) => {
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

  it('is a form for what was typed, then the plan on top of it; closing that leads back to what was filled in', async () => {
    await type('backfill orders_daily 2026-11-01..2026-11-05');
    const form = await showing(/30 4/);
    expect(JSON.stringify(form.content)).toContain('"initial_date":"2026-11-01"');
    await dana().submit(form.id, { mode: 'missing', parameters: 'skip=true' });
    const plan = await showing(/Retry of 3 runs/);
    expect(crew.asked.at(-1)).toMatchObject({
      kind: 'backfill',
      aim: {
        kind: 'partitions',
        pipeline: { connection: 'prod', key: 'orders_daily' },
        mode: 'missing',
        from: '2026-11-01',
        to: '2026-11-05',
        dependents: false,
        parameters: { skip: true },
      },
      pace: { order: 'oldest-first' },
      pressed: { channel: 'CALERTS' },
    });
    expect(stack()).toHaveLength(2);
    expect(plan.content.close).toMatchObject({ text: 'Change' });
    await dana().close(plan.id);
    const again = await showing(/30 4/);
    expect(again.values.parameters?.parameters?.value).toBe('skip=true');
    await dana().submit(again.id, {});
    const second = await showing(/Retry of 3 runs/);
    await dana().submit(second.id, {});
    await crew.workspace.until(() => stack().length === 0);
    expect([...crew.stored.values()]).toMatchObject([{ name: 'plan.v1', slackId: 'UDANA' }]);
  });

  it('leads back to the form from a refusal', async () => {
    const denied = {
      outcome: 'denied',
      why: 'Only members of finance may backfill this.',
      whoMay: 'members of finance',
    };
    const making = jest.spyOn(crew.services.plans, 'make').mockResolvedValueOnce(denied as never);
    await type('backfill orders_daily 2026-11-01..2026-11-05');
    const form = await showing(/30 4/);
    await dana().submit(form.id, {});
    const refusal = await showing(/Only members of finance/);
    expect(refusal.content.close).toMatchObject({ text: 'Back' });
    making.mockRestore();
    await dana().close(refusal.id);
    await dana().close((await showing(/30 4/)).id);
  });

  it('says under the field what is wrong, and keeps the form', async () => {
    await type('backfill orders_daily');
    const form = await showing(/30 4/);
    const { errors } = await dana().submit(form.id, { from: '2026-11-20', to: '2026-11-01', parameters: 'fast' });
    expect(errors).toEqual({ to: expect.stringMatching(/before/), parameters: expect.stringMatching(/name=value/) });
    expect(crew.asked).toEqual([]);
    await dana().close(form.id);
  });

  it('gives no form to those who may not ask for one, and says who may', async () => {
    await crew.workspace.as('UPRIYA').command('CALERTS', '/pipeline', 'backfill orders_daily');
    const top = () => crew.workspace.state.views('UPRIYA').at(-1);
    await crew.workspace.until(() =>
      /role operator may backfill/.test(
        textsOf([top()?.content ?? {}])
          .join(' ')
          .replaceAll('*', ''),
      ),
    );
    expect(top()?.content.submit).toBeUndefined();
  });

  it('asks which pipeline is meant', async () => {
    await type('backfill ordrs last 7 days');
    const shown = await showing(/no pipeline named .*ordrs.*Did you mean/);
    expect(shown.content.submit).toBeUndefined();
    await dana().close(shown.id);
  });
});
