import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock';
import {
  dueSinceYesterday,
  faultsOfMonday,
  isMondayOver,
  liveThroughWeeks,
  untilMondayIsOver,
} from '../../test/support/monday';
import type { RowInput, RowOutcome } from './row';
import { openStage } from './stage';

const teams = 8;
const kills = 20;
const withinMs = 120_000;

/**
 * The weekly digest comes due in every channel; Pitcrew is killed while it counts, posts, draws, uploads and shows, with answers of
 * Slack lost meanwhile, until it was killed in the middle twenty times. Each channel must hold one digest and one of each chart.
 */
export async function mondayRow({ program, random }: RowInput): Promise<RowOutcome> {
  const now = systemClock.now();
  const stage = await openStage({
    program,
    random,
    teams,
    settings: [`digest: { channel: "#team-0", at: "${dueSinceYesterday(now)}" }`],
  });
  const { workspace, db } = stage;
  const faults: string[] = [];
  let killed = 0;
  let mondays = 0;
  let sinceTs = '0';
  const over = () => isMondayOver(db, teams);
  const endMonday = async () => {
    mondays += 1;
    const found = await faultsOfMonday(workspace, db, sinceTs);
    faults.push(...found.map((fault) => `Monday ${mondays}: ${fault}`));
    const stamps = [...workspace.state.channels.keys()].flatMap((id) =>
      workspace.state.everything(id).map(({ ts }) => ts),
    );
    sinceTs = stamps.reduce((last, ts) => (Number(ts) > Number(last) ? ts : last), sinceTs);
    await db.query('delete from posts');
    await db.query('delete from digest_posts; delete from digest_weeks');
  };
  try {
    await stage.allUp();
    await liveThroughWeeks(
      db,
      Array.from({ length: teams }, (_, index) => `team-${index}`),
      now,
    );
    while (killed < kills) {
      // What comes due is looked for at every start.
      await stage.killReplica();
      await stage.allUp();
      if (random() < 0.4) {
        const method = random() < 0.7 ? 'chat.postMessage' : 'files.completeUploadExternal';
        workspace.faults.next({ method }, 'drop-answer', { times: 1 + Math.floor(random() * 2) });
      }
      await sleep(random() * 3_000);
      if (!(await over())) killed += 1;
      else await endMonday();
    }
    workspace.faults.clear();
    await stage.killReplica();
    await stage.allUp();
    await untilMondayIsOver(db, teams, withinMs);
    await endMonday();
    const troubles = stage.troubles();
    return {
      faults: [...faults, ...Object.keys(troubles).filter((what) => /^replica/.test(what))],
      counts: {
        kills: killed,
        mondays,
        channels: teams,
        ...(Object.keys(troubles).length > 0 ? { logged: troubles } : {}),
      },
    };
  } finally {
    await stage.close();
  }
}
