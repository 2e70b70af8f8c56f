import type { ActionKind, ActionState, CourseWord } from '../domain/action';
import type { Counts } from '../domain/conductor';
import type { Evidence } from '../domain/plan';
import type { Queryable, Tx } from './db';
import type { Condition } from './due';

/** An Action as stored. `target`, `plan`, `receipt` and `progress` are plain values in the port's shapes. */
export interface StoredAction {
  id: string;
  kind: ActionKind;
  state: ActionState;
  idempotencyKey: string;
  personId: string;
  slackId: string;
  incidentId?: string;
  channel?: string;
  responseUrl?: string;
  /** Left out for a large one, which may be about many. */
  connection?: string;
  pipeline?: string;
  target: unknown;
  /** The large action of which it is an item. */
  partOf?: string;
  itemNo?: number;
  /** Of a large one. */
  pace?: unknown;
  /** Runs that it touches. */
  size: number;
  approval?: unknown;
  /** Left out where there is a `brief`: read by `planOf`. */
  plan?: unknown;
  /** Of a large one, instead of its plan. */
  brief?: unknown;
  receipt?: unknown;
  progress?: unknown;
  /** What the other side said, or why not. */
  say?: string;
  attempts: number;
  askedAt: Date;
  /** When the change was first tried; set before it is, so that a crash in between is noticed. */
  triedAt?: Date;
  settledAt?: Date;
  /** When a plan, or the wait for a yes, is over. */
  expiresAt?: Date;
  /** What the orchestrator is to be told of a batch that it paces by itself. */
  told?: CourseWord;
  /** When it was first seen to run, and when people were told that it does not. */
  beganAt?: Date;
  stalledAt?: Date;
  /** Since when the orchestrator says "not just now". */
  busySince?: Date;
  /** What let it go by itself; then the person is who allowed that. */
  autoId?: string;
  /** Until then a worker has it. */
  heldUntil?: Date;
}

export type ActionOutcome = 'fixed' | 'failed-again' | 'same-cause' | 'other-cause';

const columns = `action_id as id, kind, state, idempotency_key as "idempotencyKey", person_id as "personId", slack_id as "slackId",
  incident_id as "incidentId", channel, response_url as "responseUrl", connection, pipeline, target,
  case when brief is null then plan end as plan, brief, receipt, progress, say,
  attempts, asked_at as "askedAt", tried_at as "triedAt", settled_at as "settledAt", claimed_until as "heldUntil",
  part_of as "partOf", item_no as "itemNo", pace, approval, expires_at as "expiresAt", told, began_at as "beganAt",
  stalled_at as "stalledAt", size, busy_since as "busySince", auto_id as "autoId"`;

function known(row: StoredAction): StoredAction {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as StoredAction;
}

type NewAction = Omit<StoredAction, 'attempts' | 'triedAt' | 'settledAt' | 'heldUntil' | 'size'> & { size?: number };

/** What a change is about, as `actions.subject` has it; of two of one kind only one is under way. */
const subjectOf = (target: string) =>
  `coalesce('run:' || (${target} #>> '{run,run}'), case when jsonb_array_length(${target} -> 'partitions') > 1 then 'batch' end,
    'partition:' || (${target} #>> '{partitions,0}'), ${target} ->> 'kind')`;
/** Do two targets of one pipeline meet: the same subject, or a partition that is in the other's batch? */
const meets = (a: { subject: string; target: string }, b: { subject: string; target: string }) =>
  `(${a.subject} = ${b.subject}
    or (${a.subject} = 'batch' and ${a.target} -> 'partitions' ? (${b.target} #>> '{partitions,0}'))
    or (${b.subject} = 'batch' and ${b.target} -> 'partitions' ? (${a.target} #>> '{partitions,0}')))`;
const thisOne = { subject: 'subject', target: 'target' };
/** The condition of the index that keeps it so. */
const underWayNow = `settled_at is null and state not in ('planned', 'waiting') and pace is null`;

/** Inserts it unless the same wish, or one of the same kind on the same run, is there already; then gives that one. */
export async function insertOnce(tx: Tx, action: NewAction): Promise<{ action: StoredAction; fresh: boolean }> {
  // What stood in the way may have been settled between our two looks: then there is room.
  for (let look = 1; look <= 3; look += 1) {
    const found = (await insert(tx, action)) ?? (await inTheWay(tx, action));
    if (found) return found;
  }
  throw new Error('an action stood in the way and is gone');
}

