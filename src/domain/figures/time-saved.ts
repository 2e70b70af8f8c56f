/** How long something takes by hand, measured once, with a stopwatch or by asking, in so many cases. */
export interface Baseline {
  action: string;
  minutes: number;
  measured: number;
}

export interface DoneAction {
  action: string;
  /** What was done about one incident counts once, however many presses it took. */
  group: string;
  actualMinutes: number;
}

export interface TimeSaved {
  minutes: number;
  counted: number;
  /** What was done of which nobody has measured how long it takes by hand. */
  withoutBaseline: number;
  baselines: Baseline[];
}

/**
 * Sum over what was done of baseline − actual. What took longer than by hand counts against it.
 * @returns undefined where nothing was ever measured: an invented constant is no figure
 */
export function timeSaved(done: readonly DoneAction[], baselines: readonly Baseline[]): TimeSaved | undefined {
  if (baselines.length === 0) return undefined;
  const of = new Map(baselines.map((baseline) => [baseline.action, baseline]));
  const groups = new Map<string, DoneAction>();
  for (const each of done) {
    const key = JSON.stringify([each.action, each.group]);
    const known = groups.get(key);
    groups.set(key, known ? { ...known, actualMinutes: known.actualMinutes + each.actualMinutes } : each);
  }
  const known = [...groups.values()].filter(({ action }) => of.has(action));
  return {
    minutes: known.reduce((sum, { action, actualMinutes }) => sum + (of.get(action)?.minutes ?? 0) - actualMinutes, 0),
    counted: known.length,
    withoutBaseline: groups.size - known.length,
    baselines: [...baselines],
  };
}
