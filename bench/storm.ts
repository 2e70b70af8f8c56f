/**
 * A storm: 10,000 failing runs within 20 s against a strict stand-in for Slack (50 ms latency; posts 1/s per channel, burst 5;
 * edits 50/min for the workspace, burst 12; files 100/min). Then everything recovers. Says who was told of what, when, and at
 * what cost, as JSON; exit 0 only if every limit holds. Runs the compiled program, as production does.
 *
 *   npm run bench -- storm --row A [--count 10000] [--seconds 20] [--recover-after 480] [--settle 300] [--within 3600] [--alone] [--seed 1] [--profile FOLDER]
 *
 * Which phase it is in, and how far that is, is said on stderr. It ends once no post has waited for 12 s, and that comes at
 * Slack's pace of 46 edits a minute: so a row takes about as long as the table says, reckoned from that, and the build
 * a minute before. `--within` (seconds) ends it for sure, with exit 1.
 *
 * A run is told when a post that was accepted names it, or names its cause with a count that includes it; then the press that
 * leads from there to its name is made for 100 runs: the thread, the file linked in it, or the list behind *Show all*.
 *
 * | Row | Groups | Channels | All recover after | Takes about | |
 * | A | 50 | 1 | 8 min | 11 min | |
 * | B | 50 | 1 | 45 s | 3 min | before most alerts had their turn |
 * | B2 | 1,000 | 10 | 45 s | 25 min | |
 * | B3 | 50 | 1 | 5 s each | 3 min | failed and recovered between two flushes |
 * | C | 1,000 | 10 | 2 min | 27 min | Alertmanager with a group interval of 60 s |
 * | D | 1,000 | 10 | 8 min | 33 min | its settling takes as long as Slack takes for so many edits |
 * | G | 1 | 50 and the platform's | 2 min | 5 min | one cause over all |
 * | kill | 50 | 1 | 60 s | 4 min | kill -9 in mid-storm |
 *
 * `--recover-after` and `--count` make a row shorter. Where Alertmanager is installed (Debian: prometheus-alertmanager) it runs
 * beside us on the same stream against a sink of its own, unless `--alone`; stock timing but for row C. The sink has no ceiling
 * for the workspace, so with ten channels the workspace's budget is raised to what these take: `budgets.postsPerMinute` 600.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { type Product, startProduct } from '../test/support/product';
import { createRivalTally, findAlertmanager, startAlertmanager } from './lib/alertmanager';
import { compileProduct } from './lib/compiled';
import { quantileOf, thisMachine, withBenchDatabase } from './lib/measure';
import { createPresser } from './lib/pressing';
import { type Cost, costOf, sumOf } from './lib/process-cost';
import { startProgress } from './lib/progress';
import { eventOf, type Kind, runsOf, stormRows } from './lib/storm-stream';
import { startStrictSink } from './lib/strict-sink';
import { createTally } from './lib/told';

const batchSize = 100;
const picks = 100;
/** Of what Slack takes, at its pace, after all has recovered: the steady edits of a minute, and some time to spare. */
const editsPerMinute = 46;
const settleSpareSeconds = 120;
const quietMs = 12_000;
const closeWithinMs = 5_000;

const limits = {
  neverTold: 0,
  toldTwice: 0,
  limitedRatio: 0.01,
  firstNoticeP95Seconds: 5,
  ownPostsLateSeconds: 10,
  wrongAtTheEnd: 0,
  pressesInVain: 0,
  peakMb: 250,
  cpuRatio: 5,
};

const { values: options } = parseArgs({
  options: {
    row: { type: 'string', default: 'A' },
    count: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '20' },
    'recover-after': { type: 'string' },
    settle: { type: 'string' },
    seed: { type: 'string', default: '1' },
    alone: { type: 'boolean', default: false },
    profile: { type: 'string' },
    within: { type: 'string', default: '3600' },
  },
});
const row = stormRows[options.row];
const count = Number(options.count);
const overMs = Number(options.seconds) * 1_000;
/** With `--profile FOLDER`, where its processor time went is written there when it stops, for a browser's developer tools. */
const nodeArgs = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];