async function insert(tx: Tx, action: NewAction): Promise<{ action: StoredAction; fresh: boolean } | undefined> {
  const rows = await tx.query<StoredAction>(
    `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, channel, response_url,
       connection, pipeline, target, plan, brief, pace, size, asked_at, expires_at, next_at, auto_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $18, $14, $17, $15::timestamptz, $16::timestamptz,
       case when $16::timestamptz is null then $15::timestamptz end, $19)
     on conflict do nothing returning ${columns}`,
    [
      action.id,
      action.kind,
      action.state,
      action.idempotencyKey,
      action.personId,
      action.slackId,
      action.incidentId ?? null,
      action.channel ?? null,
      action.responseUrl ?? null,
      action.connection ?? null,
      action.pipeline ?? null,
      JSON.stringify(action.target),
      action.plan === undefined ? null : JSON.stringify(action.plan),
      action.pace === undefined ? null : JSON.stringify(action.pace),
      action.askedAt,
      action.expiresAt ?? null,
      action.size ?? 1,
      action.brief === undefined ? null : JSON.stringify(action.brief),
      action.autoId ?? null,
    ],
  );
  return rows[0] && { action: known(rows[0]), fresh: true };
}

async function inTheWay(tx: Tx, action: NewAction): Promise<{ action: StoredAction; fresh: boolean } | undefined> {
  const [there] = await tx.query<StoredAction>(
    `select ${columns} from actions where idempotency_key = $1
        or (${underWayNow} and connection = $2 and pipeline = $3 and kind = $4
            and ${meets(thisOne, { subject: subjectOf('$5::jsonb'), target: '$5::jsonb' })})
     order by idempotency_key = $1 desc, seq desc limit 1`,
    [
      action.idempotencyKey,
      action.connection ?? null,
      action.pipeline ?? null,
      action.kind,
      JSON.stringify(action.target),
    ],
  );
  return there && { action: known(there), fresh: false };
}

/** Takes one action for `leaseMs`, so that no other worker drives it meanwhile. */
export async function claim(
  db: Queryable,
  id: string,
  now: Date,
  leaseMs: number,
): Promise<(StoredAction & { heldUntil: Date }) | undefined> {
  const heldUntil = new Date(now.getTime() + leaseMs);
  const [row] = await db.query<StoredAction>(
    `update actions set claimed_until = $3 where action_id = $1 and settled_at is null
       and (claimed_until is null or claimed_until <= $2) returning ${columns}`,
    [id, now, heldUntil],
  );
  return row && { ...known(row), heldUntil };
}

export interface ActionChange {
  state?: ActionState;
  plan?: unknown;
  receipt?: unknown;
  progress?: unknown;
  say?: string;
  attempts?: number;
  triedAt?: Date;
  settledAt?: Date;
  pace?: unknown;
  beganAt?: Date;
  stalledAt?: Date;
  /** `null` = it is not any more. */
  busySince?: Date | null;
  outcome?: ActionOutcome;
  /** The orchestrator has been told. */
  heardWord?: CourseWord;
  /** When to look at it again; the hold is given back, as it is with `settledAt`. */
  nextAt?: Date;
  /** Holds it for longer. */
  heldUntil?: Date;
}

/** Changes an action that the caller still holds. @returns false when it does not any more: then nothing was changed */
export async function change(
  db: Queryable,
  held: { id: string; heldUntil: Date },
  change: ActionChange,
): Promise<boolean> {
  const rows = await db.query(
    `update actions set state = coalesce($2, state), plan = coalesce($3::jsonb, plan), receipt = coalesce($4::jsonb, receipt),
       progress = coalesce($5::jsonb, progress), say = coalesce($6, say), attempts = coalesce($7, attempts),
       tried_at = coalesce(tried_at, $8), settled_at = $9, next_at = coalesce($10, next_at),
       claimed_until = case when $10::timestamptz is not null or $9::timestamptz is not null then null
                            else coalesce($12, claimed_until) end,
       pace = coalesce($13::jsonb, pace), began_at = coalesce(began_at, $14), stalled_at = coalesce(stalled_at, $15),
       outcome = coalesce($16, outcome), told = case when told = $17 then null else told end,
       busy_since = case when $18 then $19::timestamptz else busy_since end
     where action_id = $1 and settled_at is null and claimed_until = $11 returning action_id`,
    [
      held.id,
      change.state ?? null,
      change.plan === undefined ? null : JSON.stringify(change.plan),
      change.receipt === undefined ? null : JSON.stringify(change.receipt),
      change.progress === undefined ? null : JSON.stringify(change.progress),
      change.say ?? null,
      change.attempts ?? null,
      change.triedAt ?? null,
      change.settledAt ?? null,
      change.nextAt ?? null,
      held.heldUntil,
      change.heldUntil ?? null,
      change.pace === undefined ? null : JSON.stringify(change.pace),
      change.beganAt ?? null,
      change.stalledAt ?? null,
      change.outcome ?? null,
      change.heardWord ?? null,
      change.busySince !== undefined,
      change.busySince ?? null,
    ],
  );
  return rows.length > 0;
}

