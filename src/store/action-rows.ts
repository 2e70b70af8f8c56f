import type { ActionKind, ActionState } from '../domain/action';
import type { Queryable, Tx } from './db';

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
  connection: string;
  pipeline: string;
  target: unknown;
  plan?: unknown;
  receipt?: unknown;
  progress?: unknown;
  /** What the other side said, or why not. */
  say?: string;
  attempts: number;
  askedAt: Date;
  /** When the change was first tried; set before it is, so that a crash in between is noticed. */
  triedAt?: Date;
  settledAt?: Date;
  /** Until then a worker has it. */
  heldUntil?: Date;
}

const columns = `action_id as id, kind, state, idempotency_key as "idempotencyKey", person_id as "personId", slack_id as "slackId",
  incident_id as "incidentId", channel, response_url as "responseUrl", connection, pipeline, target, plan, receipt, progress, say,
  attempts, asked_at as "askedAt", tried_at as "triedAt", settled_at as "settledAt", claimed_until as "heldUntil"`;

function known(row: StoredAction): StoredAction {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as StoredAction;
}

type NewAction = Omit<StoredAction, 'attempts' | 'triedAt' | 'settledAt' | 'heldUntil'>;

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
       connection, pipeline, target, asked_at, next_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
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
      action.connection,
      action.pipeline,
      JSON.stringify(action.target),
      action.askedAt,
    ],
  );
  return rows[0] && { action: known(rows[0]), fresh: true };
}

async function inTheWay(tx: Tx, action: NewAction): Promise<{ action: StoredAction; fresh: boolean } | undefined> {
  const [there] = await tx.query<StoredAction>(
    `select ${columns} from actions where idempotency_key = $1
        or (settled_at is null and connection = $2 and pipeline = $3 and kind = $4
            and state not in ('planned', 'waiting') and pace is null and subject is not distinct from coalesce('run:' || ($5::jsonb #>> '{run,run}'), 'partition:' || ($5::jsonb #>> '{partitions,0}'), $5::jsonb ->> 'kind'))
     order by idempotency_key = $1 desc, seq desc limit 1`,
    [action.idempotencyKey, action.connection, action.pipeline, action.kind, JSON.stringify(action.target)],
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
                            else coalesce($12, claimed_until) end
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
    ],
  );
  return rows.length > 0;
}

/** Ids of those to be looked at now, oldest first; claims that ran out (crash) are among them. */
export async function due(db: Queryable, now: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select action_id as id from actions where settled_at is null and next_at <= $1
       and (claimed_until is null or claimed_until <= $1) order by next_at limit $2`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

/** The newest actions on an incident, newest first. */
export async function ofIncident(db: Queryable, incidentId: string): Promise<StoredAction[]> {
  const rows = await db.query<StoredAction>(
    `select ${columns} from actions where incident_id = $1 order by seq desc limit 20`,
    [incidentId],
  );
  return rows.map(known);
}

export async function countOf(db: Queryable, incidentId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>('select count(*)::int as count from actions where incident_id = $1', [
    incidentId,
  ]);
  return row?.count ?? 0;
}

/** Those of the incidents on which an action is under way. */
export async function underWay(db: Queryable, incidentIds: string[]): Promise<Set<string>> {
  if (incidentIds.length === 0) return new Set();
  const rows = await db.query<{ incidentId: string }>(
    `select distinct incident_id as "incidentId" from actions where incident_id = any($1::uuid[]) and settled_at is null`,
    [incidentIds],
  );
  return new Set(rows.map(({ incidentId }) => incidentId));
}

/** Who brought incidents back: the person of the last retry that is under way or went through, by incident. */
export async function rescuers(db: Queryable, incidentIds: string[]): Promise<Map<string, string>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await db.query<{ incidentId: string; by: string }>(
    `select distinct on (incident_id) incident_id as "incidentId", slack_id as by from actions
     where incident_id = any($1::uuid[]) and kind = 'retry' and state in ('performing', 'following', 'succeeded')
     order by incident_id, seq desc`,
    [incidentIds],
  );
  return new Map(rows.map((row) => [row.incidentId, row.by]));
}

/** How often a plain retry mended failures with this fingerprint, of how many whose end is known. */
export async function evidence(db: Queryable, fingerprint: string): Promise<{ fixed: number; tried: number }> {
  const [row] = await db.query<{ fixed: number; tried: number }>(
    `select count(*) filter (where a.state = 'succeeded')::int as fixed, count(*)::int as tried
     from actions a join incidents i using (incident_id)
     where i.fingerprint = $1 and a.kind = 'retry' and a.state in ('succeeded', 'failed') and a.receipt is not null`,
    [fingerprint],
  );
  return row ?? { fixed: 0, tried: 0 };
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
