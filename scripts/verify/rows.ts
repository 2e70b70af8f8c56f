import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf, judge, untilSettled } from '../../test/support/oracle';
import { planRuns, sendRuns } from '../../test/support/run-stream';
import { backfillRow } from './backfill';
import { mondayRow } from './monday';
import { pressRow } from './presses';
import type { Row } from './row';
import { openStage, type Stage, type StageOptions } from './stage';
import { storiesRow } from './stories';

/** What Slack's limits leave of a storm is let through after it: the last state of each alert is an edit. */
const settleMs = 240_000;

export const faultRows: Row[] = [
  {
    name: 'slack-away',
    says: 'Slack is away for ten minutes: refuses, hangs, answers 503',
    isIdle: true,
    run: streamRow(
      { teams: 5, budgets: 'slack', runs: 150, overMs: 660_000, paceMs: 60_000, settleMs: 480_000 },
      async ({ gate, workspace }) => {
        await sleep(30_000);
        const began = performance.now();
        for (const state of ['refuses', 'hangs', 'open'] as const) {
          workspace.socket.cut();
          await gate.set(state);
          if (state === 'open') workspace.faults.next({}, '5xx', { times: 1_000_000 });
          await sleep(200_000);
        }
        workspace.faults.clear();
        return { awaySeconds: Math.round((performance.now() - began) / 1_000) };
      },
    ),
  },
  {
    name: 'kills',
    says: '20 times kill -9 to Pitcrew in mid-stream',
    run: streamRow({ teams: 30, runs: 1_000, overMs: 150_000 }, async ({ random, killReplica, allUp }) => {
      for (let kill = 0; kill < 20; kill += 1) {
        await sleep(random() * 14_000);
        await killReplica();
        // One in four comes before the one before it has led to a start.
        if (random() > 0.25) await allUp();
      }
      await allUp();
      return { kills: 20 };
    }),
  },
  {
    name: 'postgres',
    says: 'PostgreSQL is killed and started again in mid-stream',
    run: streamRow({ teams: 20, runs: 400, overMs: 60_000 }, async ({ random, postgres }) => {
      for (let kill = 0; kill < 4; kill += 1) {
        await sleep(3_000 + random() * 12_000);
        await postgres.kill();
        await sleep(random() * 8_000);
        await postgres.start();
      }
      return { postgresKills: 4 };
    }),
  },
  {
    name: 'redis',
    says: 'Redis is emptied, and killed and started again, in mid-stream',
    run: streamRow({ teams: 20, queue: 'redis', runs: 400, overMs: 60_000 }, async ({ random, redis }) => {
      for (let time = 0; time < 6; time += 1) {
        await sleep(2_000 + random() * 8_000);
        if (time % 2 === 0) await redis.flush();
        else await redis.restart(random() * 8_000);
      }
      return { flushes: 3, redisKills: 3 };
    }),
  },
  {
    name: 'doubt',
    says: 'Slack’s answers are lost after it took the message; bursts of 429',
    run: streamRow({ teams: 20, runs: 300, overMs: 60_000 }, (stage) => loseAnswers(stage, 65_000)),
  },
  ...(['postgres', 'redis'] as const).map(
    (queue): Row => ({
      name: `replicas-${queue}`,
      says: `two replicas on the queue in ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}, one after the other killed`,
      run: streamRow({ teams: 20, roles: ['all', 'all'], queue, runs: 500, overMs: 60_000 }, async (stage) => {
        for (let kill = 0; kill < 6; kill += 1) {
          await sleep(2_000 + stage.random() * 8_000);
          await stage.killReplica(kill % 2);
          await stage.allUp();
        }
        return { kills: 6 };
      }),
    }),
  ),
  {
    name: 'presses',
    says: 'kill -9 while a person’s retry is under way; double presses, deliveries that come twice',
    run: pressRow,
  },
  {
    name: 'backfill',
    says: '10,000 partitions are backfilled, with ten times kill -9 to Pitcrew meanwhile',
    withinMs: 30 * 60_000,
    run: backfillRow,
  },
  {
    name: 'monday',
    says: '20 times kill -9 to Pitcrew in the middle of the Monday post; answers of Slack lost',
    run: mondayRow,
  },
  {
    name: 'stories',
    says: 'events and presses in other orders, repeated and late, end alike; actions that break off between any two steps happen once',
    run: storiesRow,
  },
];

interface StreamOptions extends Omit<StageOptions, 'program' | 'random'> {
  runs: number;
  overMs: number;
  paceMs?: number;
  settleMs?: number;
}

/** A stream of runs that fail and recover, while something is broken; then everything must be told, once, and true. */
function streamRow(options: StreamOptions, breaks: (stage: Stage) => Promise<Record<string, unknown>>): Row['run'] {
  return async ({ program, random }) => {
    const { runs: count, overMs, paceMs, settleMs: withinMs = settleMs, ...rest } = options;
    const stage = await openStage({ ...rest, program, random });
    try {
      const runs = planRuns({ random, runs: count, teams: rest.teams, overMs, paceMs });
      const [sent, counts] = await Promise.all([sendRuns(runs, stage.target), breaks(stage)]);
      await stage.allUp();
      const settled = await untilSettled(stage.db, withinMs);
      const verdict = await judge(stage.workspace, stage.db, runs, stage.channelOf);
      const troubles = stage.troubles();
      return {
        faults: [...faultsOf(verdict), ...Object.keys(troubles).filter((what) => /^replica/.test(what))],
        counts: {
          runs: count,
          events: sent.events,
          sentAgain: sent.unanswered,
          ...counts,
          ...tallyOf(stage),
          settledSeconds: Number((settled.tookMs / 1_000).toFixed(1)),
          ...(Object.keys(troubles).length > 0 ? { logged: troubles } : {}),
        },
      };
    } finally {
      await stage.close();
    }
  };
}

function tallyOf({ workspace }: Stage): Record<string, number> {
  const calls = (method: string) => workspace.state.calls.filter((call) => call.method === method).length;
  const messages = [...workspace.state.channels.keys()].flatMap((channel) => workspace.state.everything(channel));
  return {
    messages: messages.length,
    postCalls: calls('chat.postMessage'),
    editCalls: calls('chat.update'),
    searches: calls('conversations.history') + calls('conversations.replies'),
  };
}

/** About every second post and edit loses its answer, or meets a burst of 429. */
async function loseAnswers({ workspace, random }: Stage, forMs: number): Promise<Record<string, number>> {
  const { faults } = workspace;
  const armed = { answersLost: 0, refusedForRate: 0, cutBefore: 0 };
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const method = random() < 0.7 ? 'chat.postMessage' : 'chat.update';
    const dice = random();
    if (faults.list().length < 4) {
      if (dice < 0.6) {
        faults.next({ method }, 'drop-answer');
        armed.answersLost += 1;
      } else if (dice < 0.7) {
        faults.next({ method }, 'close');
        armed.cutBefore += 1;
      } else if (dice < 0.8) {
        const times = 2 + Math.floor(random() * 6);
        faults.next({ method }, '429', { times, retryAfterSeconds: 1 + Math.floor(random() * 3) });
        armed.refusedForRate += times;
      }
    }
    await sleep(100);
  }
  faults.clear();
  return armed;
}