export async function find(db: Queryable, id: string): Promise<StoredAction | undefined> {
  const [row] = await db.query<StoredAction>(`select ${columns} from actions where action_id = $1`, [id]);
  return row && known(row);
}

/** The whole plan of an action, as it was stored. */
export async function planOf(db: Queryable, id: string): Promise<unknown> {
  const [row] = await db.query<{ plan: unknown }>('select plan from actions where action_id = $1', [id]);
  return row?.plan ?? undefined;
}

/** For a person's word on it: as it is now, and nobody changes it meanwhile. */
export async function lock(tx: Tx, id: string): Promise<StoredAction | undefined> {
  const [row] = await tx.query<StoredAction>(`select ${columns} from actions where action_id = $1 for update`, [id]);
  return row && known(row);
}

/** Changes one that is locked and that no worker holds for the old state: a person's word wins over a worker that has it. */
export async function turn(
  tx: Tx,
  id: string,
  to: {
    state?: ActionState;
    at: Date;
    say?: string;
    approval?: unknown;
    pace?: unknown;
    progress?: unknown;
    told?: CourseWord;
    isSettled?: boolean;
    expiresAt?: Date;
  },
): Promise<void> {
  await tx.query(
    `update actions set state = coalesce($2, state), say = coalesce($4, say), approval = coalesce($5::jsonb, approval),
       pace = coalesce($6::jsonb, pace), told = coalesce($7, told), progress = coalesce($10::jsonb, progress), settled_at = case when $8 then $3::timestamptz end,
       expires_at = $9, claimed_until = null,
       next_at = case when $8 or $9::timestamptz is not null then null else $3::timestamptz end
     where action_id = $1`,
    [
      id,
      to.state ?? null,
      to.at,
      to.say ?? null,
      to.approval === undefined ? null : JSON.stringify(to.approval),
      to.pace === undefined ? null : JSON.stringify(to.pace),
      to.told ?? null,
      to.isSettled ?? false,
      to.expiresAt ?? null,
      to.progress === undefined ? null : JSON.stringify(to.progress),
    ],
  );
}

/** Of one that is locked, and has not begun. */
export async function setPace(tx: Tx, id: string, pace: unknown): Promise<void> {
  await tx.query('update actions set pace = $2 where action_id = $1', [id, JSON.stringify(pace)]);
}

/** The other change of its kind to the same subject that is under way, if there is one. */
export async function rivalOf(db: Queryable, action: StoredAction): Promise<StoredAction | undefined> {
  const [row] = await db.query<StoredAction>(
    `select ${columns} from actions where ${underWayNow} and connection = $1 and pipeline = $2 and kind = $3
       and ${meets(thisOne, { subject: subjectOf('$4::jsonb'), target: '$4::jsonb' })} and action_id <> $5 limit 1`,
    [action.connection ?? null, action.pipeline ?? null, action.kind, JSON.stringify(action.target), action.id],
  );
  return row && known(row);
}

/** Which of these are being changed now: by place in the list, who asked. */
export async function rivals(
  db: Queryable,
  kind: ActionKind,
  wanted: { connection: string; pipeline: string; target: unknown }[],
): Promise<Map<number, { by: string; at: Date }>> {
  const busy = await db.query<{ connection: string; pipeline: string }>(
    `select distinct connection, pipeline from actions where ${underWayNow} and kind = $1
       and (connection, pipeline) in (select * from unnest($2::text[], $3::text[]))`,
    [kind, ...pipelinesIn(wanted)],
  );
  // Mostly nothing is under way there; then thousands need not be compared.
  const nths = wanted.flatMap((each, nth) =>
    busy.some(({ connection, pipeline }) => connection === each.connection && pipeline === each.pipeline) ? [nth] : [],
  );
  if (nths.length === 0) return new Map();
  const rows = await db.query<{ nth: number; by: string; at: Date }>(
    `select w.nth::int - 1 as nth, a.slack_id as by, a.asked_at as at
     from jsonb_array_elements($1::jsonb) with ordinality as w(aim, nth)
     join actions a on a.connection = w.aim ->> 'connection' and a.pipeline = w.aim ->> 'pipeline' and a.kind = $2
       and (a.subject = ${subjectOf(`(w.aim -> 'target')`)}
            or (a.subject = 'batch' and a.target -> 'partitions' ? (w.aim #>> '{target,partitions,0}')))
     where a.settled_at is null and a.state not in ('planned', 'waiting') and a.pace is null`,
    [JSON.stringify(nths.map((nth) => wanted[nth])), kind],
  );
  return new Map(rows.flatMap(({ nth, by, at }) => (nths[nth] === undefined ? [] : [[nths[nth], { by, at }]])));
}

