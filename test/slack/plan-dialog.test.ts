import type { Conflict } from '../../src/domain/plan';
import { dialogs } from '../../src/slack/dialogs';
import { readForm } from '../../src/slack/form';
import { textsOf } from '../../src/slack/message';
import { readPlanForm, renderPlan } from '../../src/slack/plan-dialog';
import { checkView } from '../../src/workspace/blocks/check';
import fc, { tries } from '../support/fast-check';
import { plan, planId, plannedRun, plannedUntil } from './plans';

const of = { title: 'Retry all', place: { channel: 'CALERTS' }, mayOperate: false, timeZone: 'Europe/Berlin' };
const freeze = {
  verdict: 'deny' as const,
  reason: 'Changes are frozen until 2 Jan 2027, Europe/Berlin (year end).',
  whoMay: 'members of *orders*',
  freeze: 'year end',
};

function shown(more: Parameters<typeof plan>[0] = {}, context: Partial<Parameters<typeof renderPlan>[1]> = {}) {
  const view = renderPlan(
    { outcome: 'planned', actionId: planId, plan: plan(more), until: plannedUntil },
    { ...of, ...context },
  );
  const text = textsOf(view.blocks).join('\n');
  const fields = view.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []));
  return { view, text, fields };
}

describe('the dialog of a plan', () => {
  it('names the exact runs and steps, how it goes on, how long it takes, what it has helped before, and what waits', () => {
    const { view, text, fields } = shown();
    expect(view.title.text).toBe('Retry all');
    expect(view.submit?.text).toBe('Retry 3 runs');
    expect(text).toContain('*Retry of 3 runs of orders_daily, refunds and stock_levels*\nGoes on from where it failed');
    expect(text).toContain(
      '• orders_daily, run 118: load_warehouse, publish\n• refunds, run 118: load\n• stock_levels, run 118',
    );
    expect(text).toContain(
      'About 12 min for all, 3 at a time. One usually takes 4 min; 9 of 10 are done within 9 min (of 31 runs that went well)',
    );
    expect(text).toContain('A plain retry fixed this cause 14 of 15 times, median 12 min.');
    expect(text).toMatch(/Waiting downstream: 3, and 1 table\*[\s\S]*Revenue · finance · due 08:00/);
    expect(text).toMatch(/This plan holds until <!date/);
    expect(fields).toEqual(['canary', 'parallel', 'stopAfter']);
    expect(dialogs.plan.decode(view.private_metadata)).toEqual({
      ok: true,
      value: { actionId: planId, place: { channel: 'CALERTS' } },
    });
  });

  it.each(['stop', 'kill'] as const)('knows no duration of a %s', (kind) => {
    const { text } = shown({ kind, items: [plannedRun('orders_daily')], pace: undefined });
    expect(text).toContain('What runs is ended; nothing runs again by it.');
    expect(text).not.toContain('usually takes');
  });

  it('makes no share of a single run', () => {
    const { text } = shown({ duration: { medianMs: 240_000, p90Ms: 240_000, n: 1 } });
    expect(text).toContain('The only run of it that went well took 4 min.');
    expect(text).not.toContain('9 of 10');
  });

  it('asks nothing about the pace of one alone, and says so when nothing is known of it', () => {
    const { view, text, fields } = shown({
      items: [plannedRun('orders_daily')],
      pace: undefined,
      duration: undefined,
      expectedMs: undefined,
      downstream: { nodes: [], edges: [], total: 0 },
    });
    expect(view.submit?.text).toBe('Retry run');
    expect(fields).toEqual([]);
    expect(text).toContain('How long it takes is not known: I know of no run of it that went well');
    expect(shown({ duration: undefined, expectedMs: undefined }).text).toContain('no run of these that went well');
    expect(text).toContain('What waits for it downstream is not known.');
  });

  it('names what is left out and who may do it, and what speaks against the rest', () => {
    const leftOut: Conflict[] = [
      {
        kind: 'not-allowed',
        say: 'for members of *finance*',
        count: 7,
        names: ['run 4 of ledger', 'run 5 of books'],
      },
    ];
    const { text } = shown({
      leftOut,
      warnings: [{ kind: 'bulk-off', say: 'All bulk work is paused now.', count: 1, names: [] }],
    });
    expect(text).toContain('*Left out: 7*\n• run 4 of ledger, run 5 of books and 5 more: for members of *finance*');
    expect(text).toContain('⚠️ All bulk work is paused now.');
  });

  it.each([
    {
      title: 'a second person is needed',
      more: { verdict: { verdict: 'needs-approval' as const, reason: 'An operator has to say yes.', whoMay: '' } },
      may: false,
      submit: 'Ask for approval',
      says: '✋ An operator has to say yes.',
    },
    {
      title: 'a freeze holds, for most people',
      more: { verdict: freeze },
      may: false,
      submit: undefined,
      says: 'If it cannot wait, ask an operator to break the glass',
    },
    {
      title: 'a freeze holds, for those who may break the glass',
      more: { verdict: freeze },
      may: true,
      submit: 'Break glass',
      says: 'everybody hears why',
    },
  ])('when $title, offers "$submit"', ({ more, may, submit, says }) => {
    const { view, text, fields } = shown(more, { mayOperate: may });
    expect(view.submit?.text).toBe(submit);
    expect(text).toContain(says);
    expect(fields.includes('reason')).toBe(submit === 'Break glass');
  });

  it.each([
    {
      kind: 'backfill' as const,
      target: { kind: 'partitions' as const, pipeline: { connection: 'prod', key: 'x' }, partitions: ['a', 'b'] },
      submit: 'Backfill 2',
    },
    {
      kind: 'redeploy' as const,
      target: { kind: 'version' as const, pipeline: { connection: 'prod', key: 'x' }, version: '7' },
      submit: 'Redeploy version 7',
    },
    {
      kind: 'skip' as const,
      target: {
        kind: 'steps' as const,
        run: { pipeline: { connection: 'prod', key: 'x' }, run: '1' },
        steps: ['load'],
      },
      submit: 'Skip step',
    },
    {
      kind: 'start' as const,
      target: { kind: 'pipeline' as const, pipeline: { connection: 'prod', key: 'x' } },
      submit: 'Start',
    },
  ])('says "$submit" on the button', ({ kind, target, submit }) => {
    expect(shown({ kind, items: [{ target }], pace: undefined }).view.submit?.text).toBe(submit);
  });

  it.each([
    {
      answer: {
        outcome: 'denied' as const,
        why: 'Only members of *finance* may retry this.',
        whoMay: 'members of *finance*',
      },
      says: 'Only members of *finance* may retry this. You can ask one of them. Nothing was changed',
    },
    {
      answer: { outcome: 'cannot' as const, say: 'None of its runs is failed any more; there is nothing to do.' },
      says: 'None of its runs is failed any more; there is nothing to do. Nothing was changed.',
    },
  ])('can only be closed where there is no plan, and says why', ({ answer, says }) => {
    const view = renderPlan(answer, of);
    expect(view.submit).toBeUndefined();
    expect(textsOf(view.blocks).join(' ').replace('🚫 ', '')).toContain(says);
  });

  it('is taken by Slack whatever the names hold, and however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (names, mayOperate) => {
          const { view } = shown(
            {
              items: names.map((name) => plannedRun(name, { steps: names, note: name })),
              how: names.slice(0, 3),
              leftOut: names.map((name) => ({ kind: 'running' as const, say: name, count: names.length, names })),
              warnings: names.map((name) => ({ kind: 'bulk-off' as const, say: name, count: 1, names })),
              verdict: freeze,
            },
            { mayOperate },
          );
          expect(checkView({ ...view })).toEqual([]);
        },
      ),
      { numRuns: tries(50) },
    );
  });
});

