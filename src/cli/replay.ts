import { TZDate } from '@date-fns/tz';
import { Command } from 'commander';
import { format } from 'date-fns/format';
import { readEnvironment } from '../config';
import type { Settings } from '../domain/settings';
import { systemClock } from '../lib/clock';
import { orThrow } from '../lib/configuration-fault';
import { createLogger, type Logger } from '../lib/logger';
import { kinds } from '../orchestrators/registry';
import { loadSettings } from '../settings/load';
import type { Db } from '../store/db';
import * as replayRows from '../store/replay-rows';
import { openScratch } from '../store/scratch';
import { withDatabase } from './database';
import { CommandFailed, type Io, UsageFault } from './io';
import { readOutcome } from './replay/outcome';
import { nothingPlayed, play } from './replay/play';
import { sayReplay, type Told } from './replay/say';
import { loadMain } from './serve';
import { instantIn } from './since';

interface Options {
  from?: string;
  to?: string;
  config?: string;
  json?: boolean;
}

/** How far before the time that is asked for the history begins at least, and at most where something stood open then. */
const leadMs = 3_600_000;
const longestLeadMs = 7 * 86_400_000;
const progressEveryMs = 2_000;

export function replayCommand(io: Io): Command {
  return new Command('replay')
    .description('Show what would have been posted, had this configuration been in force. Posts nothing.')
    .option('--from <when>', 'from then on: 7d, 36h, 2026-11-01 or 2026-11-01T09:30')
    .option('--to <when>', 'until before then, in the same forms; left out = until now')
    .option('--config <file>', 'a configuration to try; left out = the one of PITCREW_CONFIG')
    .option('--json', 'as one JSON object')
    .action(async (options: Options) => {
      const read = orThrow(readEnvironment(io.env));
      const config =
        options.config === undefined ? read : { ...read, settingsFile: { path: options.config, isNamed: true } };
      const settings = orThrow(await loadSettings({ config, env: io.env, kinds }));
      const asked = timeAsked(options, systemClock.now(), settings.workspace.timeZone);
      const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'error', io.stderr);
      const { signal, forget } = loadMain().interruption();
      try {
        const told = await withDatabase({ config, log }, (db, url) =>
          replay({ db, url, log, settings, signal, ...asked, configuration: config.settingsFile.path, io }),
        );
        io.stdout.write(options.json ? `${JSON.stringify(told, undefined, 2)}\n` : sayOutcome(told));
      } finally {
        forget();
      }
    });
}

/** @throws UsageFault */
export function timeAsked(
  options: Pick<Options, 'from' | 'to'>,
  now: Date,
  timeZone: string,
): { from: Date; to: Date } {
  if (options.from === undefined) throw new UsageFault('--from is missing: where does the time begin, such as 7d?');
  const from = instantIn(options.from, { option: 'from', now, timeZone });
  const to = options.to === undefined ? now : instantIn(options.to, { option: 'to', now, timeZone });
  if (from >= to) throw new UsageFault('--from must be before --to.');
  if (from >= now) throw new UsageFault('--from lies ahead: only what has happened can happen again.');
  return { from, to: to > now ? now : to };
}

interface ReplayInput {
  db: Db;
  url: string;
  log: Logger;
  settings: Settings;
  signal: AbortSignal;
  from: Date;
  to: Date;
  configuration: string;
  io: Io;
}

async function replay({ db, url, log, settings, signal, from, to, configuration, io }: ReplayInput): Promise<Told> {
  const { timeZone } = settings.workspace;
  const scratch = await openScratch(db, { url, clock: systemClock, log });
  try {
    const history = await replayRows.recorded(db, scratch.real);
    const stoodOpen = await replayRows.openSince(db, scratch.real, from, new Date(from.getTime() - longestLeadMs));
    const begin = new Date(Math.min(from.getTime() - leadMs, stoodOpen?.getTime() ?? Number.POSITIVE_INFINITY));
    await replayRows.take(scratch.db, scratch.real, { from: begin, to });
    const events = await replayRows.count(scratch.db, from);
    const say = sayProgress(io, { timeZone, events: events.all });
    const played =
      events.all === 0
        ? nothingPlayed
        : await play({
            scratch,
            log,
            settings,
            // Until the first of them nothing can have happened.
            begin: new Date(Math.min(from.getTime(), events.first?.getTime() ?? from.getTime())),
            to,
            progress(at, done) {
              if (signal.aborted) throw new CommandFailed('Stopped. Nothing is left behind.');
              say(at, done);
            },
          });
    const outcome = await readOutcome(db, scratch, played, { from, to, timeZone });
    const { presses } = played;
    return { from, to, timeZone, configuration, history, events: events.counted, presses, ...outcome };
  } finally {
    await scratch.drop();
  }
}

function sayOutcome(told: Told): string {
  const { events, history, from, to, timeZone } = told;
  const day = (at: Date) => format(new TZDate(at, timeZone), 'd MMM yyyy, HH:mm');
  if (events > 0 || told.channels.length > 0) return sayReplay(told);
  if (!history.oldest || !history.newest) return 'Nothing has been recorded yet: no source has sent an event.\n';
  return (
    `No event was recorded from ${day(from)} to ${day(to)} (${timeZone}). ` +
    `What is recorded and still kept reaches from ${day(history.oldest)} to ${day(history.newest)}.\n`
  );
}

/** At a terminal one line that is written over, else a line now and then. */
function sayProgress({ stderr }: Io, { timeZone, events }: { timeZone: string; events: number }) {
  const isTerminal = 'isTTY' in stderr && stderr.isTTY === true;
  let saidAt = systemClock.now().getTime();
  return (at: Date, done: number): void => {
    const nowMs = systemClock.now().getTime();
    if (nowMs - saidAt < progressEveryMs) return;
    saidAt = nowMs;
    const words = `Replaying: ${done.toLocaleString('en')} of ${events.toLocaleString('en')} events, at ${format(new TZDate(at, timeZone), 'd MMM yyyy, HH:mm')}`;
    stderr.write(isTerminal ? `\r${words} ` : `${words}\n`);
  };
}
