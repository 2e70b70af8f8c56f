import { createActions, type Wish } from '../../src/actions';
import type { Actor } from '../../src/domain/actor';
import type { Verdict } from '../../src/domain/authorise';
import type { Downstream } from '../../src/domain/downstream';
import type { Failure } from '../../src/domain/failure';
import { createLogger } from '../../src/lib/logger';
import type { Db, Queryable, Tx } from '../../src/store/db';
import { abilitiesIn } from '../support/abilities';
import { emptyTables } from '../support/database';
import { createScriptedOrchestrator, type ScriptedOrchestrator } from '../support/scripted-orchestrator';
import { createSetClock, type SetClock } from '../support/set-clock';

export const dana: Actor = {
  personId: '00000000-0000-4000-8000-00000000000a',
  slackId: 'U01DANA',
  name: 'Dana',
  email: 'dana@acme.example',
  isGuest: false,
  isBot: false,
  isDeactivated: false,
  teams: ['orders'],
  roles: [],
};
export const lee: Actor = { ...dana, personId: '00000000-0000-4000-8000-00000000000b', slackId: 'U02LEE', name: 'Lee' };
/** May run Pitcrew. */
export const olga: Actor = {
  ...dana,
  personId: '00000000-0000-4000-8000-00000000000c',
  slackId: 'U03OLGA',
  name: 'Olga',
  roles: ['operator'],
};
const people = new Map([dana, lee, olga].map((actor) => [actor.slackId, actor]));

const incidentId = '11111111-1111-4111-8111-111111111111';

export const run = { pipeline: { connection: 'prod', key: 'orders_daily' }, run: '118', attempt: 1 };

export const wish = (differs: Partial<Wish> = {}): Wish => ({
  kind: 'retry',
  actor: dana,
  target: { kind: 'run', run },
  turn: '1.0',
  incidentId,
  channel: 'C0ORDERS',
  ...differs,
});

export interface Stage {
  actions: ReturnType<typeof createActions>;
  orchestrator: ScriptedOrchestrator;
  /** What hangs on everything. */
  downstream: Downstream;
  clock: SetClock;
  policy: { verdict: Verdict; approvers: string[]; seen?(size: number): void };
  /** Uploaded so far, and why none is taken. */
  files: string[];
  slackSays?: Failure;
  woken: { actions: { id: string; delayMs: number }[]; decider: number };
  /** Another process on the same database and orchestrator; `db` may be one that breaks. */
  worker(db: Db): ReturnType<typeof createActions>;
  ask(differs?: Partial<Wish>): ReturnType<ReturnType<typeof createActions>['request']>;
  /** Asks and gives the id. */
  asked(differs?: Partial<Wish>): Promise<string>;
  /** Sweeps, as the clock goes on, until nothing is left to do; at most `rounds` times. */
  settle(rounds?: number): Promise<void>;
}

