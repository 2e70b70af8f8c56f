import { setTimeout as sleep } from 'node:timers/promises';
import { openPlanning } from '../../bench/lib/planning';
import { createStandIn, defineWorkflow, type StandIn, scriptedRunner } from '../../src/demo/stand-in';
import { untilSettled } from '../../test/support/oracle';
import type { RowInput, RowOutcome } from './row';
import { openStage, type Stage } from './stage';

const pipeline = { connection: 'prod', key: 'orders_daily' };
/** 10,000 days. */
const from = '1999-07-01';
const to = '2026-11-15';
const wanted = 10_000;
const kills = 10;
/** Of those the first run fails; that is fewer than the ones at which it stops by itself. */
const failing = 25;
/** It goes as fast as the machine lets it; what has brought nothing to an end for so long stands still. */
const standsStillMs = 3 * 60_000;

/**
 * A person asks for 10,000 partitions; Pitcrew is killed ten times while it works through them. Each must have been started once, as
 * the orchestrator counts, and the report must hold every one.
 */
export async function backfillRow({ program, random }: RowInput): Promise<RowOutcome> {
  const standIn = createStandIn({
    pipelines: [
      defineWorkflow({
        id: pipeline.key,
        owner: 'team',
        runStrategy: { rule: 'PARALLEL', workflow_concurrency: 50 },
      }),
    ],
    runner: scriptedRunner({
      main: async ({ instanceId }) => {
        await sleep(100 + 200 * random());
        return { exitCode: instanceId % Math.floor(wanted / failing) === 7 ? 1 : 0, output: 'ValueError: no rows' };
      },
    }),
  });
  const { url } = await standIn.start();
  const stage = await openStage({
    program,
    random,
    teams: 1,
    settings: [
      `orchestrators: [{ name: prod, kind: maestro, url: "${url}" }]`,
      'defaultChannel: "#team-0"',
      'policies: { rules: [ { allow: [backfill], who: owningTeam } ] }',
    ],
  }).catch(async (error) => {
    await standIn.stop();
    throw error;
  });
  try {
    const began = performance.now();
    const { actionId, plannedMs } = await ask(stage, url);
    const killedAt = await killTenTimes(stage, actionId);
    const state = await untilOver(stage, actionId);
    const tookMs = performance.now() - began;
    await untilSettled(stage.db, 120_000);
    const faults = [
      ...(await judge(stage, standIn, actionId)),
      ...(state === 'failed' ? [] : [`it ended as ${state}`]),
    ];
    const troubles = stage.troubles();
    return {
      faults: [...faults, ...Object.keys(troubles).filter((what) => /^replica/.test(what))],
      counts: {
        partitions: wanted,
        killedAt,
        plannedMs: Math.round(plannedMs),
        tookSeconds: Math.round(tookMs / 1_000),
        calls: standIn.requests.length,
        ...(Object.keys(troubles).length > 0 ? { logged: troubles } : {}),
      },
    };
  } finally {
    await stage.close();
    await standIn.stop();
  }
}

/** Plans, and says yes, as the surface does. */
async function ask({ db }: Stage, url: string): Promise<{ actionId: string; plannedMs: number }> {
  const { actions, actor, close } = await openPlanning(db, url);
  const began = performance.now();
  const planned = await actions.plan({
    kind: 'backfill',
    actor,
    aim: { kind: 'partitions', pipeline, from, to, mode: 'all' },
    pace: { parallel: 50, stopAfter: 1_000 },
    channel: '#team-0',
  });
  const plannedMs = performance.now() - began;
  if (planned.outcome !== 'planned') throw new Error(JSON.stringify(planned));
  const { actionId } = planned;
  await db.transaction((tx) => actions.confirm(tx, { actionId, actor }));
  await close();
  return { actionId, plannedMs };
}

/** Spread over the work; now and then while it starts after the kill before. @returns how many partitions had ended by each */
async function killTenTimes(stage: Stage, actionId: string): Promise<number[]> {
  const { random } = stage;
  const killedAt: number[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    if (kill > 1 && random() < 0.25) await sleep(3_000 * random());
    else {
      await stage.allUp();
      await untilOver(stage, actionId, ((kill - random()) * wanted) / kills);
    }
    killedAt.push(ended((await look(stage, actionId)).progress));
    await stage.killReplica();
  }
  await stage.allUp();
  return killedAt;
}

interface Look {
  state: string;
  over: boolean;
  progress: { succeeded: number; failed: number; left: number } | null;
}

async function look({ db }: Stage, actionId: string): Promise<Look> {
  const [row] = await db.query<Look>(
    'select state, settled_at is not null as over, progress from actions where action_id = $1',
    [actionId],
  );
  if (!row) throw new Error('the backfill is gone');
  return row;
}

function ended(progress: Look['progress']): number {
  return progress ? progress.succeeded + progress.failed + progress.left : 0;
}

/** Waits for its end, or until so many of its partitions have ended. @throws Error when it stands still */
async function untilOver(stage: Stage, actionId: string, partitions = Number.POSITIVE_INFINITY): Promise<string> {
  let most = -1;
  let since = performance.now();
  for (;;) {
    const { state, over, progress } = await look(stage, actionId);
    if (over || ended(progress) >= partitions) return state;
    if (ended(progress) > most) {
      most = ended(progress);
      since = performance.now();
    } else if (performance.now() - since > standsStillMs) {
      throw new Error(`it stands still: ${JSON.stringify({ state, progress })}`);
    }
    await sleep(1_000);
  }
}

/** Each partition started once, as the orchestrator counts; the counts and the report hold all of them. */
async function judge({ db, workspace, channelOf }: Stage, standIn: StandIn, actionId: string): Promise<string[]> {
  const faults: string[] = [];
  const started = new Map<string, number>();
  const created = new Set<string>();
  for (const event of standIn.published) {
    if (event.type !== 'WORKFLOW_INSTANCE_STATUS_CHANGE_EVENT') continue;
    created.add(`${event.workflow_instance_id}`);
  }
  for (const instance of created) {
    const run = await standIn.waitFor(pipeline.key, Number(instance), () => true);
    const { value } = (run.run_params as { TARGET_RUN_DATE: { value: string } }).TARGET_RUN_DATE;
    started.set(value, (started.get(value) ?? 0) + 1);
  }
  const twice = [...started].filter(([, times]) => times > 1);
  if (started.size !== wanted) faults.push(`${started.size} partitions were started`);
  if (twice.length > 0) faults.push(`${twice.length} partitions were started twice: ${twice.slice(0, 3).join('; ')}`);
  const items = await db.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from actions where part_of = $1 group by 1',
    [actionId],
  );
  const of = (state: string) => items.find((row) => row.state === state)?.count ?? 0;
  const failed = standIn.published.filter(
    (event) => event.type === 'WORKFLOW_INSTANCE_STATUS_CHANGE_EVENT' && event.new_status === 'FAILED',
  ).length;
  if (of('failed') !== failed || of('succeeded') !== wanted - failed)
    faults.push(`${failed} runs have failed, but the items say ${JSON.stringify(items)}`);
  const told = workspace.state.everything(channelOf(0)).map(({ text }) => text ?? '');
  if (!told.some((text) => text.includes(`${wanted - failed} of ${wanted} succeeded, ${failed} failed`)))
    faults.push(`the report does not say it: ${told.slice(-3).join(' | ')}`);
  return faults;
}
