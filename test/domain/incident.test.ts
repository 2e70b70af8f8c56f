import {
  type Candidates,
  type Decision,
  type DisplayState,
  decide,
  displayState,
  type Incident,
  type KnownRun,
  type Member,
  mends,
  type Reason,
  reasons,
} from '../../src/domain/incident';
import type { NoticeKind } from '../../src/domain/notice';
import type { PipelineEvent } from '../../src/domain/pipeline-event';
import fc, { tries } from '../support/fast-check';
import { folded, shuffles, stories } from './run-stories';

/** Minutes after nine. */
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 25, 9, minute));

function event(kind: PipelineEvent['kind'], minute: number, differs: Partial<PipelineEvent> = {}): PipelineEvent {
  return {
    source: 'test',
    id: `${kind}-${minute}`,
    kind,
    occurredAt: at(minute),
    connection: 'prod',
    pipeline: 'orders_daily',
    run: 'r1',
    attempt: 1,
    final: true,
    ...differs,
  };
}

const member = (differs: Partial<Member> = {}): Member => ({
  connection: 'prod',
  pipeline: 'orders_daily',
  partition: '',
  trouble: 'failed',
  state: 'failed',
  via: 'first',
  run: 'r1',
  attempt: 1,
  firstFailedAt: at(0),
  lastFailedAt: at(0),
  troubles: [differs.lastFailedAt ?? at(0)],
  failures: 1,
  ...differs,
});

function incident(members: Member[] = [member()], differs: Partial<Incident> = {}): Incident {
  return { id: 'known', state: 'open', openedAt: at(0), lastFailedAt: at(0), members, ...differs };
}

const closed = (ended: Partial<Member> = {}): Incident =>
  incident([member({ state: 'recovered', endedAt: at(10), ...ended })], { state: 'recovered', closedAt: at(10) });

const run = (status: KnownRun['status'], differs: Partial<KnownRun> = {}): KnownRun => ({
  run: 'r2',
  attempt: 1,
  status,
  startedAt: at(20),
  at: at(25),
  ...differs,
});

const other = member({ pipeline: 'customers_daily' });

interface Case {
  title: string;
  event: PipelineEvent;
  found?: Candidates;
  known?: KnownRun[];
  reason: Reason;
  /** Kinds of notices. */
  says?: NoticeKind[];
  /** State of the incident afterwards; left out = nothing is saved. */
  is?: Incident['state'];
  opens?: boolean;
  member?: Partial<Member>;
}