/** What actions need around them. What is told is kept in a table, so that it shares the fate of its transaction. */
export async function openStage(db: Db, able: { lookUp?: boolean; progress?: boolean } = {}): Promise<Stage> {
  await db.query(`create table if not exists told (seq bigint generated always as identity, what text, fact jsonb)`);
  await emptyTables(db, 'told, actions, inbox, presses, audit, switches, runs, pipelines');
  // The incidents are another use case's; here their id is enough.
  await db.query('alter table actions drop constraint if exists actions_incident_id_fkey');
  const clock = createSetClock();
  const orchestrator = createScriptedOrchestrator(able);
  const policy: Stage['policy'] = { verdict: allowed, approvers: [] };
  const woken: Stage['woken'] = { actions: [], decider: 0 };
  const tell = (tx: Tx, what: string, fact: unknown) =>
    tx.query('insert into told (what, fact) values ($1, $2)', [what, JSON.stringify(fact)]);

  const worker = (on: Db) =>
    createActions({
      db: on,
      clock,
      log: createLogger('silent'),
      orchestrator: (name) => (name === 'prod' ? orchestrator : undefined),
      abilitiesOf: (name) => abilitiesIn(name === 'prod' ? orchestrator : undefined),
      nameFor: (_connection, actor) => actor.email ?? actor.name,
      async actor(slackId) {
        const actor = people.get(slackId);
        if (!actor) throw new Error(`${slackId} is nobody`);
        return actor;
      },
      async authorise(_actor, _kind, _pipeline, size) {
        policy.seen?.(size);
        return policy.verdict;
      },
      mayApprove: async (approver, asker) =>
        approver.personId !== asker.personId && policy.approvers.includes(approver.slackId),
      approvalUntil: (at) => new Date(at.getTime() + 3_600_000),
      mayOperate: (actor) => ({ may: actor.roles.includes('operator'), whoMay: 'people with the role *operator*' }),
      downstream: async () => stage.downstream,
      platformChannel: () => '#data-platform',
      messageUrl: (channel, ts) => `https://slack.example/${channel}/${ts}`,
      async uploadFile(file) {
        if (stage.slackSays) throw stage.slackSays;
        stage.files.push(file.content);
        return { fileId: `F${stage.files.length}`, permalink: `https://files.example/F${stage.files.length}` };
      },
      profile: async (ref) => ({ ...ref, facts: {} }),
      async refresh(tx, id, _channels, urgency) {
        await tell(tx, 'refresh', { id, urgency });
      },
      async tell(tx, stories) {
        for (const { notice } of stories) await tell(tx, notice.kind, notice);
      },
      async wakeDecider() {
        woken.decider += 1;
      },
      async wake(id, delayMs) {
        woken.actions.push({ id, delayMs });
      },
      wakeOutbox: async () => undefined,
    });

  const actions = worker(db);
  const ask = (differs: Partial<Wish> = {}) => db.transaction((tx) => actions.request(tx, wish(differs)));
  const stage: Stage = {
    actions,
    orchestrator,
    downstream: { nodes: [], edges: [], total: 0 },
    clock,
    policy,
    files: [],
    woken,
    worker,
    ask,
    async asked(differs) {
      const answer = await ask(differs);
      if (answer.outcome !== 'asked') throw new Error(`it was ${answer.outcome}`);
      return answer.actionId;
    },
    async settle(rounds = 200) {
      for (let round = 0; round < rounds; round += 1) {
        const [open] = await db.query<{ count: number }>(`select count(*) from actions where settled_at is null`);
        if (open?.count === 0) return;
        for (const id of await actions.due(50)) await actions.drive(id);
        clock.pass(5_000);
      }
    },
  };
  return stage;
}

export const allowed: Verdict = {
  verdict: 'allow',
  reason: 'By default owningTeam may retry.',
  whoMay: 'members of *orders*',
};
export const denied: Verdict = {
  verdict: 'deny',
  reason: 'Only members of *orders* may retry this.',
  whoMay: 'members of *orders*',
};

export interface ActionRow {
  state: string;
  attempts: number;
  say: string | null;
  plan: unknown;
  receipt: unknown;
  approval: unknown;
}

export async function stored(db: Queryable, id: string): Promise<ActionRow> {
  const [row] = await db.query<ActionRow>(
    `select state, attempts, say, plan, receipt, approval from actions where action_id = $1`,
    [id],
  );
  if (!row) throw new Error(`there is no action ${id}`);
  return row;
}

export async function trail(db: Queryable): Promise<string[]> {
  return (await db.query<{ what: string }>('select what from audit order by seq')).map(({ what }) => what);
}

export async function told(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ what: string; urgency: string | null }>(
    `select what, fact ->> 'urgency' as urgency from told order by seq`,
  );
  return rows.map(({ what, urgency }) => (urgency ? `${what} ${urgency}` : what));
}

export async function inbox(db: Queryable): Promise<{ id: string; payload: Record<string, unknown> }[]> {
  return db.query('select id, payload from inbox order by seq');
}

export class Crashed extends Error {}

/**
 * A database whose process ends at its `atStep`-th step, counted from 1: that step and all later ones throw. Steps are the statements,
 * and the moments before each commit and after it.
 */
export function crashing(db: Db, atStep: number): { db: Db; step(): void; steps(): number } {
  let steps = 0;
  function step(): void {
    steps += 1;
    if (steps >= atStep) throw new Crashed(`at step ${steps}`);
  }
  const wrap = (on: Queryable): Queryable => ({
    async query<T extends object>(sql: string, params?: unknown[]): Promise<T[]> {
      step();
      return on.query<T>(sql, params);
    },
  });
  return {
    step,
    steps: () => steps,
    db: {
      ...wrap(db),
      async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
        const result = await db.transaction(async (tx) => {
          const done = await work(wrap(tx));
          step();
          return done;
        });
        step();
        return result;
      },
      close: () => db.close(),
      pool: db.pool,
    },
  };
}
