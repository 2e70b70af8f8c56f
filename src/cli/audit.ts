import { Readable } from 'node:stream';
import { pipeline as pump } from 'node:stream/promises';
import { TZDate } from '@date-fns/tz';
import { Command } from 'commander';
import { format } from 'date-fns/format';
import { asCsv } from '../actions/audit';
import { verifyAudit } from '../actions/seals';
import type { AuditLine } from '../domain/audit';
import { systemClock } from '../lib/clock';
import { errorCode } from '../lib/error-code';
import { createLogger } from '../lib/logger';
import { findSurrogates, readAudit } from '../store/audit-reads';
import type { Db } from '../store/db';
import { withDatabase } from './database';
import { CommandFailed, type Io, UsageFault } from './io';
import { readConfiguration } from './settings';
import { instantIn } from './since';
import { table } from './table';

interface Options {
  user?: string;
  pipeline?: string;
  since?: string;
  json?: boolean;
  csv?: boolean;
  verify?: boolean;
}

export function auditCommand(io: Io): Command {
  return new Command('audit')
    .description('Print who asked for which change, and what became of it; oldest first.')
    .option('--user <who>', 'only of this person: Slack id, e-mail address, name, or the id that the trail holds')
    .option('--pipeline <key>', 'only of this pipeline: its key, or connection/key')
    .option('--since <when>', 'only from then on: 7d, 36h, 2026-11-01 or 2026-11-01T09:30')
    .option('--json', 'as a JSON array')
    .option('--csv', 'as CSV')
    .option('--verify', 'instead: read the whole trail and say whether it is as it was sealed; exit 1 if it is not')
    .action(async (options: Options) => {
      if (options.json && options.csv) throw new UsageFault('Choose one of --json and --csv.');
      if (options.verify && (options.csv || options.user || options.pipeline || options.since))
        throw new UsageFault('--verify looks at the whole trail, so it takes no other option than --json.');
      const { config, settings } = await readConfiguration(io);
      const { timeZone } = settings.workspace;
      const since =
        options.since === undefined
          ? undefined
          : instantIn(options.since, { option: 'since', now: systemClock.now(), timeZone });
      const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', io.stderr);
      await withDatabase({ config, log }, async (db) => {
        if (options.verify) return verify(db, io, options.json === true);
        const personIds = options.user === undefined ? undefined : await findSurrogates(db, options.user.trim());
        if (personIds?.length === 0) {
          throw new CommandFailed(
            `I know nobody by "${options.user}". Somebody who was erased is found by the id in the trail.`,
          );
        }
        const lines = readAudit(db, { since, personIds, pipeline: options.pipeline });
        const text = options.json ? asJson(lines) : options.csv ? asCsv(lines) : asTable(lines, timeZone);
        await print(text, io);
      });
    });
}

async function verify(db: Db, io: Io, json: boolean): Promise<void> {
  const verified = await verifyAudit(db, (seals) => {
    if (!json && seals > 0 && seals % 1_000 === 0) io.stderr.write(`${seals} seals read\n`);
  });
  if (json) io.stdout.write(`${JSON.stringify(verified)}\n`);
  if (!verified.ok) {
    if (!json) io.stdout.write(`${verified.faults.join('\n')}\n`);
    throw new CommandFailed('The trail is not as it was sealed.');
  }
  if (json) return;
  const waiting =
    verified.waiting > 0
      ? ` ${verified.waiting} more wait for their seal, which comes within a minute while Pitcrew runs.`
      : '';
  const head = verified.head
    ? `\nThe last seal is ${verified.head}. Keep it elsewhere, and a trail replaced as a whole shows as well.`
    : '';
  io.stdout.write(
    `The trail is as it was sealed: ${verified.rows} rows in ${verified.seals} seals.${waiting}${head}\n`,
  );
}

async function* asJson(lines: AsyncIterable<AuditLine>): AsyncGenerator<string> {
  let opened = false;
  for await (const line of lines) {
    yield `${opened ? ',' : '['}\n${JSON.stringify(line)}`;
    opened = true;
  }
  yield opened ? '\n]\n' : '[]\n';
}

/** As many lines are measured together, so that a long trail is printed as it is read. */
const linesOfTable = 200;

async function* asTable(lines: AsyncIterable<AuditLine>, timeZone: string): AsyncGenerator<string> {
  let rows: string[][] = [];
  let count = 0;
  const flush = () => {
    const text = table(['AT', 'WHO', 'KIND', 'WHAT', 'PIPELINE', 'RUN', 'DETAIL'], rows);
    rows = [];
    return text;
  };
  for await (const line of lines) {
    count++;
    rows.push([
      format(new TZDate(line.at, timeZone), 'yyyy-MM-dd HH:mm:ssxxx'),
      line.person ?? line.personId ?? '',
      line.kind,
      line.what,
      [line.connection, line.pipeline].filter((part) => part !== undefined).join('/'),
      line.run ?? '',
      sayDetail(line.detail),
    ]);
    if (rows.length === linesOfTable) yield flush();
  }
  if (rows.length > 0) yield flush();
  if (count === 0) yield 'Nothing in the trail fits.\n';
}

function sayDetail(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');
}

/** A reader that has seen enough (`pitcrew audit | head`) ends it without a fault. */
async function print(text: AsyncIterable<string>, io: Io): Promise<void> {
  try {
    await pump(Readable.from(text), io.stdout, { end: false });
  } catch (error) {
    if (errorCode(error) !== 'EPIPE') throw error;
  }
}