const cases: Case[] = [
  {
    title: 'opens an incident on a first failure',
    event: event('failed', 0, { step: 'load', error: 'disk full', owner: 'dana' }),
    reason: 'first-failure',
    is: 'open',
    opens: true,
    member: { state: 'failed', via: 'first', step: 'load', error: 'disk full', owner: 'dana', failures: 1 },
  },
  {
    title: 'opens an incident on a failed check',
    event: event('check-failed', 0),
    reason: 'first-failure',
    is: 'open',
    opens: true,
    member: { trouble: 'check-failed', state: 'failed' },
  },
  {
    title: 'opens an incident when a pipeline is late',
    event: event('late', 0),
    reason: 'late',
    is: 'open',
    opens: true,
    member: { trouble: 'late', state: 'failed' },
  },
  {
    title: 'opens an incident with its end when the success came before the failure',
    event: event('failed', 0),
    known: [run('succeeded')],
    reason: 'first-failure',
    is: 'recovered',
    opens: true,
    member: { state: 'recovered', endedAt: at(25) },
  },
  {
    title: 'opens an incident as running again when the next run was seen first',
    event: event('failed', 0),
    known: [run('running', { at: at(20) })],
    reason: 'first-failure',
    is: 'open',
    opens: true,
    member: { state: 'running' },
  },
  {
    title: 'keeps silent about a failure that the orchestrator will retry',
    event: event('failed', 0, { final: false }),
    reason: 'will-retry-itself',
  },
  {
    title: 'keeps silent about it within an open incident as well',
    event: event('failed', 5, { run: 'r2', final: false }),
    found: { same: incident() },
    known: [],
    reason: 'will-retry-itself',
  },
  {
    title: 'tells another failure of the same pipeline in the thread',
    event: event('failed', 5, { attempt: 2, error: 'again' }),
    found: { same: incident() },
    reason: 'another-failure',
    says: ['failed-again'],
    is: 'open',
    member: { attempt: 2, failures: 2, error: 'again', firstFailedAt: at(0), lastFailedAt: at(5) },
  },
  {
    title:
      'keeps the page of the run and its owner when another attempt does not say them, and not the step that failed before',
    event: event('failed', 5, { attempt: 2 }),
    found: { same: incident([member({ step: 'load', url: 'https://run', owner: 'dana' })]) },
    reason: 'another-failure',
    says: ['failed-again'],
    is: 'open',
    member: { step: undefined, url: 'https://run', owner: 'dana' },
  },
  {
    title: 'shows the page of no other run',
    event: event('failed', 5, { run: 'r2' }),
    found: { same: incident([member({ url: 'https://run', logUrl: 'https://log' })]) },
    reason: 'another-failure',
    says: ['failed-again'],
    is: 'open',
    member: { url: undefined, logUrl: undefined },
  },
  {
    title: 'tells that a late pipeline has failed by now',
    event: event('failed', 5),
    found: { same: incident([member({ trouble: 'late' })]) },
    reason: 'another-failure',
    says: ['failed-again'],
    is: 'open',
    member: { trouble: 'failed' },
  },
  {
    title: 'tells a second check of the same attempt',
    event: event('check-failed', 5, { step: 'row_count' }),
    found: { same: incident([member({ trouble: 'check-failed', step: 'not_null' })]) },
    reason: 'another-failure',
    says: ['failed-again'],
    is: 'open',
  },
  {
    title: 'tells one failure of one attempt once, though a second source gives it another time',
    event: event('failed', 5),
    found: { same: incident() },
    reason: 'nothing-new',
  },
  {
    title: 'tells one failed check once',
    event: event('check-failed', 5, { step: 'not_null' }),
    found: { same: incident([member({ trouble: 'check-failed', step: 'not_null' })]) },
    reason: 'nothing-new',
  },
  {
    title: 'keeps silent about an older attempt, but remembers it',
    event: event('failed', 5),
    found: { same: incident([member({ attempt: 2 })]) },
    reason: 'nothing-new',
    is: 'open',
  },
  {
    title: 'keeps silent about an older run, but remembers it',
    event: event('failed', -5, { run: 'r0' }),
    found: { same: incident() },
    reason: 'nothing-new',
    is: 'open',
  },
  {
    title: 'tells failure and end when both are known by then',
    event: event('failed', 5, { attempt: 2 }),
    found: { same: incident() },
    known: [run('succeeded')],
    reason: 'another-failure',
    says: ['failed-again', 'recovered'],
    is: 'recovered',
  },
  {
    title: 'takes a pipeline in again that has left a still open incident',
    event: event('failed', 15, { run: 'r2' }),
    found: { same: incident([member({ state: 'recovered', endedAt: at(10) }), other]) },
    reason: 'another-failure',
    says: ['failed-again'],
    is: 'open',
    member: { state: 'failed', endedAt: undefined, failures: 2 },
  },
  {
    title: 'adds a failure that hangs on an open incident',
    event: event('failed', 5),
    found: { upstream: incident([other]) },
    reason: 'downstream-of-open',
    says: ['joined'],
    is: 'open',
    member: { via: 'downstream' },
  },
  {
    title: 'adds a failure with the same cause',
    event: event('failed', 5),
    found: { cause: incident([other]) },
    reason: 'same-cause',
    says: ['joined'],
    is: 'open',
    member: { via: 'same-cause' },
  },
  {
    title: 'adds a failure with the same cause, and its end when that is known by then',
    event: event('failed', 5),
    found: { cause: incident([other]) },
    known: [run('succeeded')],
    reason: 'same-cause',
    says: ['joined', 'member-recovered'],
    is: 'open',
    member: { state: 'recovered' },
  },
  {
    title: 'opens a closed incident again',
    event: event('failed', 15, { run: 'r2' }),
    found: { lately: closed() },
    reason: 'reopened',
    says: ['reopened'],
    is: 'open',
    member: { state: 'failed', failures: 2 },
  },
  {
    title: 'opens it again and tells its end when that is known by then',
    event: event('failed', 15, { run: 'r2' }),
    found: { lately: closed() },
    known: [run('succeeded', { run: 'r3' })],
    reason: 'reopened',
    says: ['reopened', 'recovered'],
    is: 'recovered',
    member: { state: 'recovered', endedAt: at(25) },
  },
  {
    title: 'keeps silent about a failure older than what a closed incident told, but remembers it',
    event: event('failed', -5, { run: 'r0' }),
    found: { lately: closed() },
    reason: 'out-of-date',
    is: 'recovered',
  },
  {
    title: 'keeps silent about a late failure that the known end has mended as well',
    event: event('failed', 5, { run: 'r0', startedAt: at(-1) }),
    found: { lately: closed() },
    known: [run('succeeded', { startedAt: at(4), at: at(10) })],
    reason: 'out-of-date',
    is: 'recovered',
    member: { run: 'r0', lastFailedAt: at(5), endedAt: at(10) },
  },
  {
    title: 'opens it again for a late failure that the known end has not mended',
    event: event('failed', 5, { run: 'r0', startedAt: at(4) }),
    found: { lately: closed() },
    known: [run('succeeded', { startedAt: at(1), at: at(10) })],
    reason: 'reopened',
    says: ['reopened'],
    is: 'open',
  },
  {
    title: 'closes the incident on the next success',
    event: event('succeeded', 25, { run: 'r2' }),
    found: { same: incident() },
    known: [run('succeeded')],
    reason: 'recovered',
    says: ['recovered'],
    is: 'recovered',
    member: { state: 'recovered', endedAt: at(25) },
  },
  {
    title: 'tells the recovery of one member while others are hit',
    event: event('succeeded', 25, { run: 'r2' }),
    found: { same: incident([member(), other]) },
    known: [run('succeeded')],
    reason: 'member-recovered',
    says: ['member-recovered'],
    is: 'open',
  },
  {
    title: 'counts the members that were not read before it closes',
    event: event('succeeded', 25, { run: 'r2' }),
    found: { same: incident([member()], { rest: { count: 5_000, live: 1, recovered: 4_999 } }) },
    known: [run('succeeded')],
    reason: 'member-recovered',
    says: ['member-recovered'],
    is: 'open',
  },
  {
    title: 'keeps an incident open for a success of a run that was started before the failed one',
    event: event('succeeded', 25, { run: 'r2' }),
    found: { same: incident([member({ startedAt: at(-5) })]) },
    known: [run('succeeded', { startedAt: at(-10) })],
    reason: 'out-of-date',
  },
  {
    title: 'keeps silent about a success after the end',
    event: event('succeeded', 30, { run: 'r3' }),
    found: { lately: closed() },
    known: [run('succeeded', { at: at(10) }), run('succeeded', { run: 'r3', at: at(30) })],
    reason: 'nothing-new',
  },
  {
    title: 'corrects the end without a word when an earlier success becomes known',
    event: event('succeeded', 8, { run: 'r3' }),
    found: { lately: closed() },
    known: [run('succeeded', { at: at(10) }), run('succeeded', { run: 'r3', startedAt: at(2), at: at(8) })],
    reason: 'nothing-new',
    is: 'recovered',
    member: { endedAt: at(8) },
  },
  {
    title: 'keeps silent about a success without an incident',
    event: event('succeeded', 25),
    reason: 'no-incident',
  },
  {
    title: 'keeps silent about a start without an incident',
    event: event('started', 25),
    reason: 'no-incident',
  },
  {
    title: 'tells that it runs again',
    event: event('started', 20, { run: 'r2' }),
    found: { same: incident() },
    known: [run('running', { at: at(20) })],
    reason: 'running-again',
    says: ['running-again'],
    is: 'open',
    member: { state: 'running' },
  },
  {
    title: 'keeps silent about a run that had started before the failure',
    event: event('started', -5, { run: 'r2' }),
    found: { same: incident() },
    known: [run('running', { startedAt: at(-5), at: at(-5) })],
    reason: 'nothing-new',
  },
  {
    title: 'falls back to failed, quietly, when the run that was to mend it is cancelled',
    event: event('cancelled', 25, { run: 'r2' }),
    found: { same: incident([member({ state: 'running' })]) },
    known: [run('cancelled')],
    reason: 'another-failure',
    is: 'open',
    member: { state: 'failed' },
  },
  {
    title: 'falls back to failed when the newest attempt is cancelled, though an earlier one never told its end',
    event: event('cancelled', 25, { run: 'r2', attempt: 2 }),
    found: { same: incident([member({ state: 'running' })]) },
    known: [run('running'), run('cancelled', { attempt: 2 })],
    reason: 'another-failure',
    is: 'open',
    member: { state: 'failed' },
  },
  {
    title: 'keeps silent about a cancelled run when nothing was running',
    event: event('cancelled', 25, { run: 'r2' }),
    found: { same: incident() },
    known: [run('cancelled')],
    reason: 'nothing-new',
  },
  {
    title: 'closes as skipped when the failed run is skipped',
    event: event('skipped', 25),
    found: { same: incident() },
    known: [run('skipped', { run: 'r1' })],
    reason: 'skipped',
    says: ['skipped'],
    is: 'skipped',
    member: { state: 'skipped', endedAt: at(25) },
  },
  {
    title: 'tells the skip of one member while others are hit',
    event: event('skipped', 25),
    found: { same: incident([member(), other]) },
    known: [run('skipped', { run: 'r1' })],
    reason: 'skipped',
    says: ['skipped'],
    is: 'open',
  },
  {
    title: 'leaves a failure alone when another run without a partition is skipped',
    event: event('skipped', 25, { run: 'r2' }),
    found: { same: incident() },
    known: [run('skipped')],
    reason: 'nothing-new',
  },
  {
    title: 'counts a success after a skip as the recovery',
    event: event('succeeded', 30, { run: 'r2' }),
    found: {
      lately: incident([member({ state: 'skipped', endedAt: at(25) })], { state: 'skipped', closedAt: at(25) }),
    },
    known: [run('skipped', { run: 'r1', startedAt: at(-5) }), run('succeeded', { at: at(30) })],
    reason: 'recovered',
    says: ['recovered'],
    is: 'recovered',
  },
  {
    title: 'opens an incident again when what seemed to mend it turns out to have started too early',
    event: event('started', -20, { run: 'r2' }),
    found: { lately: closed({ startedAt: at(-5) }) },
    known: [run('succeeded', { startedAt: at(-20), at: at(10) })],
    reason: 'reopened',
    says: ['reopened'],
    is: 'open',
  },
];

