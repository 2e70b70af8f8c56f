import { Command } from 'commander';
import { systemClock } from '../lib/clock';
import { createLogger } from '../lib/logger';
import { migrate } from '../store/migrate';
import { withDatabase } from './database';
import type { Io } from './io';
import { readConfiguration } from './settings';

export function migrateCommand(io: Io): Command {
  return new Command('migrate')
    .description('Bring the database schema up to date. `serve` does this by itself when it starts.')
    .option('--json', 'print what was applied as JSON')
    .action(async (options: { json?: boolean }) => {
      const { config } = await readConfiguration(io);
      const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', io.stderr);
      const applied = await withDatabase({ config, log, anySchema: true }, (db) =>
        migrate(db, { clock: systemClock, log }),
      );
      if (options.json) io.stdout.write(`${JSON.stringify({ applied })}\n`);
      else if (applied.length === 0) io.stdout.write('The schema is up to date.\n');
      else for (const name of applied) io.stdout.write(`Applied ${name}.\n`);
    });
}
