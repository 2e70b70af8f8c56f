/**
 * What became of a stream of runs, found out from what was sent, from Slack's messages and from the rows; never from what Pitcrew
 * says of itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../src/store/db';
import type { Message, Workspace } from '../../src/workspace';
import type { StreamRun } from './run-stream';

export interface Verdict {
  runs: number;
  /** Failed runs that no message of their channel, and no list that one leads to, names. */
  neverTold: string[];
  /** Alerts of one incident in one channel beyond the first, and posts or replies that stand there more than once. */
  toldTwice: string[];
  /** Alerts and incidents that do not end as their runs did. */
  untrue: string[];
  /** What still waits, or was set aside. */
  left: string[];
}

interface Shown {
  channel: string;
  message: Message;
  postId?: string;
}

export function faultsOf(verdict: Verdict): string[] {
  const { neverTold, toldTwice, untrue, left } = verdict;
  return [
    ...neverTold.map((what) => `never told: ${what}`),
    ...toldTwice.map((what) => `told twice: ${what}`),
    ...untrue.map((what) => `not true: ${what}`),
    ...left.map((what) => `left over: ${what}`),
  ];
}

/** Every run must have been sent to its end by now. */
export async function judge(
  workspace: Workspace,
  db: Db,
  runs: StreamRun[],
  channelOf: (team: number) => string,
): Promise<Verdict> {
  const channels = [...workspace.state.channels.keys()];
  const shown = channels.flatMap((channel) =>
    workspace.state
      .everything(channel)
      .map((message): Shown => ({ channel, message, postId: postIdOf(message) }))
      .filter(({ postId }) => postId !== undefined),
  );
  const isTop = ({ message }: Shown) => !message.thread_ts || message.thread_ts === message.ts;

  const named = new Map<string, Set<string>>();
  const words = (text: string) => text.match(/\b[a-z]+\d+_run_\d{5}\b/g) ?? [];
  const files = [...workspace.state.files.values()].map(({ id, bytes }) => ({ id, names: words(String(bytes ?? '')) }));
  for (const { channel, message } of shown) {
    const names = named.get(channel) ?? new Set<string>();
    named.set(channel, names);
    for (const version of [message, ...workspace.state.past(channel, message.ts)]) {
      const said = JSON.stringify([version.text, version.blocks]);
      for (const name of words(said)) names.add(name);
      // A list that the message leads to.
      for (const file of files) if (said.includes(file.id)) for (const name of file.names) names.add(name);
    }
  }

  const parents = await db.query<{ postId: string; incidentId: string; channelId: string; ts: string }>(
    `select post_id as "postId", incident_id as "incidentId", channel_id as "channelId", ts from posts where role = 'parent'`,
  );
  const parentOf = new Map(parents.map((row) => [row.postId, row]));
  const members = await db.query<{ incidentId: string; pipeline: string; incidentState: string; isLast: boolean }>(
    `select m.incident_id as "incidentId", pipeline, i.state as "incidentState",
            m.incident_id = (select x.incident_id from inbox x where x.payload ->> 'pipeline' = m.pipeline
                             and x.payload ->> 'kind' = 'failed' order by (x.payload ->> 'attempt')::int desc limit 1) as "isLast"
     from incident_members m join incidents i using (incident_id)`,
  );
  const truth = new Map(runs.map((run) => [run.pipeline, run.endsWell]));
  const home = new Map(runs.map((run) => [run.pipeline, channelOf(run.team)]));
  const incidents = new Map<string, { state: string; over: boolean; names: string[] }>();
  /** By incident and channel, whether the channel's own are over: its alert is of them, whatever goes on elsewhere. */
  const overHere = new Map<string, boolean>();
  for (const { incidentId, pipeline, incidentState, isLast } of members) {
    const known = incidents.get(incidentId) ?? { state: incidentState, over: true, names: [] };
    // Failing again, it may have joined another incident: then it is over in the one before.
    const isOver = !isLast || (truth.get(pipeline) ?? true);
    incidents.set(incidentId, { ...known, over: known.over && isOver, names: [...known.names, pipeline] });
    const here = `${incidentId} ${home.get(pipeline)}`;
    overHere.set(here, (overHere.get(here) ?? true) && isOver);
  }

  const held = new Set(members.map(({ pipeline }) => pipeline));
  const posts = await db.query<{ pipeline: string; how: string }>(
    `select m.pipeline, concat_ws(' ', p.role, p.state, p.channel, p.ts, p.notice) as how
     from incident_members m join posts p using (incident_id) order by p.seq`,
  );
  const postsOf = (name: string) => posts.flatMap(({ pipeline, how }) => (pipeline === name ? how : [])).join(' | ');
  const decided = await db.query<{ id: string; decided: string }>(
    `select id, concat_ws(' ', reason, incident_id, fault, received_at::time, decided_at::time) as decided from inbox order by seq`,
  );
  /** Its events, in the order of their arrival, with what was decided. */
  const story = (name: string) =>
    decided.flatMap(({ id, decided: how }) => (id.startsWith(`${name}-`) ? `${id.slice(-1)} ${how}` : [])).join(', ');

  const toldTwice: string[] = [];
  const seen = new Set<string>();
  const tops = new Set<string>();
  const untrue: string[] = [];
  for (const each of shown) {
    const { channel, message, postId = '' } = each;
    const what = `${channel} ${message.ts}: ${message.text.slice(0, 120)}`;
    if (seen.has(postId)) toldTwice.push(what);
    seen.add(postId);
    if (!isTop(each)) continue;
    const parent = parentOf.get(postId);
    if (!parent) {
      if (!/Storm/.test(message.text)) toldTwice.push(`no row knows ${what}`);
      continue;
    }
    const place = `${parent.incidentId} ${channel}`;
    if (tops.has(place) || parent.ts !== message.ts) toldTwice.push(what);
    tops.add(place);
    const wanted = (overHere.get(place) ?? incidents.get(parent.incidentId)?.over) ? /^🟢 Recovered/ : /^🔴 Failed/;
    if (!wanted.test(message.text)) untrue.push(what);
  }
  for (const { state, over, names } of incidents.values()) {
    if ((state !== 'open') !== over) {
      untrue.push(`the incident of ${names.join(', ')} is ${state}: ${names.map(story).join('; ')}`);
    }
  }
  return {
    runs: runs.length,
    neverTold: runs
      .filter(({ pipeline, team }) => !named.get(channelOf(team))?.has(pipeline))
      .map(
        ({ pipeline }) =>
          `${pipeline}${held.has(pipeline) ? '' : ', in no incident'}: ${story(pipeline)}; ${postsOf(pipeline)}`,
      ),
    toldTwice,
    untrue,
    left: await leftOver(db, 'all'),
  };
}