/** Of many, each once, as two columns. */
function pipelinesIn(of: readonly { connection: string; pipeline: string }[]): [string[], string[]] {
  const each = new Map(of.map(({ connection, pipeline }) => [JSON.stringify([connection, pipeline]), pipeline]));
  const connections = [...each.keys()].map((key) => String(JSON.parse(key)[0]));
  return [connections, [...each.values()]];
}

/** What counts for all items of a large action alike: how many there are, and who has said yes to it. */
export async function wholeOf(db: Queryable, id: string): Promise<{ size: number; approval?: unknown } | undefined> {
  const [row] = await db.query<{ size: number; approval: unknown }>(
    'select size, approval from actions where action_id = $1',
    [id],
  );
  return row && { size: row.size, approval: row.approval ?? undefined };
}

export interface NewItem {
  id: string;
  itemNo: number;
  wave: number;
  connection: string;
  pipeline: string;
  target: unknown;
  incidentId?: string;
  /** Places of those without whose success it is not done. */
  needs?: number[];
}

/** The items of a large action, all waiting. */
export async function addItems(tx: Tx, large: StoredAction, items: NewItem[]): Promise<void> {
  await tx.query(
    `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, incident_id, channel, connection, pipeline,
       target, asked_at, part_of, item_no, wave, needs)
     select i.id, $2, 'waiting', $1 || ':' || i."itemNo", $3::uuid, $4, n.incident_id, $5, i.connection, i.pipeline, i.target, $6::timestamptz,
            $1::uuid, i."itemNo", i.wave, i.needs
     from jsonb_to_recordset($7::jsonb) as i(id uuid, "itemNo" int, wave smallint, connection text, pipeline text, target jsonb,
            "incidentId" uuid, needs int[])
     left join incidents n on n.incident_id = i."incidentId"
     order by i."itemNo"`,
    [large.id, large.kind, large.personId, large.slackId, large.channel ?? null, large.askedAt, JSON.stringify(items)],
  );
}

const running = `state not in ('waiting', 'succeeded', 'failed', 'unsure', 'cancelled', 'refused', 'expired')`;

/** How the items stand, and how many wait in the wave that is under way. */
export async function itemCounts(
  db: Queryable,
  id: string,
): Promise<{ counts: Counts; wave: number; waitingInWave: number; total: number }> {
  // Grouped by what the index holds, so that of thousands of items only it is read.
  const rows = await db.query<Counts & { wave: number }>(
    `select wave, coalesce(sum(n) filter (where state = 'waiting'), 0)::int as waiting, coalesce(sum(n) filter (where ${running}), 0)::int as running,
            coalesce(sum(n) filter (where state = 'succeeded'), 0)::int as succeeded,
            coalesce(sum(n) filter (where state in ('failed', 'unsure')), 0)::int as failed,
            coalesce(sum(n) filter (where state in ('cancelled', 'refused', 'expired')), 0)::int as left
     from (select wave, state, count(*) as n from actions where part_of = $1 group by wave, state) items
     group by wave order by wave`,
    [id],
  );
  const sum = (of: (row: Counts) => number) => rows.reduce((total, row) => total + of(row), 0);
  const counts: Counts = {
    waiting: sum((row) => row.waiting),
    running: sum((row) => row.running),
    succeeded: sum((row) => row.succeeded),
    failed: sum((row) => row.failed),
    left: sum((row) => row.left),
  };
  const open = rows.find((row) => row.waiting + row.running > 0);
  const total = counts.waiting + counts.running + counts.succeeded + counts.failed + counts.left;
  return { counts, wave: open?.wave ?? 0, waitingInWave: open?.waiting ?? 0, total };
}

export interface ReleasedItem {
  id: string;
  connection: string;
  pipeline: string;
  target: unknown;
  /** Somebody else is changing the same: it is taken out. */
  isBusy: boolean;
}