async function main(): Promise<boolean> {
  if (!row) throw new Error(`--row is one of ${Object.keys(stormRows).join(', ')}`);
  const recoverAfterMs = Number(options['recover-after'] ?? row.recoverAfter) * 1_000;
  const runs = runsOf(row, count);
  const progress = startProgress(Number(options.within));
  progress.enter('building the program');
  const installed = compileProduct();
  const closers: (() => unknown)[] = [progress.stop, installed.remove];
  let isWithin = false;
  try {
    await withBenchDatabase(async (databaseUrl) => {
      isWithin = await Promise.race([storm(databaseUrl), progress.over]);
    });
  } finally {
    for (const close of closers.reverse()) await Promise.race([close(), sleep(closeWithinMs)]);
  }
  return isWithin;

  async function storm(databaseUrl: string): Promise<boolean> {
    if (!row) return false;
    const channels = Array.from({ length: row.channels }, (_, index) => ({
      id: `C0TEAM${index}`,
      name: `team-${index}`,
    }));
    const sink = await startStrictSink([...channels, { id: 'C0PLATFORM', name: 'platform' }]);
    closers.push(sink.stop);
    const settings = [
      'platformChannel: "#platform"',
      ...(row.channels === 10 ? ['budgets: { postsPerMinute: 600 }'] : []),
      'teams:',
      ...channels.map(({ name }) => `  - { name: ${name}, channel: "#${name}" }`),
    ].join('\n');
    const start = () => startProduct({ databaseUrl, slack: sink.slack, settings, program: installed.bin, nodeArgs });
    progress.enter('starting');
    let product = await start();
    closers.push(() => product.kill());
    const costs: Cost[] = [];
    const usedBy: Record<string, number> = {};
    /** What the process has used of the processor so far. */
    const noteUse = (moment: string) => {
      usedBy[moment] = costOf(product.process.pid)?.cpuSeconds ?? 0;
    };
    noteUse('started');
    const noteCost = () => costs.push(costOf(product.process.pid) ?? { cpuSeconds: 0, peakMb: 0 });
    const tally = createTally(runs);
    const acceptedSoFar = () => `${sink.accepted.length} messages taken`;
    sink.onAccepted(tally.take);

    const rivals = options.alone ? undefined : findAlertmanager();
    const rivalSink = await startStrictSink(channels);
    closers.push(rivalSink.stop);
    const rival =
      rivals &&
      (await startAlertmanager({ program: rivals.program, row, channels, apiUrl: rivalSink.slack.SLACK_API_URL }));
    const rivalTally = createRivalTally(runs);
    rivalSink.onAccepted(rivalTally.take);
    const rivalStoredAt = new Map<number, number>();

    const storedAt = new Map<number, number>();
    progress.enter('failing', () => `${storedAt.size} of ${count} runs stored`);
    const began = performance.now();
    const post = async (kind: Kind, from: number): Promise<void> => {
      const batch = runs.slice(from, from + batchSize);
      const note = (at: Map<number, number>) => {
        for (let index = 0; index < batch.length; index += 1) at.set(from + index, performance.now());
      };
      const beside = rival?.send(batch, kind).then((isTaken) => {
        if (isTaken && kind === 'failed') note(rivalStoredAt);
      });
      for (;;) {
        const response = await sendTo(
          product,
          batch.map((run, index) => eventOf(run, from + index, kind)),
        );
        if (response?.status === 202) break;
        if (response && response.status !== 429 && response.status < 500)
          throw new Error(`the door: ${response.status} ${await response.text()}`);
        await sleep(100);
      }
      if (kind === 'failed') note(storedAt);
      await beside;
    };
    const stream = async (kind: Kind, afterMs: number): Promise<void> => {
      for (let from = 0; from < count; from += batchSize) {
        await sleep(Math.max(0, began + afterMs + (from / count) * overMs - performance.now()));
        await post(kind, from);
      }
    };

    const killing = row.killed
      ? sleep(overMs / 2).then(async () => {
          noteCost();
          await Promise.all([
            product
              .kill()
              .then(start)
              .then((again) => (product = again)),
            rival?.killAndStart(),
          ]);
        })
      : Promise.resolve();
    const failing = stream('failed', 0);
    const recovering = stream('succeeded', recoverAfterMs);
    await Promise.all([failing, killing]);
    noteUse('allFailed');
    const toRecovery = () => Math.max(0, Math.ceil((began + recoverAfterMs - performance.now()) / 1_000));
    progress.enter('told and waiting', () => `all recover in ${toRecovery()} s, ${acceptedSoFar()}`);
    await sleep(Math.max(0, began + recoverAfterMs - performance.now()));
    noteUse('recoveryBegan');
    progress.enter('recovering', acceptedSoFar);
    await recovering;
    const database = new Client({ connectionString: databaseUrl });
    // The server may stop first when we fail.
    database.on('error', () => undefined);
    await database.connect();
    closers.push(() => database.end());
    const decided = await untilDecided(database);
    noteUse('allDecided');
    const edits = tally.finals().all;
    const settleMs = Number(options.settle ?? settleSpareSeconds + Math.ceil((edits / editsPerMinute) * 60)) * 1_000;
    let waiting = 0;
    progress.enter('settling', () => `${waiting} posts wait, ${acceptedSoFar()}, ${settleMs / 1_000} s at most`);
    const settledMs = await untilQuiet(database, settleMs, (left) => {
      waiting = left;
    });
    noteUse('settled');
    noteCost();
    const cost = sumOf(costs);
    const finals = tally.finals();
    progress.enter(`pressing for ${picks} runs`);
    const found = await createPresser({
      runs,
      tally,
      product,
      accepted: sink.accepted,
      signingSecret: sink.slack.SLACK_SIGNING_SECRET,
      responseUrl: sink.responseUrl(),
    }).lookForSome(picks, Number(options.seed));
    await product.stop();
    const { rows: incidents } = await database.query(
      `select state, count(*)::int as count from incidents group by 1 order by 1`,
    );
    const { rows: left } = await database.query(
      `select role, state, count(*)::int as count from posts where state <> 'sent' group by 1, 2 order by 1, 2`,
    );

    const notice = noticeOf(
      runs.map((_, index) => tally.toldOf(index)?.at),
      runs.map((_, index) => storedAt.get(index)),
    );
    const bornAt = (channel: string, cause: string): number | undefined => {
      const index = runs.findIndex(
        (run) => run.cause === cause && (channel === `C0TEAM${run.team}` || channel === 'C0PLATFORM'),
      );
      return storedAt.get(index);
    };
    const ownPostsLateSeconds = Number((tally.ownPostsLateMs(bornAt) / 1_000).toFixed(1));
    const rivalCost = await rival?.stop();
    const ratios = rivalCost && {
      cpu: Number((cost.cpuSeconds / rivalCost.cpuSeconds).toFixed(2)),
      peakMemory: Number((cost.peakMb / rivalCost.peakMb).toFixed(2)),
    };
    const limitedRatio = ratioOf(sink.counts);
    const outside = Object.entries({
      neverTold: notice.neverTold,
      toldTwice: tally.toldTwice(),
      limitedRatio,
      firstNoticeP95Seconds: notice.firstNoticeSeconds.p95,
      ownPostsLateSeconds,
      wrongAtTheEnd: finals.wrong.length + left.length,
      pressesInVain: found.nowhere,
      peakMb: cost.peakMb,
      cpuRatio: ratios?.cpu ?? 0,
    }).filter(([name, value]) => value > limits[name as keyof typeof limits]);
    process.stdout.write(
      `${JSON.stringify({
        bench: 'storm',
        row: options.row,
        runs: count,
        causes: row.causes,
        channels: row.channels,
        recoverAfterSeconds: recoverAfterMs / 1_000,
        ...notice,
        toldTwice: tally.toldTwice(),
        limited: sink.counts.limited,
        limitedBy: Object.fromEntries(sink.limitedBy),
        limitedRatio,
        ownPostsLateSeconds,
        press: { of: Math.min(picks, count), ...found },
        topLevel: finals.all,
        wrongAtTheEnd: finals.wrong.slice(0, 3),
        settledSeconds: settledMs === undefined ? `not within ${settleMs / 1_000}` : Math.round(settledMs / 1_000),
        waitingPosts: left,
        cards: tally.cards(),
        posts: sink.accepted.filter(({ kind }) => kind === 'post').length,
        edits: sink.accepted.filter(({ kind }) => kind === 'edit').length,
        files: sink.accepted.filter(({ kind }) => kind === 'file').length,
        refused: sink.counts.refused,
        decided,
        incidents: Object.fromEntries(incidents.map(({ state, count: n }) => [state, n])),
        kills: row.killed ? 1 : 0,
        faults: faultsIn(product.log),
        ...cost,
        cpuSecondsUntil: row.killed ? undefined : usedBy,
        alertmanager: rival
          ? {
              version: rivals?.version,
              groupIntervalSeconds: row.groupInterval,
              ...noticeOf(
                runs.map((_, index) => rivalTally.toldAt(index)),
                runs.map((_, index) => rivalStoredAt.get(index)),
              ),
              groupsSilent: rivalTally.groupsSilent(),
              limited: rivalSink.counts.limited,
              limitedRatio: ratioOf(rivalSink.counts),
              ...rivalCost,
            }
          : options.alone
            ? 'left out'
            : 'not installed',
        ratios,
        limits,
        outside: Object.fromEntries(outside),
        machine: thisMachine(),
      })}\n`,
    );
    return outside.length === 0;
  }
}

