import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf, judge, untilSettled } from '../../test/support/oracle';
import { postEvents } from '../../test/support/product';
import { planRuns, sendRuns } from '../../test/support/run-stream';
import type { Row, RowInput, RowOutcome } from './row';
import { openStage, type Stage } from './stage';

const teams = 40;
/** Of runs that fail; beside them healthy ones, as in a company with 100,000 runs a day. */
const failingPerMinute = 20;
const healthyPerMinute = 60;

/** Hours of an ordinary day: what is held must not grow, and in the end everything must be told, once, and true. */
export const soak = (minutes: number): Row => ({
  name: 'soak',
  says: `${minutes} minutes of an ordinary day: memory, files and open jobs do not grow`,
  withinMs: minutes * 60_000 + 20 * 60_000,
  run: (input) => liveThrough(minutes, input),
});

/** What the process says of itself, by the names in its metrics, and how much of each may come and go. */
const watched = {
  residentMb: { metric: 'pitcrew_process_resident_memory_bytes', per: 2 ** 20, room: 20 },
  openFiles: { metric: 'pitcrew_process_open_fds', per: 1, room: 3 },
  activeResources: { metric: 'pitcrew_nodejs_active_resources', per: 1, room: 5 },
};
type Sample = Record<keyof typeof watched, number>;

async function liveThrough(minutes: number, { program, random }: RowInput): Promise<RowOutcome> {
  const stage = await openStage({ program, random, teams });
  try {
    const overMs = minutes * 60_000;
    const failing = planRuns({ random, runs: minutes * failingPerMinute, teams, overMs, paceMs: 60_000 });
    const samples: Sample[] = [];
    let isOver = false;
    const watch = async () => {
      while (!isOver) {
        await sleep(Math.min(30_000, overMs / 40));
        samples.push(await sample(stage));
      }
    };
    const watching = watch();
    const [sent] = await Promise.all([sendRuns(failing, stage.target), sendHealthy(stage, minutes)]);
    isOver = true;
    await watching;
    const settled = await untilSettled(stage.db, 240_000);
    const verdict = await judge(stage.workspace, stage.db, failing, stage.channelOf);
    const troubles = stage.troubles();
    return {
      faults: [...faultsOf(verdict), ...growths(samples), ...Object.keys(troubles)],
      counts: {
        minutes,
        events: sent.events + minutes * healthyPerMinute,
        first: samples[0],
        middle: samples[Math.floor(samples.length / 2)],
        last: samples.at(-1),
        settledSeconds: Number((settled.tookMs / 1_000).toFixed(1)),
      },
    };
  } finally {
    await stage.close();
  }
}

/** What never came down again: its least of the last quarter lies above its most of the second one. */
function growths(samples: Sample[]): string[] {
  const quarter = Math.floor(samples.length / 4);
  const second = samples.slice(quarter, 2 * quarter);
  const last = samples.slice(-quarter);
  return (Object.keys(watched) as (keyof Sample)[]).flatMap((what) => {
    const most = Math.max(...second.map((each) => each[what]));
    const least = Math.min(...last.map((each) => each[what]));
    if (least <= most + watched[what].room) return [];
    return [`${what} grows: at most ${most} in the second quarter, at least ${least} in the last`];
  });
}

async function sample({ target }: Stage): Promise<Sample> {
  const said = await (await fetch(`${target()?.url}/metrics`)).text();
  const lines = (metric: string) => [...said.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
  const number = (metric: string) => lines(metric).reduce((sum, [, value]) => sum + Number(value), 0);
  const of = ({ metric, per }: { metric: string; per: number }) => Math.round(number(metric) / per);
  return {
    residentMb: of(watched.residentMb),
    openFiles: of(watched.openFiles),
    activeResources: of(watched.activeResources),
  };
}

/** Runs that start and succeed, evenly, of the same teams. */
async function sendHealthy({ target }: Stage, minutes: number): Promise<void> {
  const runs = minutes * healthyPerMinute;
  const began = performance.now();
  for (let n = 0; n < runs; n += 1) {
    await sleep(Math.max(0, began + (n * 60_000) / healthyPerMinute - performance.now()));
    const product = target();
    if (!product) throw new Error('Pitcrew is not up');
    const pipeline = `team${n % teams}_healthy_${n % 400}`;
    const event = (type: string) => ({
      specversion: '1.0',
      id: `${type}-${n}`,
      source: '/soak',
      type: `io.pitcrew.run.${type}.v1`,
      time: new Date().toISOString(),
      data: { pipeline, run: `healthy-${n}`, team: `team-${n % teams}` },
    });
    const { status } = await postEvents(product, [event('started'), event('succeeded')]);
    if (status !== 202) throw new Error(`the door answered ${status}`);
  }
}