/** It failed and was well again twice within two hours. */
const flappy = incident([member({ state: 'recovered', troubles: [at(0), at(60)], endedAt: at(70) })], {
  state: 'recovered',
  closedAt: at(70),
});
const twiceGood = [
  run('succeeded', { run: 'g1', startedAt: at(5), at: at(10) }),
  run('succeeded', { run: 'g2', startedAt: at(65), at: at(70) }),
];

cases.push(
  {
    title: 'takes what fails a third time within the day in where it failed before, and tells that it flaps',
    event: event('failed', 120, { run: 'r9' }),
    found: { earlier: flappy },
    known: twiceGood,
    reason: 'flapping',
    says: ['flapping'],
    is: 'open',
    member: { state: 'failed', troubles: [at(0), at(60), at(120)] },
  },
  {
    title: 'opens a new one where a run that mends it was not started in between',
    event: event('failed', 120, { run: 'r9' }),
    found: { earlier: flappy },
    known: twiceGood.slice(1),
    reason: 'first-failure',
    is: 'open',
    opens: true,
    member: { troubles: [at(0), at(60), at(120)] },
  },
  {
    title: 'says no more of single failures while it flaps',
    event: event('failed', 125, { run: 'r9', attempt: 2 }),
    found: {
      same: incident([member({ run: 'r9', lastFailedAt: at(120), troubles: [at(0), at(60), at(120)] })], {
        flappers: [
          {
            connection: 'prod',
            pipeline: 'orders_daily',
            partition: '',
            times: 3,
            since: at(0),
            calmAt: at(240),
          },
        ],
      }),
    },
    known: twiceGood,
    reason: 'still-flapping',
    is: 'open',
    member: { failures: 2 },
  },
);