/** How many were told, and how long after the 2xx of their event. Whoever was not taken counts as never told. */
function noticeOf(toldAt: (number | undefined)[], storedAt: (number | undefined)[]) {
  const waits = toldAt.flatMap((at, index) => {
    const stored = storedAt[index];
    return at === undefined || stored === undefined ? [] : [Math.max(0, at - stored)];
  });
  const inSeconds = (p: number) => Number((quantileOf(waits, p) / 1_000).toFixed(2));
  return {
    told: waits.length,
    neverTold: toldAt.length - waits.length,
    firstNoticeSeconds: { p50: inSeconds(0.5), p95: inSeconds(0.95), max: inSeconds(1) },
  };
}

const ratioOf = ({ limited, messages }: { limited: number; messages: number }): number =>
  Number((limited / Math.max(1, messages)).toFixed(4));

/** What the product logged as a fault of its own, with one of the lines. */
function faultsIn(log: string[]): { count: number; first?: string } {
  const faults = log.filter((line) => /"level":(?:"error"|50)/.test(line));
  return { count: faults.length, ...(faults[0] ? { first: faults[0].slice(0, 600) } : {}) };
}

async function sendTo(product: Pick<Product, 'url' | 'ingestToken'>, events: object[]): Promise<Response | undefined> {
  try {
    return await fetch(`${product.url}/ingest/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json', authorization: `Bearer ${product.ingestToken}` },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return undefined;
  }
}

/** Waits until nothing is undecided. @returns how many were decided, the rate while failures came in, and how far that lagged */
async function untilDecided(database: Client): Promise<{ all: number; perSecond: number; lagP95Ms: number }> {
  for (;;) {
    const { rows: found } = await database.query(
      `select count(*) filter (where decided_at is null)::int as waiting, count(*)::int as all,
              (count(*) filter (where id like 'failed-%') / extract(epoch from max(decided_at) filter (where id like 'failed-%')
                - min(received_at)))::int as "perSecond",
              round(1000 * extract(epoch from percentile_disc(0.95) within group (order by decided_at - received_at)))::int as "lagP95Ms"
       from inbox`,
    );
    const [{ waiting, ...decided }] = found;
    if (waiting === 0) return decided;
    await sleep(200);
  }
}

/** @returns ms until no post waited any more, and none came for a while: a card says that all is over some seconds later */
async function untilQuiet(
  database: Client,
  withinMs: number,
  tell: (waiting: number) => void,
): Promise<number | undefined> {
  const began = performance.now();
  let quietSince: number | undefined;
  while (performance.now() - began < withinMs) {
    const { rows: found } = await database.query(
      `select count(*)::int as waiting from posts where state in ('waiting', 'sending', 'doubtful')`,
    );
    tell(found[0].waiting);
    quietSince = found[0].waiting === 0 ? (quietSince ?? performance.now()) : undefined;
    if (quietSince !== undefined && performance.now() - quietSince > quietMs) return quietSince - began;
    await sleep(500);
  }
  return undefined;
}

main().then(
  (isWithin) => process.exit(isWithin ? 0 : 1),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
