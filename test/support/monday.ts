import { setTimeout as sleep } from 'node:timers/promises';
import { drawCharts } from '../../src/slack/pictures/charts';
import type { Db } from '../../src/store/db';
import { printed } from '../../src/store/figure-rows';
import type { Workspace } from '../../src/workspace';

const dayMs = 86_400_000;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** A `digest.at` that was due at midnight of yesterday, so that its week is over for long enough whatever day it is now. */
export const dueSinceYesterday = (now: Date): string =>
  `${weekdays[new Date(now.getTime() - dayMs).getUTCDay()]} 00:00`;

/** Two weeks before: people who did something, and in each team runs that failed and recovered. */
export async function liveThroughWeeks(db: Db, teams: readonly string[], now: Date): Promise<void> {
  // At once: a Pitcrew that is up prints what it finds.
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into interactions (person_id, what, outcome, took_ms, at)
       select md5('person ' || p)::uuid, 'pipeline status', 'ok', 200, $1::timestamptz - (d || ' days')::interval
       from generate_series(1, 12) p, generate_series(1, 21, 3) d where (p + d) % 3 > 0`,
      [now],
    );
    await tx.query(
      `insert into pipelines (connection, key, facts, first_seen_at, seen_at)
       select 'prod', team || '_load', jsonb_build_object('team', team), $2, $2 from unnest($1::text[]) team`,
      [teams, now],
    );
    await tx.query(
      `insert into runs (connection, pipeline, run, attempt, status, occurred_at, recorded_at)
       select 'prod', team || '_load', 'run-' || n, 1, case when n % 7 = 0 then 'failed' else 'succeeded' end,
              $2::timestamptz - ((504 - n * 6) || ' hours')::interval, $2
       from unnest($1::text[]) team, generate_series(1, 80) n`,
      [teams, now],
    );
    await tx.query(
      `insert into episodes (connection, pipeline, partition, started_at, ended_at, how, failures, first_run)
       select connection, pipeline, '', occurred_at, occurred_at + interval '6 hours', 'succeeded', 1, run from runs where status = 'failed'`,
    );
    // What was counted so far is counted anew.
    await tx.query('delete from rollups');
  });
}

/** Whether every one of so many digests, and all of its thread, was sent. Pictures are not waited for to be ready. */
export async function isMondayOver(db: Db, digests: number): Promise<boolean> {
  await db.query(
    `update posts set next_at = created_at where state = 'waiting' and attempts = 0 and notice ->> 'kind' = 'digest-chart'`,
  );
  const [row] = await db.query<{ over: boolean }>(
    `select (select count(*) = $1 and bool_and(charts_at is null) from digest_posts)
        and not exists (select from posts where state <> 'sent') as over`,
    [digests],
  );
  return row?.over ?? false;
}

/** @throws where it is not over within that */
export async function untilMondayIsOver(db: Db, digests: number, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await isMondayOver(db, digests))) {
    if (performance.now() > until) throw new Error(`the digests were not all there within ${withinMs / 1_000} s`);
    await sleep(100);
  }
}

/** What is not so in a channel that must hold one digest, with one of each part and of each chart in its thread. */
export async function faultsOfMonday(workspace: Workspace, db: Db, sinceTs = '0'): Promise<string[]> {
  const digests = await db.query<{ channel: string; week: string; scope: string }>(
    'select channel, week, scope from digest_posts',
  );
  const faults: string[] = [];
  for (const { channel, week, scope } of digests) {
    const all = workspace.state
      .everything(channel)
      .filter(({ ts, metadata }) => metadata && Number(ts) > Number(sinceTs));
    const heads = all.filter(({ ts, thread_ts: root }) => !root || root === ts);
    if (heads.length !== 1) faults.push(`${heads.length} digests in ${channel}`);
    const kept = await printed(db, week, scope);
    const charts = kept ? await drawCharts(kept) : [];
    const wanted = [
      'Who uses what',
      'How the pipelines and the support did',
      'How is this computed?',
      ...charts.map(({ alt }) => alt),
    ];
    const replies = all.filter(({ thread_ts: root, ts }) => root === heads[0]?.ts && root !== ts);
    for (const title of wanted) {
      const count = replies.filter(({ text }) => text.startsWith(title)).length;
      if (count !== 1) faults.push(`${count} of "${title}" in ${channel}`);
    }
    if (all.length !== wanted.length + heads.length)
      faults.push(`${all.length} messages in ${channel}, not ${wanted.length + 1}`);
    for (const { blocks } of replies) {
      const shown = /"slack_file":\{"id":"(\w+)"/.exec(JSON.stringify(blocks ?? []))?.[1];
      if (shown && !workspace.state.files.has(shown)) faults.push(`a chart in ${channel} leads to no file`);
    }
  }
  return faults;
}
