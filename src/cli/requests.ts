import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { systemClock } from '../lib/clock';
import { createLogger } from '../lib/logger';
import { createRedactor } from '../lib/redact';
import { asCsv, Brought, bringIn, takeOut } from '../requests/archive';
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
}

export function requestsCommand(io: Io): Command {
  return new Command('requests')
    .description('Print the requests for help, oldest first; or bring in the history of another tool.')
    .option('--since <when>', 'only those asked from then on: 7d, 36h, 2026-11-01 or 2026-11-01T09:30')
    .option('--json', 'as a JSON array; with --import what became of it, as an object')
    .option('--csv', 'as CSV')
    .option('--import <file>', 'a JSON array of requests; see docs/commands.md for their form. All of them or none')
    .action(async (options: Options) => {
      if (options.json && options.csv) throw new UsageFault('Choose one of --json and --csv.');
      if (options.import !== undefined && (options.csv || options.since !== undefined))
        throw new UsageFault('--import takes no other option than --json.');
      const brought = options.import === undefined ? undefined : readBrought(options.import);
      const { config, settings } = await readConfiguration(io);
      const { timeZone } = settings.workspace;
      const now = systemClock.now();
      const since =
        options.since === undefined ? undefined : instantIn(options.since, { option: 'since', now, timeZone });
      const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', io.stderr);
      await withDatabase({ config, log }, async (db) => {
        if (brought) {
          const redactor = createRedactor(settings.diagnosis.redact);
          const count = await bringIn(db, brought, { redact: (text) => redactor.redact(text).text, now });
          const known = brought.length - count;
          io.stdout.write(
            options.json
              ? `${JSON.stringify({ broughtIn: count, knownAlready: known })}\n`
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
function readBrought(file: string): Brought[] {
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
