import { buttons, linkButton, wishOf } from '../../src/slack/buttons';
import fc from '../support/fast-check';

const value = {
  incidentId: 'i1',
  connection: 'prod',
  pipeline: 'orders_daily',
  partition: '2026-11-17',
  run: 'run-7',
  attempt: 2,
  turn: 1,
};

describe('a button', () => {
  it('reads what it wrote', () => {
    expect(buttons.retryRun.decode(buttons.retryRun.encode(value))).toEqual({ ok: true, value });
  });

  it('reads what an earlier release wrote, before there were turns', () => {
    const { turn: _turn, ...older } = value;
    expect(buttons.retryRun.decode(JSON.stringify(older))).toEqual({ ok: true, value: { ...older, turn: 0 } });
  });

  it.each([
    { title: 'nothing', value: undefined, why: 'missing' },
    { title: 'an empty text', value: '', why: 'missing' },
    { title: 'no JSON', value: 'run-7', why: 'garbage' },
    { title: 'another form', value: '{"runId":7}', why: 'garbage' },
    { title: 'a list', value: '[]', why: 'garbage' },
  ])('says what is wrong with $title', ({ value: given, why }) => {
    expect(buttons.retryRun.decode(given)).toEqual({ ok: false, why });
  });

  it('never throws, whatever its value is', () => {
    fc.assert(fc.property(fc.anything(), (given) => expect(buttons.showLog.decode(given).ok).toBe(false)));
    fc.assert(fc.property(fc.json(), (given) => void buttons.showLog.decode(given)));
  });

  it('is left out when Slack could not carry its value', () => {
    expect(buttons.retryRun.element({ ...value, run: 'r'.repeat(2_000) }, { about: 'orders_daily' })).toBeUndefined();
  });

  it('has an id with a version, and no two have the same', () => {
    const ids = Object.values(buttons).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*\.v\d+$/);
  });

  it('opens web addresses only', () => {
    expect(linkButton('https://maestro.example/runs/7', 'Open run', 'orders_daily')).toMatchObject({
      url: 'https://maestro.example/runs/7',
    });
    expect(linkButton('javascript:alert(1)', 'Open run', 'orders_daily')).toBeUndefined();
    expect(linkButton(undefined, 'Open run', 'orders_daily')).toBeUndefined();
  });
});

describe('two presses', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 9, 0, second));
  it.each([
    { title: 'are one wish within a turn, however far apart', kind: 'turn', a: [1, 0], b: [1, 3_000], same: true },
    { title: 'are two wishes in two turns', kind: 'turn', a: [1, 0], b: [2, 0], same: false },
    { title: 'are one wish within a minute', kind: 'minute', a: [1, 0], b: [1, 59], same: true },
    { title: 'are two wishes later on', kind: 'minute', a: [1, 0], b: [1, 60], same: false },
  ] as const)('$title', ({ kind, a, b, same }) => {
    const wish = ([turn, second]: readonly [number, number]) => wishOf(kind, { attempt: 1, turn }, at(second));
    expect(wish(a) === wish(b)).toBe(same);
  });
});
