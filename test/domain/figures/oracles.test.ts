import { timeToAcknowledge, timeToNotice } from '../../../src/domain/figures/alerting';
import { changeFailures } from '../../../src/domain/figures/changes';
import { freshness } from '../../../src/domain/figures/freshness';
import { isPaved, type PavedFacts, pavedPath } from '../../../src/domain/figures/paved-path';
import { retryEffectiveness, runSuccess } from '../../../src/domain/figures/reliability';
import { timeSaved } from '../../../src/domain/figures/time-saved';
import fc from '../../support/fast-check';

// Figures against the same counted slowly: loops over what happened, with none of the code that is tested.

const start = Date.parse('2026-11-16T00:00:00Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const hour = (hours: number) => new Date(start + hours * hourMs);

/** The value that at least that part of them does not exceed, found by trying each. */
function slowQuantile(values: readonly number[], part: number): number | undefined {
  let best: number | undefined;
  for (const candidate of values) {
    let notAbove = 0;
    for (const value of values) if (value <= candidate) notAbove += 1;
    if (notAbove >= part * values.length - 1e-9 && (best === undefined || candidate < best)) best = candidate;
  }
  return best;
}

function slowSpread(values: readonly number[]) {
  if (values.length === 0) return { n: 0 };
  let max = values[0] as number;
  for (const value of values) if (value > max) max = value;
  return { n: values.length, median: slowQuantile(values, 0.5), p90: slowQuantile(values, 0.9), max };
}

it('change failure rate: the first own failure among the two runs of the day after, if it was not known for a week', () => {
  const run = fc.record({
    pipeline: fc.constantFrom('p', 'q'),
    at: fc.integer({ min: -200, max: 60 }).map(hour),
    failed: fc.boolean(),
    fingerprint: fc.constantFrom('x', 'y', undefined),
    isElsewhere: fc.boolean(),
  });
  const change = fc.record({
    pipeline: fc.constantFrom('p', 'q'),
    at: fc.integer({ min: -20, max: 40 }).map((hours) => new Date(hour(hours).getTime() + 1)),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(run, { selector: ({ at }) => at.getTime(), maxLength: 25 }),
      fc.array(change, { maxLength: 5 }),
      (runs, changes) => {
        const blamed: { pipeline: string; at: number }[] = [];
        for (const { pipeline, at } of changes) {
          let seen = 0;
          let culprit: (typeof runs)[number] | undefined;
          for (let ms = at.getTime() + 1; ms <= at.getTime() + dayMs && seen < 2; ms += hourMs) {
            // Runs lie on whole hours, changes a millisecond behind one.
            const found = runs.find((each) => each.pipeline === pipeline && each.at.getTime() === hourAfter(ms));
            if (!found || found.at.getTime() > at.getTime() + dayMs) continue;
            seen += 1;
            if (!culprit && found.failed && !found.isElsewhere) culprit = found;
          }
          if (!culprit) continue;
          let isKnown = false;
          for (const each of runs) {
            const agoMs = at.getTime() - each.at.getTime();
            if (each.pipeline === pipeline && each.failed && agoMs >= 0 && agoMs < 7 * dayMs)
              isKnown ||= each.fingerprint === culprit.fingerprint;
          }
          if (!isKnown) blamed.push({ pipeline, at: culprit.at.getTime() });
        }
        let ambiguous = 0;
        for (const one of blamed) {
          let same = 0;
          for (const other of blamed) if (other.pipeline === one.pipeline && other.at === one.at) same += 1;
          if (same > 1) ambiguous += 1;
        }
        const found = changeFailures(changes, runs);
        expect(found.rate).toEqual({ hits: blamed.length, n: changes.length });
        expect(found.ambiguous).toBe(ambiguous);
        expect(found.failures.map(({ change, failedAt }) => [change.pipeline, failedAt.getTime()])).toEqual(
          blamed.map(({ pipeline, at }) => [pipeline, at]),
        );
      },
    ),
  );

  function hourAfter(ms: number): number {
    return start + Math.ceil((ms - start) / hourMs) * hourMs;
  }
});

it('time to first notice and to acknowledge: of those told, of those taken up, and the others counted', () => {
  const moment = fc.integer({ min: 0, max: 20 }).map(hour);
  const alert = fc.record(
    { failedAt: moment, toldAt: moment, touchedAt: moment },
    { requiredKeys: ['failedAt'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(alert, { maxLength: 30 }), (alerts) => {
      const waits: number[] = [];
      const answers: number[] = [];
      let neverTold = 0;
      let neverTaken = 0;
      for (const { failedAt, toldAt, touchedAt } of alerts) {
        if (!toldAt) {
          neverTold += 1;
          continue;
        }
        waits.push(toldAt < failedAt ? 0 : toldAt.getTime() - failedAt.getTime());
        if (touchedAt) answers.push(touchedAt < toldAt ? 0 : touchedAt.getTime() - toldAt.getTime());
        else neverTaken += 1;
      }
      const p95 = slowQuantile(waits, 0.95);
      expect(timeToNotice(alerts)).toEqual({
        spread: slowSpread(waits),
        ...(p95 === undefined ? {} : { p95 }),
        neverTold,
      });
      expect(timeToAcknowledge(alerts)).toEqual({ spread: slowSpread(answers), never: neverTaken });
    }),
  );
});

it('retry effectiveness: by cause, of presses that are over, and how soon those that mended it did', () => {
  const click = fc.record({
    cause: fc.constantFrom('network', 'code', 'unknown'),
    outcome: fc.constantFrom('worked' as const, 'did not' as const, 'not over' as const),
    ms: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(click, { maxLength: 30 }), (clicks) => {
      const found = retryEffectiveness(clicks);
      let pressed = 0;
      for (const { cause, worked, notOver, toGreen } of found) {
        let [hits, over, open] = [0, 0, 0];
        const times: number[] = [];
        for (const each of clicks) {
          if (each.cause !== cause) continue;
          pressed += 1;
          if (each.outcome === 'not over') open += 1;
          else over += 1;
          if (each.outcome !== 'worked') continue;
          hits += 1;
          times.push(each.ms);
        }
        expect({ worked, notOver, toGreen }).toEqual({
          worked: { hits, n: over },
          notOver: open,
          toGreen: slowSpread(times),
        });
      }
      expect(pressed).toBe(clicks.length);
      // Pressed most first, and of as many by name.
      for (let index = 1; index < found.length; index += 1) {
        const [a, b] = [found[index - 1], found[index]].map((each) => ({
          presses: each ? each.worked.n + each.notOver : 0,
          cause: each?.cause ?? '',
        }));
        expect(a && b && (a.presses > b.presses || (a.presses === b.presses && a.cause < b.cause))).toBe(true);
      }
    }),
  );
});

it('freshness: of days on which something was due in its own zone, those on which a run had ended in time', () => {
  // Zones whose clocks are never changed, so that a day is a day and the hours can be counted.
  const zones = { UTC: 0, 'Asia/Tokyo': 9, 'Asia/Kolkata': 5.5, 'America/Phoenix': -7 };
  const dataset = fc.record({
    zone: fc.constantFrom(...(Object.keys(zones) as (keyof typeof zones)[])),
    deadlineHour: fc.integer({ min: 0, max: 23 }),
    weekdaysOnly: fc.boolean(),
    ends: fc.uniqueArray(fc.integer({ min: -15 * 48, max: 8 * 48 }), { maxLength: 40 }),
    isPartitioned: fc.boolean(),
  });
  const two = (value: number) => String(value).padStart(2, '0');
  fc.assert(
    fc.property(fc.array(dataset, { maxLength: 3 }), (datasets) => {
      let [due, ready] = [0, 0];
      const promised = datasets.map(({ zone, deadlineHour, weekdaysOnly, ends, isPartitioned }) => {
        const offsetMs = zones[zone] * hourMs;
        const dayOf = (ms: number) => new Date(ms + offsetMs).toISOString().slice(0, 10);
        const good = ends.map((halfHours) => {
          const endMs = start + halfHours * (hourMs / 2);
          const startMs = endMs - 600_000;
          // Each run is for the day before the one on which it began.
          return { startMs, endMs, partition: isPartitioned ? dayOf(startMs - dayMs) : '' };
        });
        for (let day = -2; day < 9; day += 1) {
          const midnight = start + day * dayMs - offsetMs;
          const deadline = midnight + deadlineHour * hourMs;
          const weekday = new Date(start + day * dayMs).getUTCDay();
          if (deadline < start || deadline >= start + 7 * dayMs) continue;
          if (weekdaysOnly && (weekday === 0 || weekday === 6)) continue;
          due += 1;
          let isReady = false;
          for (const { endMs, partition } of good) {
            const isOfDay = isPartitioned ? partition === dayOf(midnight - hourMs) : endMs > deadline - dayMs;
            if (isOfDay && endMs <= deadline) isReady = true;
          }
          if (isReady) ready += 1;
        }
        return {
          timeZone: zone,
          deadline: `${two(deadlineHour)}:00`,
          schedule: weekdaysOnly ? '0 1 * * 1-5' : '0 1 * * *',
          good: good.map(({ startMs, endMs, partition }) => ({
            startedAt: new Date(startMs),
            endedAt: new Date(endMs),
            partition,
          })),
        };
      });
      const week = { from: new Date(start), to: new Date(start + 7 * dayMs) };
      expect(freshness(promised, week)).toEqual({ hits: ready, n: due });
    }),
  );
});

it('time saved: of each problem what it takes by hand once, less all that it took here', () => {
  const done = fc.record({
    action: fc.constantFrom('retry', 'backfill', 'status'),
    group: fc.constantFrom('1', '2', '3'),
    actualMinutes: fc.integer({ min: 0, max: 30 }),
  });
  const baselines = fc.uniqueArray(
    fc.record({
      action: fc.constantFrom('retry', 'backfill'),
      minutes: fc.integer({ min: 1, max: 20 }),
      measured: fc.integer({ min: 1, max: 9 }),
    }),
    { selector: ({ action }) => action, minLength: 1 },
  );
  fc.assert(
    fc.property(fc.array(done, { maxLength: 20 }), baselines, (acts, measured) => {
      let [minutes, counted, withoutBaseline] = [0, 0, 0];
      for (const action of ['retry', 'backfill', 'status'])
        for (const group of ['1', '2', '3']) {
          let [took, times] = [0, 0];
          for (const each of acts) {
            if (each.action !== action || each.group !== group) continue;
            took += each.actualMinutes;
            times += 1;
          }
          if (times === 0) continue;
          const byHand = measured.find((each) => each.action === action);
          if (byHand) {
            counted += 1;
            minutes += byHand.minutes - took;
          } else withoutBaseline += 1;
        }
      expect(timeSaved(acts, measured)).toEqual({ minutes, counted, withoutBaseline, baselines: measured });
    }),
  );
});

it('paved path: stones, repositories and run success, on it and off it', () => {
  const pipeline = fc.record(
    {
      team: fc.constantFrom('a', 'b'),
      hasOwner: fc.boolean(),
      hasTests: fc.boolean(),
      hasRunbook: fc.boolean(),
      hasDeadline: fc.boolean(),
      repository: fc.constantFrom('r1', 'r2', 'r3'),
    },
    { requiredKeys: ['hasOwner', 'hasTests', 'hasRunbook', 'hasDeadline'], noNullPrototype: true },
  );
  const runs = fc.record({ ended: fc.integer({ min: 0, max: 9 }), failed: fc.integer({ min: 0, max: 9 }) });
  fc.assert(
    fc.property(fc.array(fc.tuple(pipeline, runs), { maxLength: 15 }), (all) => {
      const pipelines: PavedFacts[] = all.map(([facts]) => facts);
      const stones = { owner: 0, tests: 0, runbook: 0, deadline: 0 };
      const repositories = new Set<string>();
      const byTeam = new Map<string, Set<string>>();
      const [on, off] = [
        { hits: 0, n: 0 },
        { hits: 0, n: 0 },
      ];
      let paved = 0;
      for (const [facts, { ended, failed }] of all) {
        if (facts.hasOwner) stones.owner += 1;
        if (facts.hasTests) stones.tests += 1;
        if (facts.hasRunbook) stones.runbook += 1;
        if (facts.hasDeadline) stones.deadline += 1;
        const isWhole = facts.hasOwner && facts.hasTests && facts.hasRunbook && facts.hasDeadline;
        if (isWhole) paved += 1;
        const sum = isWhole ? on : off;
        sum.hits += Math.max(0, ended - failed);
        sum.n += ended;
        if (!facts.repository) continue;
        repositories.add(facts.repository);
        const team = facts.team ?? 'no team';
        byTeam.set(team, (byTeam.get(team) ?? new Set()).add(facts.repository));
      }
      const n = all.length;
      expect(pavedPath(pipelines)).toEqual({
        pipelines: n,
        with: Object.fromEntries(Object.entries(stones).map(([stone, hits]) => [stone, { hits, n }])),
        paved: { hits: paved, n },
        repositories: repositories.size,
        byTeam: [...byTeam]
          .map(([team, own]) => ({ team, repositories: own.size }))
          .sort((a, b) => b.repositories - a.repositories || (a.team < b.team ? -1 : 1)),
      });
      const counts = (isOn: boolean) =>
        all.flatMap(([facts, { ended, failed }]) =>
          isPaved(facts) === isOn
            ? [
                {
                  ended,
                  succeeded: Math.max(0, ended - failed),
                  firstTry: 0,
                  backfillEnded: 0,
                  backfillSucceeded: 0,
                },
              ]
            : [],
        );
      expect([runSuccess(counts(true)), runSuccess(counts(false))]).toEqual([on, off]);
    }),
  );
});
