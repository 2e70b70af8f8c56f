import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { type Environment, readEnvironment } from '../config';
import { isTimeZone } from '../domain/settings';
import { orThrow } from '../lib/configuration-fault';
import { createLogger } from '../lib/logger';
import { kinds } from '../orchestrators/registry';
import { loadSettings } from '../settings/load';
import { manifestFor } from '../slack/manifest';
import { surfaceOf } from '../slack/surface';
import { type Ask, createAsk } from './init/ask';
import { type Answers, draftCatalogue, draftSettings, likelyChannel } from './init/draft';
import { askForOrchestrator, lookAt } from './init/orchestrators';
import { askForSlack, type FoundChannel, type FoundSlack } from './init/slack';
import { type Io, UsageFault } from './io';

export function initCommand(io: Io): Command {
  return new Command('init')
    .description(
      'Ask for tokens, find channels, user groups and pipelines, and write pitcrew.yaml and the manifest. Secrets are written nowhere.',
    )
    .option('--force', 'take the place of a pitcrew.yaml that is there; it is kept beside it as .bak')
    .option('--json', 'print what was written as JSON; the questions go to stderr')
    .addHelpText(
      'after',
      '\nOne line of input is one answer, so it can also be fed from a pipe. Blank takes what stands in brackets.',
    )
    .action(async (options: { force?: boolean; json?: boolean }) => {
      const config = orThrow(readEnvironment(io.env));
      const file = config.settingsFile.path;
      if (existsSync(file) && !options.force)
        throw new UsageFault(`${file} is there already. Edit it, or say --force; then it is kept as ${file}.bak.`);
      const log = createLogger('silent', io.stderr);
      const ask = createAsk({ stdin: io.stdin, out: options.json ? io.stderr : io.stdout });
      try {
        const slack = await askForSlack(ask, { env: io.env, apiUrl: config.slackApiUrl, log });
        const { answers, files, secrets } = await askForTheRest(ask, { slack, env: io.env, log });
        const written = await write(file, { answers, files, env: { ...io.env, ...slack.secrets, ...secrets } });
        const variables = [...Object.keys(slack.secrets), ...Object.keys(secrets)].filter((name) => !io.env[name]);
        const invite = notJoined(answers, slack.channels);
        if (options.json) io.stdout.write(`${JSON.stringify({ written, variables, invite }, undefined, 2)}\n`);
        else io.stdout.write(lastWords({ written, variables, invite }));
      } finally {
        ask.close();
      }
    });
}

interface Draft {
  answers: Answers;
  /** Files of the catalogue, by their path from the folder of pitcrew.yaml. */
  files: Map<string, string>;
  secrets: Record<string, string>;
}

