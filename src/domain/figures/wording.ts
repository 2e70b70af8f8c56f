import { type Definition, definitions, type FigureId } from './definitions';
import { changeOfCount, type Direction, directionOfShare, fewest, ruleOfThree, wilson } from './share';
import type { FigureValue, WeekFigures } from './week-figures';

/** What a change is told from. */
type Compared = Pick<WeekFigures, 'figures' | 'before' | 'unit'>;

/** Below this a percentage is marked as a small sample. */
const smallSample = 20;

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
const percent = (ratio: number): string => {
  const value = ratio * 100;
  // 99.97 % must not read as all of them, nor 0.03 % as none.
  if (value > 99.9 && value < 100) return 'over 99.9%';
  if (value > 0 && value < 0.1) return 'under 0.1%';
  return `${value > 0 && (value < 1 || (value > 99 && value < 100)) ? value.toFixed(1) : Math.round(value)}%`;
};

/** A length of time in its two largest units. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const pair = (large: number, a: string, small: number, b: string) =>
    small ? `${large} ${a} ${small} ${b}` : `${large} ${a}`;
  if (minutes < 1_440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

export function sayShare({
  hits,
  n,
  fewest: least = fewest,
  never,
}: Omit<Extract<FigureValue, { kind: 'share' }>, 'kind'>): string {
  if (n === 0) return 'none to count';
  const bound = never && hits === 0 ? ruleOfThree(n) : undefined;
  if (bound !== undefined) return `none of ${number(n)} (with 95% certainty fewer than ${percent(bound)})`;
  if (n < least) return `${number(hits)} of ${number(n)}`;
  const small = n < smallSample ? ', small sample' : '';
  return `${percent(hits / n)} (${number(hits)} of ${number(n)}${small})`;
}

/** A value with its n. */
export function sayValue(value: FigureValue | undefined): string {
  if (!value) return 'not known';
  switch (value.kind) {
    case 'count':
      return number(value.count);
    case 'share':
      return sayShare(value);
    case 'mean':
      return `${sayMean(value)} (n ${number(value.n)}${value.unit !== 'count' && value.n < smallSample ? ', small sample' : ''})`;
    case 'total':
      return sayTotal(value);
    case 'spread':
      return saySpread(value);
  }
}

function sayMean({ mean, n, unit }: Extract<FigureValue, { kind: 'mean' }>): string {
  if (unit === 'minutes') return `${number(mean)} min`;
  if (unit === 'count') return number(mean);
  return n < fewest ? 'too few for a percentage' : percent(mean);
}

/** With what it assumes: a sum of minutes without that is worth nothing. */
function sayTotal({ total, n, others, assumed }: Extract<FigureValue, { kind: 'total' }>): string {
  const sign = total < 0 ? '−' : '';
  const assumes = assumed.map(
    ({ action, minutes, measured }) =>
      `${number(minutes)} min for ${action} by hand, measured ${number(measured)} times`,
  );
  const left = others > 0 ? `; ${number(others)} more of what nobody has measured are not in it` : '';
  return `${sign}${duration(Math.abs(total) * 60_000)} (n ${number(n)}; assumes ${assumes.join(', ')}${left})`;
}

function saySpread({ n, median, p90, p95, max, open, unit }: Extract<FigureValue, { kind: 'spread' }>): string {
  if (n === 0) return 'none';
  const small = n < smallSample ? ', small sample' : '';
  const of = `(n ${number(n)}${open ? `, ${number(open)} not over` : ''}${small})`;
  if (median === undefined) return `more than half are not over ${of}`;
  const say = unit === 'count' ? number : duration;
  if (p95 !== undefined && max !== undefined)
    return `median ${say(median)}, 95% within ${say(p95)}, longest ${say(max)} ${of}`;
  const most = p90 === undefined ? 'more than a tenth are not over' : `90% within ${say(p90)}`;
  return `median ${say(median)}, ${most} ${of}`;
}

/** For a message that is read in seconds: the number, and apart from it of how many it is. */
export function sayBriefly(value: FigureValue): { value: string; n?: string } {
  switch (value.kind) {
    case 'share': {
      if (value.n < (value.fewest ?? fewest)) return { value: sayShare(value) };
      const small = value.n < smallSample ? ', small sample' : '';
      return { value: percent(value.hits / value.n), n: `${number(value.hits)} of ${number(value.n)}${small}` };
    }
    case 'spread': {
      const { n, median, p90 } = value;
      if (median === undefined) return { value: saySpread(value) };
      const most = p90 === undefined ? '' : `90% within ${duration(p90)}, `;
      return { value: duration(median), n: `median; ${most}n ${number(n)}${n < smallSample ? ', small sample' : ''}` };
    }
    default:
      return { value: sayValue(value) };
  }
}

/** One unit, for who only glances at it: "2.5 h". */
function roughly(ms: number): string {
  if (ms < 3_600_000) return duration(ms);
  return ms < 86_400_000 ? `${number(ms / 3_600_000)} h` : `${number(ms / 86_400_000)} d`;
}

/** In as few words as can be, for who only glances at it; of how many it is stays with it. */
export function sayAtAGlance(value: FigureValue): { value: string; n?: string } {
  const small = (n: number) => (n < smallSample ? ', small sample' : '');
  switch (value.kind) {
    case 'share': {
      const { hits, n } = value;
      if (n < (value.fewest ?? fewest)) return { value: sayShare(value) };
      return { value: percent(hits / n), n: `${number(hits)}/${number(n)}${small(n)}` };
    }
    case 'spread': {
      const { n, median, p90 } = value;
      if (median === undefined) return { value: saySpread(value) };
      const most = p90 === undefined ? '' : `90% within ${roughly(p90)}, `;
      return { value: roughly(median), n: `${most}n ${number(n)}${small(n)}` };
    }
    default:
      return { value: sayValue(value) };
  }
}