/** Lets the next items go, in their order; those on which the same is under way already are settled instead. */
export async function releaseItems(
  tx: Tx,
  id: string,
  { wave, count, now, busySay }: { wave: number; count: number; now: Date; busySay: string },
): Promise<ReleasedItem[]> {
  return tx.query<ReleasedItem>(
    `with next as (
       select i.action_id, exists (select from actions o where o.connection = i.connection and o.pipeline = i.pipeline
                and o.kind = i.kind and ${meets({ subject: 'o.subject', target: 'o.target' }, { subject: 'i.subject', target: 'i.target' })} and o.settled_at is null
                and o.state not in ('planned', 'waiting') and o.pace is null) as busy
       from actions i where i.part_of = $1 and i.wave = $2 and i.state = 'waiting'
       order by i.item_no limit $3 for update skip locked
     )
     update actions a set state = case when next.busy then 'cancelled' else 'asked' end,
       settled_at = case when next.busy then $4::timestamptz end, say = case when next.busy then $5 end,
       next_at = case when next.busy then null else $4::timestamptz end
     from next where a.action_id = next.action_id
     returning a.action_id as id, a.connection, a.pipeline, a.target, next.busy as "isBusy"`,
    [id, wave, count, now, busySay],
  );
}

/** Takes those out of a wave that need an item that was not done; those before it are over. @returns what they were */
export async function leaveNeedy(
  tx: Tx,
  id: string,
  { wave, now, say }: { wave: number; now: Date; say: string },
): Promise<Omit<ReleasedItem, 'isBusy'>[]> {
  return tx.query(
    `update actions i set state = 'cancelled', settled_at = $3, say = $4
     where i.part_of = $1 and i.wave = $2 and i.state = 'waiting' and i.needs is not null
       and exists (select from actions u where u.part_of = $1 and u.item_no = any(i.needs) and u.state <> 'succeeded')
     returning i.action_id as id, i.connection, i.pipeline, i.target`,
    [id, wave, now, say],
  );
}

/** Takes out all items that have not been let go. @returns how many */
export async function cancelWaiting(tx: Tx, id: string, at: Date, say: string): Promise<number> {
  const rows = await tx.query(
    `update actions set state = 'cancelled', settled_at = $2, say = $3 where part_of = $1 and state = 'waiting' returning action_id`,
    [id, at, say],
  );
  return rows.length;
}

/** How long the last items took that went well, in ms. */
export async function itemDurations(db: Queryable, id: string): Promise<number[]> {
  const rows = await db.query<{ ms: number }>(
    `select (extract(epoch from settled_at - tried_at) * 1000)::int as ms from actions
     where part_of = $1 and state = 'succeeded' and tried_at is not null order by settled_at desc limit 50`,
    [id],
  );
  return rows.map(({ ms }) => ms);
}

/** Remembers of a large action that one of its items has not begun. `undefined` = that was known of it already. */
export async function firstStalled(tx: Tx, id: string, at: Date): Promise<StoredAction | undefined> {
  const [row] = await tx.query<StoredAction>(
    `update actions set stalled_at = $2 where action_id = $1 and stalled_at is null returning ${columns}`,
    [id, at],
  );
  return row && known(row);
}

export interface ItemRow {
  id: string;
  itemNo: number;
  connection: string;
  pipeline: string;
  target: unknown;
  incidentId?: string;
  state: ActionState;
  say?: string;
  triedAt?: Date;
  settledAt?: Date;
  receipt?: unknown;
  /** Why the run that it brought about failed, where that is known by now. */
  cause?: string;
}

