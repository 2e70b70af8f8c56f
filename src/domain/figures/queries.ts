import type { FigureId } from './definitions';
import { drawnAWeek } from './grouping';
import { spanNamed, weekAfter } from './week';
import type { WeekFigures } from './week-figures';

// Queries of the organisation's figures over the views for BI tools: `count`, or `hits` and `n`, or `n`, `median` and `p90` in ms.
// `:first` and `:end` are days, `:from` and `:to` moments, of the week and without its end; `:last` and `:before` begin the week before.

const here = `from figures_activity where tool = 'pitcrew'`;
const inWeek = `day >= :first and day < :end`;
const inMonth = `day >= date :end - 28 and day < :end`;
const atInWeek = (at: string) => `${at} >= :from and ${at} < :to`;
const ms = (seconds: string) => `1000 * extract(epoch from ${seconds})`;
const ranked = (value: string, from: string) =>
  `select count(*) as n, percentile_disc(0.5) within group (order by ${value}) as median, percentile_disc(0.9) within group (order by ${value}) as p90 ${from}`;
const ofRuns = (hits: string, n: string) =>
  `select sum(${hits}) as hits, sum(${n}) as n from figures_runs where ${inWeek}`;
const lives = (having: string) =>
  `select count(*) as count from (select person_id ${here} and day < :end group by 1 having ${having}) p`;
const isNow = 'bool_or(day >= :first)';
const wasBefore = 'bool_or(day >= :last and day < :first)';
const ownRetries = `from figures_actions where kind = 'retry' and not is_automatic and tried_at is not null and ${atInWeek('asked_at')}`;
const newcomers = (since: number, now: string) =>
  `select count(*) filter (where now) as hits, count(*) as n from (select person_id, ${now} as now ${here} and day < :end group by 1 having min(day) >= date :first - ${since} and min(day) < date :first - ${since - 7}) p`;
const thumbs = (subject: string) =>
  `select count(*) filter (where value > 0) as hits, count(*) as n from figures_feedback where subject = '${subject}' and ${atInWeek('at')}`;
/** Those that are open at the week's end, with when they were opened. */
const stillOpen = `from (select number, min(at) as opened_at, (array_agg(kind order by at desc, kind = 'opened'))[1] as last from figures_request_events where kind in ('opened', 'solved', 'reopened') and at < :to group by 1) r where last <> 'solved'`;
const groups = `from figures_groups where ${atInWeek('opened_at')}`;
const alerts = `from figures_alerts where ${atInWeek('opened_at')}`;