describe('decide', () => {
  it.each(cases)('$title', ({ event, found = {}, known = [], reason, says = [], is, opens = false, member }) => {
    const decision = decide(event, found, known, () => 'new');
    expect(decision.reason).toBe(reason);
    expect(decision.notices.map(({ kind }) => kind)).toEqual(says);
    expect(decision.incident?.state).toBe(is);
    expect(decision.opened).toBe(opens);
    if (is) expect(decision.incident?.id).toBe(opens ? 'new' : 'known');
    if (member) expect(decision.member).toMatchObject(member);
  });

  it('marks each pipeline that flaps, the one that is restless longest first, and of equals the same whatever was heard first', () => {
    const troubles = [at(0), at(60)];
    const both = incident([member({ troubles }), member({ pipeline: 'orders_hourly', troubles })]);
    const third = (pipeline: string) => event('failed', 120, { pipeline, run: 'r9' });
    const heard = (...pipelines: string[]) =>
      pipelines.reduce(
        ({ same, says }, pipeline) => {
          const decision = decide(third(pipeline), { same }, twiceGood, () => 'new');
          return { same: decision.incident ?? same, says: [...says, ...decision.notices.map(({ kind }) => kind)] };
        },
        { same: both, says: [] as string[] },
      );
    const [one, other] = [heard('orders_daily', 'orders_hourly'), heard('orders_hourly', 'orders_daily')];
    expect(one.same.flappers?.map(({ pipeline }) => pipeline)).toEqual(['orders_daily', 'orders_hourly']);
    expect(other.same.flappers).toEqual(one.same.flappers);
    expect(one.says).toEqual(['flapping', 'flapping']);
  });

  it('has a case for every reason', () => {
    expect([...new Set(cases.map(({ reason }) => reason))].sort()).toEqual([...reasons].sort());
  });

  describe('by precedence', () => {
    const named = (id: string, differs: Partial<Incident> = {}) => incident([other], { id, ...differs });
    const same = incident([member()], { id: 'same' });
    const upstream = named('upstream');
    const cause = named('cause');
    const lately = { ...closed(), id: 'lately' };
    const failed = event('failed', 15, { run: 'r2' });

    it.each<{ title: string; found: Candidates; id: string; reason: Reason }>([
      {
        title: 'the open incident of the same pipeline and partition before all others',
        found: { same, upstream, cause, lately },
        id: 'same',
        reason: 'another-failure',
      },
      {
        title: 'what is upstream before the same cause',
        found: { upstream, cause, lately },
        id: 'upstream',
        reason: 'downstream-of-open',
      },
      { title: 'the same cause before what was closed', found: { cause, lately }, id: 'cause', reason: 'same-cause' },
      {
        title: 'what was closed a short while ago before a new one',
        found: { lately },
        id: 'lately',
        reason: 'reopened',
      },
      { title: 'a new one when there is no other', found: {}, id: 'new', reason: 'first-failure' },
    ])('takes $title', ({ found, id, reason }) => {
      const decision = decide(failed, found, [], () => 'new');
      expect(decision).toMatchObject({ reason, incident: { id } });
    });

    it('lets no open incident take a failure in that a closed one has told', () => {
      const old = event('failed', -5, { run: 'r0' });
      expect(decide(old, { upstream, cause, lately }, [], () => 'new').reason).toBe('out-of-date');
    });
  });

  it('says how many are hit and how many are left, with those that were not read', () => {
    const rest = { count: 40, live: 30, recovered: 10 };
    const joined = decide(event('failed', 5), { cause: incident([other], { rest }) }, [], () => 'new');
    expect(joined.notices).toMatchObject([{ kind: 'joined', count: 1, total: 42, why: 'same-cause' }]);
    const left = decide(
      event('succeeded', 25, { run: 'r2' }),
      { same: incident([member()], { rest }) },
      [run('succeeded')],
      () => 'new',
    );
    expect(left.notices).toMatchObject([{ kind: 'member-recovered', count: 1, left: 30 }]);
  });

  it('closes with the last end of all members and says how long it took', () => {
    const rest = { count: 1, live: 0, recovered: 1, lastEndedAt: at(40) };
    const decision = decide(
      event('succeeded', 25, { run: 'r2' }),
      { same: incident([member()], { rest }) },
      [run('succeeded')],
      () => 'new',
    );
    expect(decision.incident).toMatchObject({ state: 'recovered', closedAt: at(40) });
    expect(decision.notices).toMatchObject([{ kind: 'recovered', tookMs: 40 * 60_000 }]);
  });

  it('ends as recovered when one member recovered and the others were skipped', () => {
    const found = incident([member(), member({ pipeline: 'b', state: 'recovered', endedAt: at(1) })]);
    const decision = decide(event('skipped', 25), { same: found }, [run('skipped', { run: 'r1' })], () => 'new');
    expect(decision.incident?.state).toBe('recovered');
    expect(decision.notices.map(({ kind }) => kind)).toEqual(['recovered']);
  });

  it('takes the end of the run for the time of a failure that was told later', () => {
    const decision = decide(event('failed', 7, { endedAt: at(2) }), {}, [], () => 'new');
    expect(decision.incident?.openedAt).toEqual(at(2));
    expect(decision.member?.lastFailedAt).toEqual(at(2));
  });
});

