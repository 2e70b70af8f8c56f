import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { readEnvironment } from '../config';
import { orThrow } from '../lib/configuration-fault';
import { createLogger } from '../lib/logger';
import { kinds } from '../orchestrators/registry';
import { openSettings } from '../settings/holder';
import { loadSettings } from '../settings/load';
import { DatabaseFault } from '../store/database-fault';
import { CommandFailed, type Io } from './io';

/**
 * How far the heap may grow beyond what is in use, in percent, before garbage is looked for. V8's own choice on a machine with much
 * memory is some hundred: it saves little time here, and takes half as much memory again in a storm (docs/operations.md).
 */
const heapGrowthPercent = 30;
/**
 * How much a function must have run, in bytes of its code, before it is compiled anew for speed: fifteen times V8's own choice. To compile
 * takes threads of its own, a fifth of all processor time in the first minute of a storm, and most of what is compiled so early gains less.
 */
const runBeforeOptimised = 1_000_000;

export function serveCommand(io: Io): Command {
  return new Command('serve')
    .description(
      'Start Pitcrew: wait for the database, migrate it, serve until stopped. SIGHUP takes pitcrew.yaml anew.',
    )
    .option('--json', 'say where it listens as JSON')
    .action(async (options: { json?: boolean }) => {
      setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`);
      setFlagsFromString(`--interrupt-budget=${runBeforeOptimised}`);
      const { startPitcrew, untilStopped } = loadMain();
      const config = orThrow(readEnvironment(io.env, { slack: true }));
      const log = createLogger(config.logLevel, io.stderr);
      const settings = await openSettings({ load: () => loadSettings({ config, env: io.env, kinds }), log });
      try {
        const running = await startPitcrew({ config, settings, log });
        io.stdout.write(
          options.json ? `${JSON.stringify({ port: running.port })}\n` : `Pitcrew is up. ${running.say}\n`,
        );
        await untilStopped(running, settings);
      } catch (error) {
        if (error instanceof DatabaseFault) throw new CommandFailed(error.message);
        throw error;
      }
    });
}

/** Loaded when it is needed: the other commands start in a fraction of the time without it. */
export function loadMain(): typeof import('../main') {
  return require('../main');
}