describe('what is filled in', () => {
  const values = (parallel: string | null, stopAfter: string | null, ticked: boolean) => ({
    canary: { canary: { type: 'checkboxes', selected_options: ticked ? [{ value: 'canary' }] : [] } },
    parallel: { parallel: { type: 'number_input', value: parallel } },
    stopAfter: { stopAfter: { type: 'number_input', value: stopAfter } },
  });

  it.each([
    {
      title: 'a pace',
      given: values('5', '2', false),
      read: { ok: true, value: { pace: { parallel: 5, stopAfter: 2, canary: false } } },
    },
    {
      title: 'too many at a time',
      given: values('51', '2', true),
      read: { ok: false, errors: { parallel: 'A whole number from 1 to 50.' } },
    },
    {
      title: 'no number',
      given: values('x', '1.5', true),
      read: { ok: false, errors: { parallel: 'A whole number from 1 to 50.', stopAfter: 'A whole number from 1.' } },
    },
    {
      title: 'a reason alone',
      given: { reason: { reason: { type: 'plain_text_input', value: ' the board waits ' } } },
      read: { ok: true, value: { reason: 'the board waits' } },
    },
    { title: 'nothing', given: {}, read: { ok: true, value: {} } },
  ])('is read: $title', ({ given, read }) => {
    expect(readPlanForm(readForm(given))).toEqual(read);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (given) => void readPlanForm(readForm(given))));
  });
});