describe('mends', () => {
  const failed = { run: 'r1', attempt: 1, partition: '', startedAt: at(-5), lastFailedAt: at(0) };
  it.each<{ title: string; failed?: Partial<typeof failed>; good: Partial<KnownRun>; is: boolean }>([
    {
      title: 'a run that was started after the failed one',
      good: { run: 'r2', startedAt: at(-4), at: at(-1) },
      is: true,
    },
    {
      title: 'a run that was started at the same time',
      good: { run: 'r2', startedAt: at(-5), at: at(9) },
      is: false,
    },
    {
      title: 'a run that was started before, though it ended later',
      good: { run: 'r2', startedAt: at(-6), at: at(9) },
      is: false,
    },
    { title: 'a later attempt of the same run', good: { attempt: 2, at: at(5) }, is: true },
    {
      title: 'an earlier attempt of the same run',
      failed: { attempt: 2 },
      good: { attempt: 1, at: at(5) },
      is: false,
    },
    { title: 'the same attempt that ended later', good: { at: at(5) }, is: true },
    { title: 'the same attempt that ended before', good: { at: at(-1) }, is: false },
    { title: 'a run of unknown start that ended after the failure', good: { run: 'r2', at: at(1) }, is: true },
    { title: 'a run of unknown start that ended with the failure', good: { run: 'r2', at: at(0) }, is: false },
    {
      title: 'a run of the same partition that ended after the failure, whenever it was started',
      failed: { partition: 'd' },
      good: { run: 'r2', startedAt: at(-9), at: at(0) },
      is: true,
    },
    {
      title: 'a run of the same partition that ended before the failure',
      failed: { partition: 'd' },
      good: { run: 'r2', startedAt: at(-4), at: at(-1) },
      is: false,
    },
  ])('$title: $is', ({ failed: differs = {}, good, is }) => {
    expect(mends({ ...failed, ...differs }, { run: 'r1', attempt: 1, at: at(0), ...good })).toBe(is);
  });
});

