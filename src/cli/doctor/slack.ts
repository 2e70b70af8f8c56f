import { type FetchFunction, WebClient } from '@slack/web-api';
import type { Config, SlackCredentials } from '../../config';
import { Failure, sayFailure } from '../../domain/failure';
import type { Settings } from '../../domain/settings';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import type { Finding } from '../../orchestrators/orchestrator';
import { createSlackClient, type SlackChannel, type SlackClient } from '../../slack/client';
import { manifestFor } from '../../slack/manifest';
import { toFailure } from '../../slack/slack-failure';
import { surfaceOf } from '../../slack/surface';
import { slackClientOptions } from '../../slack/transport';
import { namedChannels, namedGroups, namedPeople } from './named';

/** Requests are signed with the time; Slack's and ours may differ by 5 minutes at most. A tenth of that is worth a word. */
const skewMostMs = 30_000;

interface SlackCheck {
  config: Config;
  settings: Settings;
  clock: Clock;
  log: Logger;
  /** Also opens a Socket Mode connection's address; Slack takes that call only about once a minute. */
  deep: boolean;
}

/** Tokens, rights, clock, channels and user groups. Changes nothing. */
export async function checkSlack(check: SlackCheck & { credentials: SlackCredentials }): Promise<Finding[]> {
  const { config, settings, log, clock, credentials } = check;
  const watch = watchDate(slackClientOptions({ apiUrl: config.slackApiUrl, log }).fetch ?? fetch, clock);
  const slack = createSlackClient({ token: credentials.botToken, apiUrl: config.slackApiUrl, log, fetch: watch.fetch });
  const signedIn = await checkBotToken(slack, settings);
  return [
    ...signedIn.findings,
    ...(credentials.mode === 'socket' ? await checkAppToken(credentials.appToken, check) : []),
    ...watch.findings(),
    ...(signedIn.ok ? await checkChannels(slack, settings) : []),
    ...(signedIn.ok ? await checkGroups(slack, settings) : []),
    ...(signedIn.ok ? await checkPeople(slack, settings) : []),
  ];
}

async function checkBotToken(slack: SlackClient, settings: Settings): Promise<{ ok: boolean; findings: Finding[] }> {
  try {
    const me = await slack.authTest();
    const wanted = manifestFor(settings, surfaceOf(settings)).oauth_config.scopes.bot;
    const missing = me.scopes.length === 0 ? [] : wanted.filter((scope) => !me.scopes.includes(scope));
    const rights: Finding =
      missing.length > 0
        ? {
            ok: false,
            say: `The app lacks rights: ${missing.join(', ')}.`,
            fix: 'Give the app the manifest that `pitcrew manifest` prints, and install it to the workspace again.',
          }
        : {
            ok: true,
            say: me.scopes.length === 0 ? 'Slack does not say which rights the app has.' : 'The app has all rights.',
          };
    return { ok: true, findings: [{ ok: true, say: `The bot token belongs to ${me.team}.` }, rights] };
  } catch (error) {
    const fix = isUnreachable(error)
      ? 'Check SLACK_API_URL, the proxy variables, and that Slack can be reached from here.'
      : 'Copy the bot token from "OAuth & Permissions" of the app into SLACK_BOT_TOKEN.';
    return { ok: false, findings: [{ ok: false, say: `Slack does not take the bot token. ${sentence(error)}`, fix }] };
  }
}

async function checkAppToken(appToken: string, { config, log, deep }: SlackCheck): Promise<Finding[]> {
  const web = new WebClient(appToken, slackClientOptions({ apiUrl: config.slackApiUrl, log }));
  const attempt = async (method: 'auth.test' | 'apps.connections.open', say: string): Promise<Finding> => {
    try {
      await web.apiCall(method);
      return { ok: true, say };
    } catch (error) {
      const fix =
        'Make an app-level token with the right connections:write under "Basic Information" of the app, and put it into SLACK_APP_TOKEN.';
      return {
        ok: false,
        say: `Slack does not take the app token for Socket Mode. ${sentence(toFailure(error, 'read'))}`,
        fix,
      };
    }
  };
  const known = await attempt('auth.test', 'The app token is good.');
  if (!known.ok || !deep) return [known];
  return [known, await attempt('apps.connections.open', 'The app token may open a Socket Mode connection.')];
}