/** The items of a large action in their order; of one state only where that is named. */
export async function items(db: Queryable, id: string, states?: readonly ActionState[]): Promise<ItemRow[]> {
  const rows = await db.query<ItemRow>(
    `select action_id as id, item_no as "itemNo", a.connection, a.pipeline, target, a.incident_id as "incidentId", a.state, say,
            tried_at as "triedAt", settled_at as "settledAt", receipt, why.cause
     from actions a left join lateral (
       select concat_ws(': ', i.cause->>'title', i.cause->>'causeLine') as cause
       from (select fingerprint from runs r where r.connection = a.connection and r.pipeline = a.pipeline
               and r.run = a.receipt->'run'->>'run' order by attempt desc limit 1) r
         join incidents i on i.fingerprint = r.fingerprint
       where i.cause is not null order by i.seq desc limit 1
     ) why on a.state = 'failed'
     where part_of = $1 and ($2::text[] is null or a.state = any($2)) order by item_no`,
    [id, states ?? null],
  );
  return rows.map(
    (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as ItemRow,
  );
}

/** What of a large action has failed, and what was not done for it, in their order; each with those of them that it needs. */
export async function failedItems(db: Queryable, id: string): Promise<(ItemRow & { wave: number; needs: number[] })[]> {
  const rows = await db.query<ItemRow & { wave: number; needs: number[] }>(
    `with recursive failed(item_no) as (
       select item_no from actions where part_of = $1 and state in ('failed', 'unsure')
       union
       select i.item_no from failed join actions i on i.part_of = $1 and i.state = 'cancelled' and failed.item_no = any(i.needs)
     )
     select action_id as id, item_no as "itemNo", connection, pipeline, target, incident_id as "incidentId", state, wave,
            array(select unnest(needs) intersect select item_no from failed order by 1) as needs
     from actions where part_of = $1 and item_no in (select item_no from failed) order by item_no`,
    [id],
  );
  return rows.map(
    (row) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as ItemRow & {
        wave: number;
        needs: number[];
      },
  );
}

/** Large actions that are not over, newest first. */
export async function largeUnderWay(db: Queryable, limit: number): Promise<StoredAction[]> {
  const rows = await db.query<StoredAction>(
    `select ${columns} from actions where pace is not null and settled_at is null and state <> 'planned'
     order by asked_at desc limit $1`,
    [limit],
  );
  return rows.map(known);
}

export type ShownAction = StoredAction & { channelId?: string; ts?: string };

/**
 * Actions that are not over, newest first, with the message that shows each.
 * @param of whose, and those shown in this channel (Slack's id); `large` = all large ones instead
 */
export async function notOver(
  db: Queryable,
  of: { slackId: string; channelId: string } | 'large',
  limit: number,
): Promise<{ actions: ShownAction[]; total: number }> {
  const shownBy = `((p.role = 'action' and p.action_id = a.action_id) or (p.role = 'parent' and p.incident_id = a.incident_id))`;
  const [slackId, channelId] = of === 'large' ? [null, null] : [of.slackId, of.channelId];
  const rows = await db.query<ShownAction & { total: number }>(
    `with a as (
       select a.* from actions a
       where a.settled_at is null and a.part_of is null and a.state <> 'planned'
         and case when $1::text is null then a.pace is not null
                  else a.slack_id = $1 or exists (select from posts p where ${shownBy} and p.channel_id = $2) end
     )
     select ${columns}, "channelId", ts, count(*) over ()::int as total from a
     left join lateral (
       select p.channel_id as "channelId", p.ts from posts p where ${shownBy} and p.ts is not null
       order by p.role = 'action' desc, p.channel_id = $2 desc, p.channel = a.channel desc limit 1
     ) post on true
     order by a.asked_at desc, a.seq desc limit $3`,
    [slackId, channelId, limit],
  );
  return {
    actions: rows.map(({ total: _total, ...row }) => ({
      ...known(row),
      ...(row.ts ? { ts: row.ts } : {}),
      ...(row.channelId ? { channelId: row.channelId } : {}),
    })),
    total: rows[0]?.total ?? 0,
  };
}

/** The file of its items is to be made then. */
export async function wantFile(db: Queryable, id: string, at: Date): Promise<void> {
  await db.query('update actions set file_at = $2 where action_id = $1', [id, at]);
}

export const isAnyToFile =
  (now: Date): Condition =>
  (bind) =>
    `exists (select from actions where file_at <= ${bind(now)})`;

/**
 * Takes the next large action whose file is to be made, so that no other worker makes it before `again`.
 * @returns with it, what tells this taking from the next one
 */
export async function takeToFile(
  db: Queryable,
  now: Date,
  again: Date,
): Promise<{ action: StoredAction; takenUntil: Date } | undefined> {
  const [row] = await db.query<StoredAction>(
    `update actions set file_at = $2 where action_id = (
       select action_id from actions where file_at <= $1 order by file_at limit 1 for update skip locked)
     returning ${columns}`,
    [now, again],
  );
  return row && { action: known(row), takenUntil: again };
}

/** There is no file of it to make any more. @returns false when somebody else has taken it meanwhile */
export async function noFileAnyMore(tx: Tx, id: string, takenUntil: Date): Promise<boolean> {
  const rows = await tx.query(
    'update actions set file_at = null where action_id = $1 and file_at = $2 returning action_id',
    [id, takenUntil],
  );
  return rows.length > 0;
}

/** Ids of those to be looked at now, oldest first; claims that ran out (crash) are among them. */
export async function due(db: Queryable, now: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `(select action_id as id from actions where settled_at is null and next_at <= $1
        and (claimed_until is null or claimed_until <= $1) order by next_at limit $2)
     union all
     (select action_id from actions where settled_at is null and expires_at <= $1
        and (claimed_until is null or claimed_until <= $1) order by expires_at limit $2)`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

/** Is there any? */
export const isAnyDue =
  (now: Date): Condition =>
  (bind) =>
    ['next_at', 'expires_at']
      .map(
        (due) => `exists (select from actions where settled_at is null and ${due} <= ${bind(now)}
          and (claimed_until is null or claimed_until <= ${bind(now)}))`,
      )
      .join(' or ');

/** The newest actions on an incident, newest first; large ones as one, and no mere plans. */
export async function ofIncident(db: Queryable, incidentId: string): Promise<StoredAction[]> {
  const rows = await db.query<StoredAction>(
    `select ${columns} from actions where incident_id = $1 and part_of is null and state not in ('planned', 'expired')
     order by seq desc limit 20`,
    [incidentId],
  );
  return rows.map(known);
}

/** Wishes so far, whatever became of them: the next one is another wish. Mere plans are none. */
export async function countOf(db: Queryable, incidentId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*)::int as count from actions
     where incident_id = $1 and part_of is null and not (idempotency_key like 'plan:%' and state in ('planned', 'expired'))`,
    [incidentId],
  );
  return row?.count ?? 0;
}

/** Was anything ever wished about the incident? */
export const isAnyOf =
  (incidentId: string): Condition =>
  (bind) =>
    `exists (select from actions where incident_id = ${bind(incidentId)}::uuid)`;

/** Those of the incidents on which an action is under way. */
export async function underWay(db: Queryable, incidentIds: string[]): Promise<Set<string>> {
  if (incidentIds.length === 0) return new Set();
  const rows = await db.query<{ incidentId: string }>(
    `select distinct incident_id as "incidentId" from actions where incident_id = any($1::uuid[])
       and settled_at is null and state not in ('planned', 'waiting')`,
    [incidentIds],
  );
  return new Set(rows.map(({ incidentId }) => incidentId));
}

/** @property auto it went by itself, and `by` is who allowed that */
export interface Rescuer {
  actionId: string;
  kind: ActionKind;
  by: string;
  auto: boolean;
}

/** What brings about a run that can mend. */
const mending: readonly ActionKind[] = ['retry', 'skip', 'backfill', 'start'];

/** Who brought incidents back: the person of the last retry, or of what else runs it again, that is under way or went through, by incident. */
export async function rescuers(db: Queryable, incidentIds: string[]): Promise<Map<string, Rescuer>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await db.query<Rescuer & { incidentId: string }>(
    `select distinct on (incident_id) incident_id as "incidentId", kind, slack_id as by, auto_id is not null as auto, action_id as "actionId"
     from actions where incident_id = any($1::uuid[]) and kind = any($2) and state in ('performing', 'following', 'succeeded')
     order by incident_id, seq desc`,
    [incidentIds, mending],
  );
  return new Map(rows.map(({ incidentId, ...rescuer }) => [incidentId, rescuer]));
}

/** Of each incident the last retry that a person asked for, which is under way or failed since then. */
export async function triedLately(db: Queryable, incidentIds: string[], since: Date): Promise<Map<string, string>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await db.query<{ incidentId: string; actionId: string }>(
    `select distinct on (incident_id) incident_id as "incidentId", action_id as "actionId" from actions
     where incident_id = any($1::uuid[]) and kind = 'retry' and auto_id is null
       and (state in ('performing', 'following') or (state = 'failed' and settled_at >= $2))
     order by incident_id, seq desc`,
    [incidentIds, since],
  );
  return new Map(rows.map(({ incidentId, actionId }) => [incidentId, actionId]));
}

/** What ends a run before its time; where an orchestrator has no word of its own for that, the run has failed then. */
const ending: readonly ActionKind[] = ['stop', 'kill'];

/** A run that a person ended before its time. */
export interface EndedRun {
  incidentId: string;
  pipeline: string;
  run: string;
  by: string;
  kind: 'stop' | 'kill';
}

/** Of these incidents: what is under way, or was done since then, the latest first. */
export async function endedLately(db: Queryable, incidentIds: string[], since: Date): Promise<EndedRun[]> {
  if (incidentIds.length === 0) return [];
  return db.query<EndedRun>(
    `select incident_id as "incidentId", pipeline, target #>> '{run,run}' as run, slack_id as by, kind from actions
     where incident_id = any($1::uuid[]) and kind = any($3) and target ->> 'kind' = 'run'
       and (state in ('performing', 'following') or (state = 'succeeded' and settled_at >= $2))
     order by seq desc`,
    [incidentIds, since, ending],
  );
}

/** Goes on where it failed, as it was. */
export const isPlain = (a: string): string =>
  `coalesce(${a}.target ->> 'from', 'failure') = 'failure' and ${a}.target -> 'parameters' is null`;

/** What a person killed on its way says nothing about whether it would have helped. */
export const isLetGoOn = (a: string): string =>
  `not exists (select from actions k where k.connection = ${a}.connection and k.pipeline = ${a}.pipeline and k.kind = 'kill'
     and k.state = 'succeeded' and k.tried_at between ${a}.tried_at and ${a}.settled_at
     and k.target #>> '{run,run}' = coalesce(${a}.receipt #>> '{run,run}', ${a}.target #>> '{run,run}'))`;

/** Was a failure with this fingerprint ever retried? */
export const isAnyEvidence =
  (fingerprint: string): Condition =>
  (bind) =>
    `exists (select from incidents join actions using (incident_id) where fingerprint = ${bind(fingerprint)}::text and kind = 'retry')`;

/** How often a plain retry mended failures with this fingerprint, of how many whose end is known, and how long it took. */
export async function evidence(db: Queryable, fingerprint: string): Promise<Evidence> {
  const [row] = await db.query<{ fixed: number; tried: number; medianMs: number | null }>(
    `select count(*) filter (where a.state = 'succeeded')::int as fixed, count(*)::int as tried,
            (percentile_disc(0.5) within group (order by extract(epoch from a.settled_at - a.tried_at) * 1000)
              filter (where a.state = 'succeeded'))::int as "medianMs"
     from actions a join incidents i using (incident_id)
     where i.fingerprint = $1 and a.kind = 'retry' and a.state in ('succeeded', 'failed') and a.receipt is not null
       and ${isPlain('a')} and (a.state = 'succeeded' or ${isLetGoOn('a')})`,
    [fingerprint],
  );
  return {
    fixed: row?.fixed ?? 0,
    tried: row?.tried ?? 0,
    ...(row?.medianMs == null ? {} : { medianMs: row.medianMs }),
  };
}

export const isAnyToJudge =
  (since: Date): Condition =>
  (bind) =>
    `exists (select from actions where outcome = 'failed-again' and settled_at > ${bind(since)})`;

/** Says of the retries whose run has failed again whether it was of the same cause, where that is known by now. @returns how many */
export async function judgeOutcomes(db: Queryable, since: Date): Promise<number> {
  const rows = await db.query(
    `update actions a set outcome = case when r.fingerprint = i.fingerprint then 'same-cause' else 'other-cause' end
     from incidents i, runs r
     where a.outcome = 'failed-again' and a.settled_at > $1 and i.incident_id = a.incident_id and i.fingerprint is not null
       and r.connection = a.connection and r.pipeline = a.pipeline and r.run = coalesce(a.receipt #>> '{run,run}', a.target #>> '{run,run}')
       -- without a receipt that names it, the newest attempt is the one that the retry made
       and r.attempt = coalesce((a.receipt #>> '{run,attempt}')::int, (select max(attempt) from runs newest
             where newest.connection = r.connection and newest.pipeline = r.pipeline and newest.run = r.run))
       and r.fingerprint is not null
     returning a.action_id`,
    [since],
  );
  return rows.length;
}

/** How long it took earlier changes of this kind to this pipeline to begin to run, in ms, newest first. */
export async function beginnings(
  db: Queryable,
  of: { connection: string; pipeline: string; kind: ActionKind },
): Promise<number[]> {
  const rows = await db.query<{ ms: number }>(
    `select (extract(epoch from began_at - tried_at) * 1000)::int as ms from actions
     where connection = $1 and pipeline = $2 and kind = $3 and began_at is not null and tried_at is not null
     order by asked_at desc limit 50`,
    [of.connection, of.pipeline, of.kind],
  );
  return rows.map(({ ms }) => ms);
}

/** Makes the actions that are followed on these incidents due at once. @returns their ids */
export async function hurry(db: Queryable, incidentIds: string[], now: Date): Promise<string[]> {
  if (incidentIds.length === 0) return [];
  const rows = await db.query<{ id: string }>(
    `update actions set next_at = $2 where incident_id = any($1::uuid[]) and settled_at is null and state = 'following'
       and claimed_until is null returning action_id as id`,
    [incidentIds, now],
  );
  return rows.map(({ id }) => id);
}
