import { happenedAt, type KnownRun } from '../../src/domain/incident';
import { isProblem, type PipelineEvent } from '../../src/domain/pipeline-event';
import { hasEnded } from '../../src/domain/run';
import fc from '../support/fast-check';

/** Minutes after nine. */
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 25, 9, minute));

const attempt = fc.record({
  waits: fc.integer({ min: 0, max: 2 }),
  lasts: fc.integer({ min: 0, max: 3 }),
  end: fc.constantFrom(
    'failed',
    'failed',
    'failed',
    'succeeded',
    'succeeded',
    'cancelled',
    'skipped',
    'none',
    'retried',
  ),
  tellsStart: fc.boolean(),
  knowsStart: fc.boolean(),
  isLate: fc.boolean(),
  failsCheck: fc.boolean(),
});

/**
 * What a pipeline and partition did within half an hour: runs side by side, each with attempts one after the other, which start,
 * end, are late, fail a check. An attempt ends once. One source says starts with every event, another only in the start itself.
 */
export function stories(partition: string): fc.Arbitrary<PipelineEvent[]> {
  const run = fc.record({
    starts: fc.integer({ min: 0, max: 6 }),
    attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
  });
  return fc.array(run, { minLength: 1, maxLength: 3 }).map((runs) =>
    runs
      .flatMap(({ starts, attempts }, index) => {
        let minute = starts;
        return attempts.flatMap((each, n): PipelineEvent[] => {
          const startedAt = at(minute + each.waits);
          minute += each.waits + each.lasts;
          const base = {
            source: 'test',
            connection: 'prod',
            pipeline: 'orders_daily',
            partition: partition || undefined,
            run: `r${index + 1}`,
            attempt: n + 1,
            final: each.end !== 'retried',
            occurredAt: at(minute),
          };
          const said = each.knowsStart ? { startedAt } : {};
          const tell = (kind: PipelineEvent['kind'], differs: Partial<PipelineEvent> = {}): PipelineEvent => ({
            ...base,
            ...said,
            kind,
            id: `${kind} ${base.run} ${base.attempt}`,
            ...differs,
          });
          return [
            ...(each.tellsStart ? [tell('started', { occurredAt: startedAt, startedAt, final: true })] : []),
            ...(each.isLate ? [tell('late', { final: true })] : []),
            ...(each.failsCheck ? [tell('check-failed', { step: 'not_null', final: true })] : []),
            ...(each.end === 'none' ? [] : [tell(each.end === 'retried' ? 'failed' : each.end)]),
          ];
        });
      })
      .sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()),
  );
}

/** The same events in another order, some of them more than once. */
export function shuffles(
  inOrder: PipelineEvent[],
): fc.Arbitrary<{ inOrder: PipelineEvent[]; shuffled: PipelineEvent[] }> {
  const indices = inOrder.map((_, index) => index);
  return fc
    .tuple(
      fc.shuffledSubarray(indices, { minLength: indices.length }),
      fc.array(fc.constantFrom(...(indices.length > 0 ? indices : [0])), { maxLength: 4 }),
    )
    .map(([order, again]) => ({
      inOrder,
      shuffled: [...order, ...again].flatMap((index) => inOrder[index] ?? []),
    }));
}

/** What `runs` makes of events, in plain words: one row for each attempt; an end beats a sign of life, the newer the older. */
export function folded(events: PipelineEvent[]): KnownRun[] {
  const rows = new Map<string, KnownRun>();
  for (const event of events) {
    if (event.kind === 'late' || event.kind === 'check-failed') continue;
    const status = event.kind === 'started' || (event.kind === 'failed' && !isProblem(event)) ? 'running' : event.kind;
    const startedAt = event.startedAt ?? (event.kind === 'started' ? event.occurredAt : undefined);
    const row = { run: event.run, attempt: event.attempt, status, startedAt, at: happenedAt(event) } as const;
    const key = `${row.run} ${row.attempt}`;
    const known = rows.get(key);
    const wins =
      !known || (hasEnded(row.status) === hasEnded(known.status) ? row.at >= known.at : hasEnded(row.status));
    const starts = [row.startedAt, known?.startedAt].flatMap((start) => (start ? [start.getTime()] : []));
    rows.set(key, {
      ...(wins || !known ? row : known),
      startedAt: starts.length > 0 ? new Date(Math.min(...starts)) : undefined,
    });
  }
  return [...rows.values()];
}