const queries: Partial<Record<FigureId, string>> = {
  'weekly-active': `select count(distinct person_id) as count ${here} and ${inWeek}`,
  'monthly-active': `select count(distinct person_id) as count ${here} and ${inMonth}`,
  'weekly-of-monthly': `select count(distinct person_id) filter (where day >= :first) as hits, count(distinct person_id) as n ${here} and ${inMonth}`,
  reach: `select count(distinct a.person_id) as hits, count(distinct e.person_id) as n from figures_eligible e left join figures_activity a on a.person_id = e.person_id and a.tool = 'pitcrew' and a.day >= :first and a.day < :end where e.week = :week and e.scope = 'all'`,
  'ever-reached': `select count(distinct a.person_id) as hits, count(distinct e.person_id) as n from figures_eligible e left join figures_activity a on a.person_id = e.person_id and a.tool = 'pitcrew' and a.day < :end where e.week = :week and e.scope = 'all'`,
  activation: `with seen as (select person_id, min(at) as at from figures_interactions group by 1), useful as (select person_id, at from figures_interactions where outcome = 'ok' and what in ('pipeline status', 'pipeline impact') union all select person_id, settled_at from figures_actions where state = 'succeeded' and not is_automatic and not is_part union all select person_id, asked_at from figures_requests where source not in ('emoji', 'import')) select count(*) filter (where exists (select from useful u where u.person_id = s.person_id and u.at >= s.at and u.at < s.at + interval '168 hours')) as hits, count(*) as n from seen s where s.at >= :before and s.at < :from`,
  retention: `select count(*) filter (where now) as hits, count(*) as n from (select person_id, ${isNow} as now ${here} and day >= :last and day < :end group by 1 having bool_or(day < :first)) p`,
  'new-user-retention': newcomers(28, isNow),
  'new-user-retention-later': newcomers(56, 'bool_or(day >= date :first - 28)'),
  'new-people': lives('min(day) >= :first'),
  'returning-people': lives(`${isNow} and ${wasBefore}`),
  'resurrecting-people': lives(`${isNow} and not ${wasBefore} and min(day) < :first`),
  'dormant-people': lives(`not ${isNow} and ${wasBefore}`),
  'command-success': `select count(*) filter (where outcome = 'ok' and took_ms <= 30000) as hits, count(*) filter (where outcome <> 'not-allowed') as n from figures_interactions where ${atInWeek('at')}`,
  'answer-time': ranked('took_ms', `from figures_interactions where ${atInWeek('at')}`),
  'run-success': ofRuns('succeeded - backfill_succeeded', 'ended - backfill_ended'),
  'first-attempt': ofRuns('first_try', 'ended - backfill_ended'),
  'backfill-success': ofRuns('backfill_succeeded', 'backfill_ended'),
  rework: `select sum(again_s) / sum(busy_s) as mean, sum(ended) as n from figures_runs where ${inWeek}`,
  recovery: ranked('seconds * 1000', `from figures_episodes where how = 'succeeded' and ${atInWeek('ended_at')}`),
  'still-open': ranked(
    ms('timestamptz :to - started_at'),
    'from figures_episodes where started_at < :to and (ended_at is null or ended_at >= :to)',
  ),
  'first-notice': ranked(ms("greatest(told_at - failed_at, interval '0')"), `${alerts} and told_at is not null`),
  'never-told': `select count(*) as count ${alerts} and told_at is null`,
  acknowledgement: ranked(
    ms("greatest(touched_at - told_at, interval '0')"),
    `${alerts} and told_at is not null and touched_at is not null`,
  ),
  'never-acknowledged': `select count(*) as count ${alerts} and told_at is not null and touched_at is null`,
  noise: `select count(*) filter (where touched_at is null and state = 'recovered') as hits, count(*) as n ${alerts} and told_at is not null`,
  'grouping-precision': `select count(*) filter (where first_cause = other_cause) as hits, count(*) as n from (select * ${groups} and joined > 0 order by incident_id limit ${drawnAWeek}) d where first_cause is not null and other_cause is not null`,
  'grouping-unread': `with drawn as (select * ${groups} and joined > 0 order by incident_id limit ${drawnAWeek}) select (select count(*) ${groups} and first_cause is null) + (select count(*) from drawn where other_cause is null) as hits, (select count(*) ${groups}) + (select count(*) from drawn) as n`,
  'retry-effect': `select count(*) filter (where outcome = 'fixed') as hits, count(*) filter (where outcome is not null or state = 'failed') as n ${ownRetries}`,
  'requests-opened': `select count(*) as count from figures_request_events where kind = 'opened' and ${atInWeek('at')}`,
  'requests-reopened': `select count(*) as count from figures_request_events where kind = 'reopened' and ${atInWeek('at')}`,
  'requests-solved': `select count(*) as count from figures_request_events where kind = 'solved' and ${atInWeek('at')}`,
  backlog: `select count(*) as count ${stillOpen}`,
  'backlog-age': ranked(ms('timestamptz :to - opened_at'), stillOpen),
  'reopen-rate': `select count(*) filter (where again) as hits, count(*) as n from (select s.number, bool_or(exists (select from figures_request_events r where r.number = s.number and r.kind = 'reopened' and r.at >= s.at and r.at < s.at + interval '168 hours' and r.at < :to)) as again from figures_request_events s where s.kind = 'solved' and s.how <> 'merged' and s.at >= :before and s.at < :from group by 1) q`,
  'surveys-answered': `select count(*) filter (where exists (select from figures_request_events r where r.number = s.number and r.kind = 'rated' and r.at >= s.at and r.at < :to)) as hits, count(*) as n from (select number, min(at) as at from figures_request_events where kind = 'surveyed' and at >= :before and at < :from group by 1) s`,
  thumbs: thumbs('diagnosis'),
  'thumbs-actions': thumbs('action'),
  satisfaction: `select count(*) filter (where score >= 4) as hits, count(*) as n from (select distinct on (number) score, at from figures_request_events where kind = 'rated' and at < :to order by number, at desc) r where at >= :from`,
};

/** What a BI tool asks for one figure of the organisation; `undefined` where no plain query tells it: by working time, the catalogue, or attribution. */
export function queryOf(
  id: FigureId,
  { week: name, timeZone }: Pick<WeekFigures, 'week' | 'timeZone'>,
): string | undefined {
  const week = spanNamed(name, timeZone);
  const query = queries[id];
  if (!week || query === undefined) return undefined;
  const last = weekAfter(week, -1);
  const values: Record<string, string | undefined> = {
    first: week.days[0],
    end: weekAfter(week, 1).days[0],
    last: last.days[0],
    week: name,
    from: week.from.toISOString(),
    to: week.to.toISOString(),
    before: last.from.toISOString(),
  };
  return query.replace(/(?<!:):(first|end|last|week|from|to|before)\b/g, (_all, key) => `'${values[key] ?? ''}'`);
}
