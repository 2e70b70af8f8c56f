import { Command } from 'commander';
import { readEnvironment } from '../config';
import { type Abilities, able, missingOf } from '../domain/ability';
import type { Settings } from '../domain/settings';
import { systemClock } from '../lib/clock';
import { orThrow } from '../lib/configuration-fault';
import { createLogger, type Logger } from '../lib/logger';
import type { Finding } from '../orchestrators/orchestrator';
import { connectAll } from '../orchestrators/registry';
import { lessen } from '../orchestrators/rights';
import { checkSlack } from './doctor/slack';
import { checkStorage } from './doctor/storage';
import { checkSupport } from './doctor/support';
import { CommandFailed, type Io } from './io';
import { readConfiguration } from './settings';

interface Section {
  area: string;
  findings: Finding[];
}

export function doctorCommand(io: Io): Command {
  return new Command('doctor')
    .description(
      'Check every credential, right, orchestrator, channel, user group and clock, and say how to mend each fault.',
    )
    .option('--deep', 'also have Slack give the address of a Socket Mode connection, which it does about once a minute')
    .option('--json', 'print the findings as JSON')
    .action(async (options: { deep?: boolean; json?: boolean }) => {
      const { config, settings } = await readConfiguration(io);
      const log = createLogger(config.logLevel === 'info' ? 'fatal' : config.logLevel, io.stderr);
      const sections: Section[] = [];
      for await (const section of examine()) {
        sections.push(section);
        if (!options.json) io.stdout.write(inWords(section));
      }
      if (options.json) io.stdout.write(`${JSON.stringify({ sections }, undefined, 2)}\n`);

      // Without its credentials nothing can be served: a fault of the configuration, with its exit code.
      if (!config.slack) orThrow(readEnvironment(io.env, { slack: true }));
      const faults = sections.flatMap(({ findings }) => findings).filter(({ ok }) => !ok).length;
      if (faults > 0) throw new CommandFailed(faults === 1 ? 'One fault was found.' : `${faults} faults were found.`);

      /** One after the other, each printed when it is done, so that a slow one shows. */
      async function* examine(): AsyncGenerator<Section> {
        yield { area: 'Storage', findings: await checkStorage(config, log) };
        const { slack: credentials } = config;
        if (credentials) {
          const deep = options.deep ?? false;
          yield {
            area: 'Slack',
            findings: await checkSlack({ config, credentials, settings, log, clock: systemClock, deep }),
          };
        }
        const support = await checkSupport(settings);
        if (support.length > 0) yield { area: 'Requests for help', findings: support };
        yield* examineOrchestrators(settings, log);
      }
    });
}

async function* examineOrchestrators(settings: Settings, log: Logger): AsyncGenerator<Section> {
  if (settings.orchestrators.length === 0) {
    const say = 'None is configured: Pitcrew knows what events tell it, and cannot retry.';
    yield { area: 'Orchestrators', findings: [{ ok: true, say }] };
  }
  const connections = connectAll(settings.orchestrators, { log, clock: systemClock });
  try {
    for (const { name, kind, orchestrator, abilities } of connections.values()) {
      const findings = await orchestrator.check();
      yield { area: `${kind.title} (${name})`, findings: [...findings, ...sayAbilities(abilities, findings)] };
    }
  } finally {
    await Promise.all([...connections.values()].map((connection) => connection.close()));
  }
}

/** What it can do, and why not what people would look for. */
function sayAbilities(product: Abilities, findings: readonly Finding[]): Finding[] {
  const all = lessen(product, findings);
  const does = able(all).map(inPlainWords);
  return [
    ...(does.length > 0 ? [{ ok: true, say: `It can: ${does.join(', ')}.` }] : []),
    ...missingOf(all).map(({ name, why }) => ({ ok: true, say: `It has no ${name}: ${why}` })),
  ];
}

/** `openLog` → `open log` */
function inPlainWords(ability: string): string {
  return ability.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function inWords({ area, findings }: Section): string {
  const lines = findings.flatMap(({ ok, say, fix }) => [
    `  ${ok ? 'ok   ' : 'FAULT'}  ${say}`,
    ...(fix === undefined ? [] : [`         → ${fix}`]),
  ]);
  return [area, ...lines, ''].map((line) => `${line}\n`).join('');
}