describe('displayState', () => {
  const calm = { acting: false, acknowledged: false, muted: false, flapping: false };
  const open = { state: 'open' as const };
  const failing = { state: 'failed' as const, trouble: 'failed' as const };
  it.each<{ title: string; facts: Partial<Parameters<typeof displayState>[0]>; is: DisplayState }>([
    { title: 'is failed while a member has failed', facts: {}, is: 'failed' },
    {
      title: 'is failed for a failed check',
      facts: { members: [{ state: 'failed', trouble: 'check-failed' }] },
      is: 'failed',
    },
    {
      title: 'is late while all that is wrong is late',
      facts: { members: [{ state: 'failed', trouble: 'late' }] },
      is: 'late',
    },
    {
      title: 'is failed when one is late and one has failed',
      facts: { members: [failing, { state: 'failed', trouble: 'late' }] },
      is: 'failed',
    },
    { title: 'is acknowledged by a person', facts: { acknowledged: true }, is: 'acknowledged' },
    { title: 'is muted before acknowledged', facts: { acknowledged: true, muted: true }, is: 'muted' },
    { title: 'is retrying before muted', facts: { acting: true, muted: true, acknowledged: true }, is: 'retrying' },
    {
      title: 'is retrying when a member runs again by itself',
      facts: { members: [failing, { state: 'running', trouble: 'failed' }], muted: true },
      is: 'retrying',
    },
    {
      title: 'is recovered whatever else holds',
      facts: { incident: { state: 'recovered' }, acting: true, muted: true, acknowledged: true },
      is: 'recovered',
    },
    { title: 'is flapping before failed', facts: { flapping: true }, is: 'flapping' },
    {
      title: 'is flapping while it is up, whatever else holds',
      facts: { incident: { state: 'recovered' }, flapping: true, muted: true, acknowledged: true },
      is: 'flapping',
    },
    { title: 'is acknowledged before flapping', facts: { flapping: true, acknowledged: true }, is: 'acknowledged' },
    {
      title: 'is recovered where all are over it, whatever goes on elsewhere',
      facts: {
        members: [
          { state: 'recovered', trouble: 'failed' },
          { state: 'skipped', trouble: 'late' },
        ],
        acting: true,
      },
      is: 'recovered',
    },
    {
      title: 'is skipped whatever else holds',
      facts: { incident: { state: 'skipped' }, acting: true, muted: true, acknowledged: true },
      is: 'skipped',
    },
  ])('$title', ({ facts, is }) => {
    expect(displayState({ incident: open, members: [failing], ...calm, ...facts })).toBe(is);
  });
});

