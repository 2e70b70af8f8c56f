import type { RequestListener } from 'node:http';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { EnvHttpProxyAgent } from 'undici';
import type { Logger } from '../lib/logger';
import type { SlackClient } from './client';
import { sdkLogger, slackClientOptions } from './transport';

/** How Slack is reached: it calls us with signed requests, or we hold a connection to it. */
export type SlackCredentials =
  | { mode: 'socket'; botToken: string; appToken: string }
  | { mode: 'http'; botToken: string; signingSecret: string };

export interface SlackApp {
  bolt: App;
  /** Takes `POST /slack/events`; only in signed HTTP mode. */
  listener?: RequestListener;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Bolt with one of the two receivers and the same handlers. Slack itself is not asked until something comes in. */
export function createSlackApp(deps: {
  credentials: SlackCredentials;
  apiUrl?: string;
  log: Logger;
  slack: Pick<SlackClient, 'authTest'>;
}): SlackApp {
  const { credentials, apiUrl, log } = deps;
  const logger = sdkLogger(log);
  const clientOptions = slackClientOptions({ apiUrl, log });
  let identity: ReturnType<SlackClient['authTest']> | undefined;

  /** Who we are, asked once; a failed answer is asked again with the next call. */
  async function authorize() {
    identity ??= deps.slack.authTest();
    try {
      const { botId, userId, teamId } = await identity;
      return { botToken: credentials.botToken, botId, botUserId: userId, teamId };
    } catch (error) {
      identity = undefined;
      throw error;
    }
  }

  if (credentials.mode === 'http') {
    const receiver = new HTTPReceiver({ signingSecret: credentials.signingSecret, endpoints: '/slack/events', logger });
    const bolt = new App({ receiver, authorize, clientOptions, logger });
    return { bolt, listener: receiver.requestListener, start: async () => undefined, stop: async () => undefined };
  }

  const receiver = new SocketModeReceiver({
    appToken: credentials.appToken,
    logger,
    installerOptions: { clientOptions },
    ...(isLocal(apiUrl) ? {} : { dispatcher: new EnvHttpProxyAgent() }),
  });
  const bolt = new App({ receiver, authorize, clientOptions, logger });
  return {
    bolt,
    async start() {
      await receiver.start();
    },
    async stop() {
      await receiver.stop();
    },
  };
}

function isLocal(apiUrl: string | undefined): boolean {
  const host = apiUrl ? new URL(apiUrl).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
