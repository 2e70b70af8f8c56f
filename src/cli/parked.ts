import { TZDate } from '@date-fns/tz';
import { Command } from 'commander';
import { format } from 'date-fns/format';
import { z } from 'zod';
import { parkedCause, parkedCauses } from '../domain/parked';
import { createParked, type ParkedWish } from '../incidents/parked';
import { systemClock } from '../lib/clock';
import { createLogger } from '../lib/logger';
import type { Db } from '../store/db';
import { withDatabase } from './database';
import { CommandFailed, type Io, UsageFault } from './io';
import { readConfiguration } from './settings';
import { table } from './table';

interface Options {
  json?: boolean;
  resend?: string;
  resendAll?: boolean;
  drop?: string;
}

export function parkedCommand(io: Io): Command {
  return new Command('parked')
    .description('List the posts that could not be sent to Slack, and why; send them again, or drop one.')
    .option('--json', 'as a JSON array; with the others what became of it, as an object')
    .option('--resend <id>', 'send this one again')
    .option('--resend-all', 'send all of them again')
    .option('--drop <id>', 'show this one to nobody any more')
    .action(async (options: Options) => {
      const wish = wishIn(options);
      const { config, settings } = await readConfiguration(io);
      const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', io.stderr);
      await withDatabase({ config, log }, async (db) => {
        const text = wish
          ? await carryOut(db, wish, options.json)
          : await list(db, options.json, settings.workspace.timeZone);
        io.stdout.write(text);
      });
    });
}

interface Wish {
  what: 'resend' | 'drop';
  which: ParkedWish;
}

/** @throws UsageFault */
function wishIn({ resend, resendAll, drop }: Options): Wish | undefined {
  const wishes: Wish[] = [
    ...(resend === undefined ? [] : [{ what: 'resend' as const, which: { id: idIn(resend) } }]),
    ...(resendAll ? [{ what: 'resend' as const, which: 'all' as const }] : []),
    ...(drop === undefined ? [] : [{ what: 'drop' as const, which: { id: idIn(drop) } }]),
  ];
  if (wishes.length > 1) throw new UsageFault('Choose one of --resend, --resend-all and --drop.');
  return wishes[0];
}

function idIn(text: string): string {
  const id = z.uuid().safeParse(text.trim());
  if (!id.success) throw new UsageFault(`"${text}" is no id of a post: \`pitcrew parked\` lists them.`);
  return id.data;
}

async function carryOut(db: Db, { what, which }: Wish, json: boolean | undefined): Promise<string> {
  const parked = createParked({ clock: systemClock });
  const done = await db.transaction((tx) => parked[what](tx, which));
  if (done.kind === 'not-parked') {
    if (which === 'all') return json ? outcomeIn({ outcome: 'nothing', posts: 0 }) : 'Nothing is set aside.\n';
    throw new CommandFailed('That is not set aside, or somebody was faster.');
  }
  if (json) return outcomeIn({ outcome: done.kind === 'dropped' ? 'dropped' : 'resent', posts: done.count });
  const posts = `${done.count} ${done.count === 1 ? 'post' : 'posts'}`;
  return done.kind === 'dropped' ? `${posts} dropped.\n` : `${posts} will be sent again by the running Pitcrew.\n`;
}

const outcomeIn = (done: { outcome: 'resent' | 'dropped' | 'nothing'; posts: number }): string =>
  `${JSON.stringify(done)}\n`;

/** More than a table can show are no use to anybody; JSON has all. */
const rowsShown = 200;

async function list(db: Db, json: boolean | undefined, timeZone: string): Promise<string> {
  const { posts, total } = await createParked({ clock: systemClock }).list(db, 1, json ? 100_000 : rowsShown);
  if (json) {
    const said = posts.map((post) => ({ ...post, because: parkedCauses[parkedCause(post.reason)] }));
    return `${JSON.stringify(said, undefined, 2)}\n`;
  }
  if (total === 0) return 'Nothing is set aside.\n';
  const rows = posts.map((post) => [
    post.id,
    format(new TZDate(post.since, timeZone), 'yyyy-MM-dd HH:mm'),
    post.channel,
    post.role,
    post.pipeline ?? '',
    parkedCauses[parkedCause(post.reason)].say,
    post.reason,
  ]);
  const more = total > posts.length ? `and ${total - posts.length} more: --json lists all\n` : '';
  return `${table(['ID', 'SINCE', 'CHANNEL', 'WHAT', 'PIPELINE', 'WHY', 'SLACK SAID'], rows)}${more}`;
}