async function checkChannels(slack: SlackClient, settings: Settings): Promise<Finding[]> {
  const named = namedChannels(settings);
  const found = new Map<string, SlackChannel>();
  try {
    for await (const channel of slack.listChannels()) {
      const names = [channel.id, `#${channel.name}`];
      for (const { id } of named) if (names.includes(id) && found.get(id)?.isArchived !== false) found.set(id, channel);
      if (named.every(({ id }) => found.get(id)?.isArchived === false)) break; // a large workspace has many more
    }
  } catch (error) {
    return [{ ok: false, say: `The channels cannot be read. ${sentence(error)}`, fix: 'Try again in a minute.' }];
  }
  const findings = named.map(({ id, usedBy }) => channelFinding(id, usedBy, found.get(id)));
  // One channel may be named by its name and by its id.
  return findings.filter(({ say }, index) => findings.findIndex((other) => other.say === say) === index);
}

function channelFinding(id: string, usedBy: string, channel: SlackChannel | undefined): Finding {
  if (!channel) {
    const fix = `Correct the name in \`${usedBy}\`, or create it; into a private channel Pitcrew must be invited.`;
    return { ok: false, say: `There is no channel ${id} that Pitcrew can see.`, fix };
  }
  const name = `#${channel.name}`;
  if (channel.isArchived)
    return { ok: false, say: `${name} is archived.`, fix: `Unarchive it, or name another in \`${usedBy}\`.` };
  if (!channel.isMember) {
    const fix = `Type \`/invite @Pitcrew\` in ${name}: without that it can post, but cannot look for a post whose fate it does not know.`;
    return { ok: false, say: `Pitcrew is not in ${name}.`, fix };
  }
  return { ok: true, say: `${name} is there, and Pitcrew is in it.` };
}

async function checkGroups(slack: SlackClient, settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { id, usedBy } of namedGroups(settings)) {
    try {
      const members = await slack.listGroupMembers(id);
      findings.push(
        members.length > 0
          ? {
              ok: true,
              say: `The user group ${id} (${usedBy}) has ${members.length === 1 ? '1 member' : `${members.length} members`}.`,
            }
          : {
              ok: false,
              say: `The user group ${id} (${usedBy}) has no members.`,
              fix: 'Put people into it, or name another group.',
            },
      );
    } catch (error) {
      const isGone = error instanceof Failure && (error.kind === 'not-found' || error.kind === 'rejected');
      findings.push({
        ok: false,
        say: isGone ? `There is no user group ${id}.` : `The user group ${id} cannot be read. ${sentence(error)}`,
        fix: isGone
          ? `Correct the id in \`${usedBy}\`; "Copy group ID" is in the group's menu in Slack.`
          : 'Try again in a minute.',
      });
    }
  }
  return findings;
}

/** A rule for somebody who is not there is a rule for nobody. */
async function checkPeople(slack: SlackClient, settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { id, usedBy } of namedPeople(settings)) {
    const fix = `Correct it in \`${usedBy}\`, or take the rule out.`;
    try {
      const person = id.includes('@') ? await slack.userByEmail(id) : await slack.userInfo(id);
      if (!person) findings.push({ ok: false, say: `${usedBy} names ${id}, who is not in this workspace.`, fix });
      else if (person.isDeactivated)
        findings.push({ ok: false, say: `${usedBy} names ${person.name} (${id}), whose account is deactivated.`, fix });
      else findings.push({ ok: true, say: `${person.name} (${id}, ${usedBy}) is there.` });
    } catch (error) {
      findings.push({
        ok: false,
        say: `${id} (${usedBy}) cannot be read. ${sentence(error)}`,
        fix: 'Try again in a minute.',
      });
    }
  }
  return findings;
}

/** Reads the time of Slack's answers beside our own. */
function watchDate(through: FetchFunction, clock: Clock): { fetch: FetchFunction; findings(): Finding[] } {
  let skewMs: number | undefined;
  return {
    async fetch(url, init) {
      const asked = clock.now().getTime();
      const response = await through(url, init);
      const theirs = Date.parse(response.headers.get('date') ?? '');
      // Their header has whole seconds; ours is the middle of the call.
      if (!Number.isNaN(theirs)) skewMs = (asked + clock.now().getTime()) / 2 - theirs;
      return response;
    },
    findings() {
      if (skewMs === undefined) return [];
      const seconds = Math.round(Math.abs(skewMs) / 1_000);
      if (Math.abs(skewMs) <= skewMostMs) return [{ ok: true, say: 'The clock agrees with Slack.' }];
      const say = `This machine's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} Slack's.`;
      return [{ ok: false, say, fix: 'Set it by NTP: at 5 minutes Slack and Pitcrew stop believing each other.' }];
    },
  };
}

const isUnreachable = (error: unknown) => error instanceof Failure && error.kind === 'unavailable';

function sentence(error: unknown): string {
  if (error instanceof Failure) return sayFailure(error);
  throw error;
}