async function askForTheRest(
  ask: Ask,
  { slack, env, log }: { slack: FoundSlack; env: Environment; log: ReturnType<typeof createLogger> },
): Promise<Draft> {
  ask.say('');
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const timeZone = await ask.text('Time zone of the people here', here, (zone) =>
    isTimeZone(zone) ? undefined : 'An IANA time zone, such as Europe/Berlin.',
  );
  const channelFor = askForChannel(ask, slack.channels);
  ask.say('\nChannels');
  const defaultChannel = await channelFor('Alerts that no team takes go to', /alert/);
  const platformChannel = await channelFor('Sources that fall silent are told in', /platform|infra/);
  const help = await channelFor('People ask for help in', /^#(ask|help)|support/);
  const triageChannel = help && (await channelFor('The team works on requests in', /triage/));
  const digestChannel = await channelFor('The weekly digest goes to', /enablement|digest/);

  if (slack.groups.length > 0) ask.say('\nUser groups');
  const owners =
    slack.groups.length > 0
      ? await ask.many('Which of them own pipelines? (names or numbers, with commas)', slack.groups)
      : [];
  const teams: Answers['teams'] = [];
  for (const { name, id } of owners) {
    const channel = await ask.one(`Channel of ${name}`, slack.channels, likelyChannel(name, slack.channels));
    teams.push({ name, usergroup: id, ...(channel ? { channel: channel.name } : {}) });
  }
  const admins = slack.groups.length > 0 ? await ask.one('Whose members may do everything?', slack.groups) : undefined;

  const answers: Answers = {
    timeZone,
    defaultChannel,
    platformChannel,
    teams,
    admins: admins?.id,
    support: help ? { channel: help, triageChannel } : undefined,
    digestChannel,
    orchestrators: [],
    catalogue: [],
  };
  const files = new Map<string, string>();
  const secrets: Record<string, string> = {};
  ask.say('\nOrchestrators (a scheduler of your own: docs/generic-http.md)');
  for (;;) {
    const taken = answers.orchestrators.map(({ name }) => name);
    const wanted = await askForOrchestrator(ask, taken, env);
    if (!wanted) return { answers, files, secrets };
    ask.say('  Looking …');
    const teamNames = teams.map(({ name }) => name);
    const { findings, pipelines } = await lookAt(wanted, teamNames, log);
    for (const { ok, say, fix } of findings) ask.say(`${ok ? '✓' : '✗'} ${say}${fix ? ` → ${fix}` : ''}`);
    if (findings.some(({ ok }) => !ok) && !(await ask.yes('Keep it all the same, to be mended later?', true))) continue;
    answers.orchestrators.push({ name: wanted.name, kind: wanted.kind, keys: wanted.keys });
    Object.assign(secrets, wanted.secrets);
    if (pipelines.length === 0) continue;
    const some = pipelines.slice(0, 5).map(({ key }) => key);
    ask.say(`✓ ${pipelines.length} pipelines: ${some.join(', ')}${pipelines.length > some.length ? ' …' : ''}`);
    const path = join('catalogue', `${wanted.name}.yaml`);
    if (await ask.yes(`Write them to ${path}, so that each can be given its team?`, true)) {
      files.set(path, draftCatalogue(wanted.name, pipelines));
      answers.catalogue = ['catalogue/*.yaml'];
    }
  }
}

/** With Slack's list a channel is chosen from it, one that fits first; without it, its name is typed. */
function askForChannel(ask: Ask, channels: readonly FoundChannel[]) {
  return async (question: string, fits: RegExp): Promise<string | undefined> => {
    if (channels.length > 0) {
      const likely = channels.find(({ name }) => fits.test(name));
      return (await ask.one(question, channels, likely))?.name;
    }
    const typed = await ask.text(`${question} (a channel, blank for none):`, '', (name) =>
      /^#?[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u.test(name) ? undefined : 'A channel, such as #data-alerts.',
    );
    return typed ? `#${typed.replace(/^#/, '')}` : undefined;
  };
}

/**
 * All files or none: they are read as `serve` would before they take their places.
 * @throws ConfigurationFault where what was answered makes no configuration
 */
async function write(
  file: string,
  { answers, files, env }: { answers: Answers; files: Draft['files']; env: Environment },
): Promise<string[]> {
  const folder = dirname(file);
  const draft = `${file}.new`;
  const made: string[] = [];
  try {
    for (const [path, text] of files) {
      const target = join(folder, path);
      if (existsSync(target)) renameSync(target, `${target}.bak`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
      made.push(target);
    }
    writeFileSync(draft, draftSettings(answers));
    const settings = orThrow(
      await loadSettings({ config: { settingsFile: { path: draft, isNamed: true } }, env, kinds }),
    );
    if (existsSync(file)) renameSync(file, `${file}.bak`);
    renameSync(draft, file);
    const manifest = join(folder, 'manifest.json');
    writeFileSync(manifest, `${JSON.stringify(manifestFor(settings, surfaceOf(settings)), undefined, 2)}\n`);
    return [file, manifest, ...made];
  } catch (error) {
    for (const path of [draft, ...made]) rmSync(path, { force: true });
    throw error;
  }
}

/** Channels that were named and that Pitcrew is not in. */
function notJoined(
  { defaultChannel, platformChannel, teams, support, digestChannel }: Answers,
  channels: readonly FoundChannel[],
): string[] {
  const named = [
    defaultChannel,
    platformChannel,
    ...teams.map(({ channel }) => channel),
    support?.channel,
    support?.triageChannel,
    digestChannel,
  ];
  return [...new Set(named)].flatMap((name) =>
    name && channels.some((each) => each.name === name && !each.isMember) ? [name] : [],
  );
}

function lastWords({
  written,
  variables,
  invite,
}: {
  written: string[];
  variables: string[];
  invite: string[];
}): string {
  const lines = [
    '',
    `Written: ${written.join(', ')}`,
    ...(variables.length > 0 ? [`Set these where Pitcrew runs; they stand in no file: ${variables.join(', ')}`] : []),
    ...(invite.length > 0 ? [`Type /invite @Pitcrew in ${invite.join(', ')}.`] : []),
    'If the app has another manifest yet, give it this one. Then: pitcrew doctor, and pitcrew serve.',
    '',
  ];
  return lines.join('\n');
}
