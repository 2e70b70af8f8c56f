import type { Environment } from '../../config';
import { Failure, sayFailure } from '../../domain/failure';
import { SettingsFile } from '../../domain/settings';
import type { Logger } from '../../lib/logger';
import { createSlackClient } from '../../slack/client';
import { manifestFor } from '../../slack/manifest';
import { surfaceOf } from '../../slack/surface';
import type { Ask } from './ask';

export interface FoundChannel {
  /** With its #. */
  name: string;
  isMember: boolean;
}

/** What Slack told; empty lists where it could not be asked. */
export interface FoundSlack {
  team?: string;
  channels: FoundChannel[];
  groups: { name: string; id: string; size: number }[];
  /** Variables that were asked for, with what was answered. */
  secrets: Record<string, string>;
}

const tokens = {
  SLACK_BOT_TOKEN: { say: 'Bot token, under "OAuth & Permissions" (xoxb-…):', begins: 'xoxb-' },
  SLACK_APP_TOKEN: {
    say: 'App-level token with connections:write, under "Basic Information" (xapp-…); blank for signed HTTP:',
    begins: 'xapp-',
  },
  SLACK_SIGNING_SECRET: { say: 'Signing secret, under "Basic Information":', begins: '' },
} as const;
const tries = 3;

/** Asks for the tokens that the environment does not have, and reads channels and user groups. Changes nothing in Slack. */
export async function askForSlack(
  ask: Ask,
  { env, apiUrl, log }: { env: Environment; apiUrl?: string; log: Logger },
): Promise<FoundSlack> {
  const nothing: FoundSlack = { channels: [], groups: [], secrets: {} };
  const secrets: Record<string, string> = {};
  const tokenOf = async (name: keyof typeof tokens): Promise<string> => {
    const { say, begins } = tokens[name];
    const given = env[name]?.trim();
    if (given) return given;
    for (;;) {
      const said = await ask.secret(say);
      if (said === '' || said.startsWith(begins)) {
        if (said !== '') secrets[name] = said;
        return said;
      }
      ask.say(`  It starts with ${begins}.`);
    }
  };

  if (!env.SLACK_BOT_TOKEN?.trim()) {
    ask.say(
      'No app yet? https://api.slack.com/apps → Create New App → From a manifest → what `pitcrew manifest` prints → install it.',
    );
    ask.say('Blank goes on without Slack: then channels are typed by name.');
  }
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const token = await tokenOf('SLACK_BOT_TOKEN');
    if (token === '') return { ...nothing, secrets };
    try {
      const slack = createSlackClient({ token, apiUrl, log });
      const me = await slack.authTest();
      ask.say(`✓ The bot token belongs to ${me.team}.`);
      const missing = missingScopes(me.scopes);
      if (missing.length > 0)
        ask.say(
          `! The app lacks rights: ${missing.join(', ')}. Give it the manifest that is written at the end, and install it again.`,
        );
      if (!(await tokenOf('SLACK_APP_TOKEN'))) await tokenOf('SLACK_SIGNING_SECRET');
      const channels: FoundChannel[] = [];
      for await (const { name, isArchived, isMember } of slack.listChannels())
        if (!isArchived) channels.push({ name: `#${name}`, isMember });
      const groups = (await slack.listGroups()).map(({ id, handle, members }) => ({
        id,
        name: handle ?? id,
        size: members.length,
      }));
      ask.say(`✓ ${channels.length} channels and ${groups.length} user groups can be seen.`);
      return { team: me.team, channels: channels.sort((a, b) => (a.name < b.name ? -1 : 1)), groups, secrets };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      ask.say(`✗ That did not work. ${sayFailure(error)}`);
      delete secrets.SLACK_BOT_TOKEN;
      if (env.SLACK_BOT_TOKEN?.trim()) break;
    }
  }
  ask.say('Going on without Slack: channels are typed by name.');
  return { ...nothing, secrets };
}

function missingScopes(scopes: readonly string[]): string[] {
  const settings = { ...SettingsFile.parse({}), orchestrators: [], catalogue: [] };
  const wanted = manifestFor(settings, surfaceOf(settings)).oauth_config.scopes.bot;
  return scopes.length === 0 ? [] : wanted.filter((scope) => !scopes.includes(scope));
}
