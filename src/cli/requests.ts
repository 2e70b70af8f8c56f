import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { systemClock } from '../lib/clock';
import { createLogger } from '../lib/logger';
import { createRedactor } from '../lib/redact';
import { asCsv, Brought, bringIn, takeOut } from '../requests/archive';
import { type Columns, readColumns, readCsv } from '../requests/csv-import';
import { withDatabase } from './database';
import { CommandFailed, type Io, UsageFault } from './io';
import { readConfiguration } from './settings';
import { instantIn } from './since';
import { table } from './table';

interface Options {
  since?: string;
  json?: boolean;
  csv?: boolean;
  import?: string;
  columns?: string;
  dryRun?: boolean;
}

export function requestsCommand(io: Io): Command {
  return new Command('requests')
    .description('Print the requests for help, oldest first; or bring in the history of another tool.')
    .option('--since <when>', 'only those asked from then on: 7d, 36h, 2026-11-01 or 2026-11-01T09:30')
    .option('--json', 'as a JSON array; with --import what became of it, as an object')
    .option('--csv', 'as CSV')
    .option(
      '--import <file>',
      'a JSON array or a CSV table of requests; see docs/commands.md for their form. All of them or none',
    )
    .option('--columns <mapping>', 'of a CSV table: field=column, such as question=Subject,askedAt=Created')
    .option('--dry-run', 'with --import: what would be brought in; nothing is')
    .action(async (options: Options) => {
      if (options.json && options.csv) throw new UsageFault('Choose one of --json and --csv.');
      if (options.import !== undefined && (options.csv || options.since !== undefined))
        throw new UsageFault('--import takes neither --csv nor --since.');
      if (options.import === undefined && (options.columns !== undefined || options.dryRun))
        throw new UsageFault('--columns and --dry-run go with --import.');
      const columns = options.columns === undefined ? {} : columnsOf(options.columns);
      const { config, settings } = await readConfiguration(io);
      const { timeZone } = settings.workspace;
      const brought = options.import === undefined ? undefined : readBrought(options.import, { columns, timeZone });
      const now = systemClock.now();
      const since =
        options.since === undefined ? undefined : instantIn(options.since, { option: 'since', now, timeZone });
      const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', io.stderr);
      await withDatabase({ config, log }, async (db) => {
        if (brought) {
          const redactor = createRedactor(settings.diagnosis.redact);
          const count = await bringIn(db, brought, {
            redact: (text) => redactor.redact(text).text,
            now,
            isTrial: options.dryRun,
          });
          const known = brought.length - count;
          io.stdout.write(
            options.json
              ? `${JSON.stringify({ broughtIn: count, knownAlready: known, ...(options.dryRun ? { dryRun: true } : {}) })}\n`
              : options.dryRun
                ? `${count} would be brought in, ${known} known already. Nothing was changed.\n`
                : `${count} brought in, ${known} known already.\n`,
          );
          return;
        }
        const requests = await takeOut(db, since);
        if (options.json) io.stdout.write(`${JSON.stringify(requests, undefined, 1)}\n`);
        else if (options.csv) io.stdout.write(asCsv(requests));
        else
          io.stdout.write(
            requests.length === 0
              ? 'Nobody has asked for help.\n'
              : table(
                  ['NUMBER', 'STATE', 'ASKED', 'BY', 'TAKEN BY', 'QUESTION'],
                  requests.map(({ number, state, askedAt, requester, assignee, question }) => [
                    `#${number}`,
                    state,
                    askedAt.toISOString().slice(0, 16).replace('T', ' '),
                    requester ?? '',
                    assignee ?? '',
                    question.replace(/\s+/g, ' ').slice(0, 80),
                  ]),
                ),
          );
      });
    });
}

/** @throws CommandFailed with every fault and where it is */
function readBrought(file: string, of: { columns: Columns; timeZone: string }): Brought[] {
  if (/\.(csv|tsv)$/i.test(file)) return readTable(file, of);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandFailed(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const read = z.array(Brought).safeParse(json);
  if (read.success) return read.data;
  const faults = read.error.issues.slice(0, 20).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CommandFailed(`Nothing was brought in. ${file}:\n${faults.join('\n')}`);
}

/** @throws CommandFailed */
function readTable(file: string, of: { columns: Columns; timeZone: string }): Brought[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = readCsv(text, of);
  if (read.ok) return read.brought;
  const { faults } = read;
  const more = faults.length > 20 ? `\n… and ${faults.length - 20} more` : '';
  throw new CommandFailed(`Nothing was brought in. ${file}:\n${faults.slice(0, 20).join('\n')}${more}`);
}

/** @throws UsageFault */
function columnsOf(text: string): Columns {
  try {
    return readColumns(text);
  } catch (error) {
    throw new UsageFault(error instanceof Error ? error.message : String(error));
  }
}