/** The week before in a few words, with whether that is more than noise; and in fewer, for who only glances at it. */
export function sayChangeBriefly(id: FigureId, week: Compared): { say: string; glance: string } | undefined {
  const change = changeOf(id, week);
  const then = week.before[id];
  if (!change || !then || change.direction === 'not comparable') return undefined;
  if (change.say === `as last ${week.unit}` || change.say === 'new') return { say: change.say, glance: change.say };
  const { value } = sayBriefly(then);
  const was = change.direction === 'within noise' ? 'was' : 'from';
  const moved = { up: 'up from ', down: 'down from ', 'within noise': '' }[change.direction];
  return {
    say: `${moved}${value} last ${week.unit}${moved ? '' : ', within noise'}`,
    glance: withNoise(`${was} ${value}`, change.direction),
  };
}

/** With the interval in which it lies, for those who look it up. */
export function sayInterval(value: FigureValue | undefined): string | undefined {
  if (value?.kind !== 'share' || value.n < (value.fewest ?? fewest)) return undefined;
  const { low, high } = wilson(value);
  return `95% interval ${percent(low)} to ${percent(high)}`;
}

/** Why not all that is on the paved path has a before and an after. */
export function sayAlreadyPaved({ pipelines, day }: NonNullable<WeekFigures['alreadyPaved']>): string {
  const are = pipelines === 1 ? '1 pipeline is' : `${number(pipelines)} pipelines are`;
  return `${are} on the paved path since before ${day}, when that was first looked at: without a before and after`;
}

export interface Change {
  say: string;
  direction: Direction;
  /** `better` or `worse` only where the change is more than noise, and one of the two is better. */
  verdict: 'better' | 'worse' | 'neither';
}

/** Against the week before as it was printed. Nothing for what has no honest arrow: medians of heavy tails, and means. */
export function changeOf(id: FigureId, { figures, before, unit }: Compared): Change | undefined {
  const [now, then] = [figures[id], before[id]];
  if (!now || !then) return undefined;
  if (now.kind === 'count' && then.kind === 'count') {
    const { by, ratio, isNew, direction } = changeOfCount(now.count, then.count);
    if (isNew) return { say: 'new', direction, verdict: verdictOf(id, direction) };
    if (by === 0) return { say: `as last ${unit}`, direction, verdict: 'neither' };
    const percentage = ratio === undefined ? '' : ` (${ratio > 0 ? '+' : '−'}${percent(Math.abs(ratio))})`;
    const moved = `${number(Math.abs(by))} ${by > 0 ? 'more' : 'fewer'} than last ${unit}${percentage}`;
    return { say: withNoise(moved, direction), direction, verdict: verdictOf(id, direction) };
  }
  if (now.kind === 'share' && then.kind === 'share') {
    if (now.n === 0) return undefined;
    const direction = directionOfShare(now, then);
    if (direction === 'not comparable') return { say: 'too few to compare', direction, verdict: 'neither' };
    const isSame = now.hits === then.hits && now.n === then.n;
    const say = isSame ? `as last ${unit}` : withNoise(`last ${unit} ${sayShare(then)}`, direction);
    return { say, direction, verdict: verdictOf(id, direction) };
  }
  return undefined;
}

const withNoise = (said: string, direction: Direction): string =>
  direction === 'within noise' ? `${said}, within noise` : `${direction === 'up' ? '▲' : '▼'} ${said}`;

function verdictOf(id: FigureId, direction: Direction): Change['verdict'] {
  const { better }: Definition = definitions[id];
  if (better === undefined || (direction !== 'up' && direction !== 'down')) return 'neither';
  return better === direction ? 'better' : 'worse';
}

/** The week in words, by what changed beyond noise. */
export function verdict(week: Compared): string {
  if (isFirst(week)) return `the first ${week.unit}`;
  const runs = changeOf('run-success', week);
  const people = changeOf('weekly-active', week);
  const areRunsKnown = runs !== undefined && runs.direction !== 'not comparable';
  const isRunsChange = runs?.verdict === 'better' || runs?.verdict === 'worse';
  const isPeopleChange = people?.direction === 'up' || people?.direction === 'down';
  if (areRunsKnown && people && !isRunsChange && !isPeopleChange) return `a ${week.unit} much like the one before`;
  const work = areRunsKnown
    ? isRunsChange
      ? `runs went ${runs.verdict}`
      : `runs as last ${week.unit}`
    : 'too few runs to compare';
  const came = isPeopleChange
    ? people.direction === 'up'
      ? 'more people came'
      : 'fewer people came'
    : people && cameAtAll(week)
      ? 'about as many people came'
      : '';
  return [work, came].filter(Boolean).join(', ');
}

const cameAtAll = ({ figures, before }: Compared): boolean =>
  [figures, before].some(({ 'weekly-active': people }) => people?.kind === 'count' && people.count > 0);

/** Nothing ran and nobody came before: there is nothing to compare it with. */
export function isFirst({ figures, before }: Compared): boolean {
  const isNone = (value: FigureValue | undefined) =>
    value === undefined || (value.kind === 'count' ? value.count === 0 : value.kind !== 'total' && value.n === 0);
  const main = ['run-success', 'weekly-active'] as const;
  return main.every((id) => isNone(before[id])) && main.some((id) => !isNone(figures[id]));
}
