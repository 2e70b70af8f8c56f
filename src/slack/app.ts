import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, HTTPModuleFunctions, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { EnvHttpProxyAgent } from 'undici';
import type { Logger } from '../lib/logger';
import { patiently } from '../lib/patiently';
import { Problem } from '../lib/problem';
import type { SlackClient } from './client';
import { sdkLogger, slackClientOptions } from './transport';

/** How Slack is reached: it calls us with signed requests, or we hold a connection to it. */
export type SlackCredentials =
  | { mode: 'socket'; botToken: string; appToken: string }
  | { mode: 'http'; botToken: string; signingSecret: string };

export interface SlackApp {
  bolt: App;
  /** Takes `POST /slack/events`, and no other method; only in signed HTTP mode. @throws Problem 401, 413 */
  listener?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Slack's calls are a few kB; a press brings its message along. */
const maxBytes = 1_000_000;
/** A press waits no longer than this for us to learn who we are there; it is done without. */
const identityPatienceMs = 500;
/** A lost connection is sought again for as long as it takes: an error of the SDK in between would end the process. */
const reconnecting = { forever: true, factor: 1.5, minTimeout: 1_000, maxTimeout: 30_000, randomize: true };

/** Bolt with one of the two receivers and the same handlers. */
export function createSlackApp(deps: {
  credentials: SlackCredentials;
  apiUrl?: string;
  log: Logger;
  slack: Pick<SlackClient, 'authTest'>;
}): SlackApp {
  const { credentials, apiUrl, log } = deps;
  const logger = sdkLogger(log);
  const clientOptions = slackClientOptions({ apiUrl, log });
  const identity = createIdentity(deps.slack, log);

  /** Never throws: Bolt would ack and drop what came in, and the person would hear nothing. */
  async function authorize() {
    const me = await identity();
    const home = me && { teamId: me.teamId, enterpriseId: me.enterpriseId };
    return { botToken: credentials.botToken, botId: me?.botId, botUserId: me?.userId, teamId: me?.teamId, home };
  }

  if (credentials.mode === 'http') {
    const { signingSecret } = credentials;
    const receiver = new HTTPReceiver({ signingSecret, endpoints: '/slack/events', logger });
    const bolt = boltOn(receiver);
    return {
      bolt,
      async listener(request, response) {
        receiver.requestListener(await admit(request, { signingSecret, logger }), response);
      },
      async start() {
        await identity();
      },
      stop: async () => undefined,
    };
  }

  const receiver = new SocketModeReceiver({
    appToken: credentials.appToken,
    logger,
    installerOptions: { clientOptions: { ...clientOptions, retryConfig: reconnecting } },
    ...(isLocal(apiUrl) ? {} : { dispatcher: new EnvHttpProxyAgent() }),
  });
  const bolt = boltOn(receiver);
  return {
    bolt,
    async start() {
      await identity();
      await receiver.start();
    },
    async stop() {
      await receiver.stop();
    },
  };

  function boltOn(receiver: HTTPReceiver | SocketModeReceiver): App {
    const app = new App({ receiver: ackingLast(receiver), authorize, clientOptions, logger, convoStore: false });
    app.error(async (error) => log.error({ err: error }, 'slack.fault'));
    return app;
  }
}

/**
 * Bolt acks a Slack event before its listeners run. What must be stored first is acked when they are done, and not at all where one
 * of them could not store it (`context.delivery.isLost`): Slack then delivers it again.
 */
function ackingLast<R extends Receiver>(receiver: R): R {
  const init = receiver.init.bind(receiver);
  receiver.init = (app) => {
    const processEvent = app.processEvent.bind(app);
    app.processEvent = async (event) => {
      if (event.body.type !== 'event_callback') return processEvent(event);
      const delivery = { isLost: false };
      const customProperties = { ...event.customProperties, delivery };
      await processEvent({ ...event, customProperties, ack: async () => undefined });
      if (!delivery.isLost) await event.ack();
    };
    init(app);
  };
  return receiver;
}

/**
 * Checked here first, since Bolt refuses without a word. Its answer to what is signed and still makes no sense is left to it.
 * @throws Problem 401, 413
 */
async function admit(
  request: IncomingMessage,
  { signingSecret, logger }: { signingSecret: string; logger: ReturnType<typeof sdkLogger> },
): Promise<IncomingMessage> {
  try {
    return await HTTPModuleFunctions.parseAndVerifyHTTPRequest({ signingSecret, bodyLimit: maxBytes, logger }, request);
  } catch (error) {
    if (HTTPModuleFunctions.isRawBodyError(error))
      throw new Problem(413, 'Too large', `At most ${maxBytes} bytes a call.`);
    throw new Problem(
      401,
      'Not signed by Slack',
      'The signature does not fit the body, or its stamp is over 5 minutes old.',
    );
  }
}

/** Who we are there, asked once; a failed answer is asked for again by the next call. `undefined` = not known by now. */
function createIdentity(slack: Pick<SlackClient, 'authTest'>, log: Logger) {
  let asked: Promise<Identity | undefined> | undefined;
  return async (): Promise<Identity | undefined> => {
    asked ??= slack.authTest().catch((error: unknown) => {
      log.warn({ err: error }, 'slack.identity-unknown');
      asked = undefined;
      return undefined;
    });
    return patiently(asked, identityPatienceMs);
  };
}

type Identity = Awaited<ReturnType<SlackClient['authTest']>>;

function isLocal(apiUrl: string | undefined): boolean {
  const host = apiUrl ? new URL(apiUrl).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