function postIdOf({ metadata }: Message): string | undefined {
  const id = metadata?.event_payload.post_id;
  return typeof id === 'string' ? id : undefined;
}

/** What waits; with `all` also what was set aside, for good. */
async function leftOver(db: Db, which: 'waiting' | 'all'): Promise<string[]> {
  const rows = await db.query<{ what: string; count: number; isWaiting: boolean }>(
    `select 'events undecided' as what, count(*)::int as count, true as "isWaiting" from inbox where decided_at is null
     union all select 'posts ' || state || coalesce(': ' || parked_reason, ''), count(*)::int, state <> 'parked'
       from posts where state <> 'sent' group by state, parked_reason
     union all select 'presses waiting', count(*)::int, true from presses where done_at is null
     union all select 'actions ' || state, count(*)::int, true from actions where settled_at is null group by state
     union all select 'events set aside: ' || coalesce(min(fault), ''), count(*)::int, false from inbox where reason = 'fault'
     union all select 'presses set aside', count(*)::int, false from presses where outcome = 'fault'
     union all select 'storms without their list', count(*)::int, true from storms where settled_at is null and filed_total < seen_total
     union all select 'actions unsure', count(*)::int, false from actions where state = 'unsure'`,
  );
  return rows
    .filter(({ count, isWaiting }) => count > 0 && (isWaiting || which === 'all'))
    .map(({ what, count }) => `${count} ${what}`);
}

/** Waits until nothing waits any more, twice in a row. @returns ms that it took, and what waits still when the time is over */
export async function untilSettled(db: Db, withinMs: number): Promise<{ tookMs: number; waiting: string[] }> {
  const began = performance.now();
  let quietFor = 0;
  for (;;) {
    const waiting = await leftOver(db, 'waiting').catch((error) => [`the database: ${error.message}`]);
    quietFor = waiting.length === 0 ? quietFor + 1 : 0;
    const tookMs = performance.now() - began;
    if (quietFor === 3 || tookMs > withinMs) return { tookMs, waiting };
    await sleep(200);
  }
}