describe('the end of a story', () => {
  /** All events in this order, each decided on what was known by then. */
  function play(events: PipelineEvent[]): { incidents: number; newest?: unknown } {
    const told = new Map<string, Incident>();
    const heard: PipelineEvent[] = [];
    for (const each of events) {
      heard.push(each);
      const [current] = [...told.values()];
      const found: Candidates = current ? (current.state === 'open' ? { same: current } : { lately: current }) : {};
      const decision: Decision = decide(each, found, folded(heard), () => `incident ${told.size + 1}`);
      if (decision.incident) told.set(decision.incident.id, decision.incident);
    }
    const [incident] = [...told.values()];
    const [shown] = incident?.members ?? [];
    return {
      incidents: told.size,
      newest: incident && [
        incident.flappers,
        incident.state,
        incident.closedAt?.toISOString(),
        shown?.state,
        shown?.run,
        shown?.attempt,
        shown?.trouble,
        shown?.lastFailedAt.toISOString(),
        shown?.endedAt?.toISOString(),
      ],
    };
  }

  it.each(['', '2026-11-25'])('does not depend on the order or repetition of events (partition "%s")', (partition) => {
    fc.assert(
      fc.property(stories(partition).chain(shuffles), ({ inOrder, shuffled }) => {
        expect(play(shuffled)).toEqual(play(inOrder));
      }),
      { numRuns: tries(600) },
    );
  });
});
