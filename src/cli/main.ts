/**
 * The `pitcrew` program: words in, an exit code out. Each command is a file beside this one with a function that makes it,
 * and one line in `commands`.
 */
import { Command, CommanderError } from 'commander';
import { Failure, sayFailure } from '../domain/failure';
import { ConfigurationFault, sayFault } from '../lib/configuration-fault';
import { versionOf } from '../lib/package-root';
import { auditCommand } from './audit';
import { demoCommand } from './demo';
import { diagnoseCommand } from './diagnose';
import { digestCommand } from './digest';
import { doctorCommand } from './doctor';
import { initCommand } from './init';
import { CommandFailed, exitCodes, type Io, UsageFault } from './io';
import { manifestCommand } from './manifest';
import { migrateCommand } from './migrate';
import { parkedCommand } from './parked';
import { replayCommand } from './replay';
import { requestsCommand } from './requests';
import { loadMain, serveCommand } from './serve';

/** For the build, which keeps the code of all that `serve` loads. */
export { loadMain };

const commands: readonly ((io: Io) => Command)[] = [
  serveCommand,
  demoCommand,
  initCommand,
  diagnoseCommand,
  manifestCommand,
  doctorCommand,
  migrateCommand,
  digestCommand,
  auditCommand,
  parkedCommand,
  requestsCommand,
  replayCommand,
];

/** Runs one command to its end. Never throws: whatever goes wrong becomes words on stderr and an exit code. */
export async function runCli(words: readonly string[], io: Io): Promise<number> {
  try {
    await program(io).parseAsync([...words], { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    return end(error, io);
  }
}

function program(io: Io): Command {
  const root = new Command('pitcrew')
    .description('Slack operations assistant for the enablement team of a data organisation.')
    .version(versionOf(__dirname))
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showHelpAfterError('Add --help for what it can do.')
    .exitOverride();
  for (const create of commands) {
    const command = create(io);
    inherit(command, root);
    root.addCommand(command);
  }
  return root;
}

/** `addCommand` leaves a command with its own ways of writing and ending. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}

function end(error: unknown, io: Io): number {
  if (error instanceof CommanderError) {
    // Its own words are out already. It ends with 1 for every misuse; a command's own `error()` may name another code.
    return error.exitCode === 1 && error.code.startsWith('commander.') ? exitCodes.usage : error.exitCode;
  }
  const say = (text: string) => io.stderr.write(`${text}\n`);
  if (error instanceof ConfigurationFault) {
    say(`The configuration has ${error.faults.length === 1 ? 'a fault' : `${error.faults.length} faults`}:`);
    for (const fault of error.faults) say(`  ${sayFault(fault)}`);
    return exitCodes.configuration;
  }
  if (error instanceof UsageFault) {
    say(`${error.message}\nAdd --help for what it can do.`);
    return exitCodes.usage;
  }
  if (error instanceof Failure) say(sayFailure(error));
  else if (error instanceof CommandFailed) say(error.message);
  else
    say(
      `Something went wrong that should not have: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  return exitCodes.failed;
}
