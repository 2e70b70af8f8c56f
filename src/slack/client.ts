import { setTimeout as sleep } from 'node:timers/promises';
import type { HomeView, ModalView } from '@slack/types';
import { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { Failure } from '../domain/failure';
import { traced } from '../lib/tracing';
import { limits } from './limits';
import type { Message } from './message';
import { type Effect, toFailure } from './slack-failure';
import { slackClientOptions, type TransportDeps } from './transport';

/** Under this name our post's id rides along with every message, so that it can be looked for. */
const eventType = 'pitcrew_post';
const pageSize = 200;
/** A page of a listing that runs into Slack's limit is asked for again after the wait that Slack asked for, this often. */
const listingWaits = 10;

export interface SlackPerson {
  name: string;
  email?: string;
  timeZone?: string;
  isGuest: boolean;
  isBot: boolean;
  isDeactivated: boolean;
}

export interface SlackChannel {
  id: string;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  /** Has the app joined? Where it has not, it cannot read the history. */
  isMember: boolean;
}

const paged = { response_metadata: z.object({ next_cursor: z.string().optional() }).optional() };
type Paged = z.infer<z.ZodObject<typeof paged>>;

const Posted = z.object({ ts: z.string(), channel: z.string() });
const Anything = z.object({});
const text = z.string().nullish();
const User = z.object({
  user: z.object({
    id: z.string(),
    name: text,
    real_name: text,
    deleted: z.boolean().nullish(),
    is_bot: z.boolean().nullish(),
    is_restricted: z.boolean().nullish(),
    is_ultra_restricted: z.boolean().nullish(),
    is_stranger: z.boolean().nullish(),
    tz: text,
    profile: z.object({ display_name: text, real_name: text, email: text }).nullish(),
  }),
});
const Channels = z.object({
  ...paged,
  channels: z.array(
    z.object({
      id: z.string(),
      name: text,
      is_private: z.boolean().nullish(),
      is_archived: z.boolean().nullish(),
      is_member: z.boolean().nullish(),
    }),
  ),
});
const History = z.object({
  ...paged,
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.object({ post_id: z.string().optional() }) })
        .optional()
        .catch(undefined),
    }),
  ),
});
const Identity = z.object({
  team_id: z.string(),
  team: text,
  enterprise_id: text,
  user_id: z.string(),
  bot_id: text,
  url: text,
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});
const Viewed = z.object({ view: z.object({ id: z.string(), hash: z.string() }) });
const UploadTicket = z.object({ upload_url: z.string(), file_id: z.string() });
const Uploaded = z.object({ files: z.array(z.object({ id: z.string(), permalink: text })).min(1) });

function personOf(user: z.infer<typeof User>['user']): SlackPerson {
  return {
    name: [user.profile?.display_name, user.profile?.real_name, user.real_name, user.name].find(Boolean) ?? user.id,
    email: user.profile?.email || undefined,
    timeZone: user.tz || undefined,
    isGuest: [user.is_restricted, user.is_ultra_restricted, user.is_stranger].includes(true),
    isBot: user.is_bot ?? false,
    isDeactivated: user.deleted ?? false,
  };
}

async function orNobody<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** For listings in the background: where Slack asks for a wait, after that wait. @throws Failure */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'rate-limited' || waits >= listingWaits) throw error;
      await sleep(Math.min(60_000, error.retryAfterMs ?? 1_000));
    }
  }
}

export type SlackClient = ReturnType<typeof createSlackClient>;

/**
 * The one Slack client: what the product asks of Slack, typed. Every function throws Failure and nothing else; one call is one try.
 * `unsure` only where something may have been posted.
 */
export function createSlackClient({ token, ...transport }: TransportDeps & { token: string }) {
  const options = slackClientOptions(transport);
  const web = new WebClient(token, options);
  const fetch = options.fetch ?? globalThis.fetch;

  async function call<T>(
    effect: Effect,
    method: string,
    args: Record<string, unknown>,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const result = await traced(
      `slack ${method}`,
      { 'peer.service': 'slack' },
      () =>
        web.apiCall(method, args).catch((error: unknown) => {
          throw toFailure(error, effect);
        }),
      'calls',
    );
    const read = schema.safeParse(result);
    if (read.success) return read.data;
    throw new Failure(effect === 'post' ? 'unsure' : 'bad-response', 'Slack', {
      detail: `the answer of ${method} has another form`,
      cause: read.error,
    });
  }

  async function* pages<T extends Paged>(
    method: string,
    args: Record<string, unknown>,
    schema: z.ZodType<T>,
  ): AsyncGenerator<T, void> {
    let cursor: string | undefined;
    do {
      const page: T = await patiently(() => call('read', method, { ...args, cursor }, schema));
      yield page;
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
  }

  /** A POST outside the Web API: to a `response_url`, or of a file's bytes as a form, whose type the form knows itself. */
  async function send(effect: Effect, url: string, body: string | FormData, type?: string): Promise<void> {
    let response: Awaited<ReturnType<typeof fetch>>;
    try {
      response = await fetch(url, {
        method: 'POST',
        ...(type ? { headers: { 'Content-Type': type } } : {}),
        body,
      });
    } catch (error) {
      throw toFailure(error, effect);
    }
    if (response.status === 429) {
      const retryAfterMs = Number(response.headers.get('retry-after')) * 1000;
      throw new Failure('rate-limited', 'Slack', { retryAfterMs });
    }
    if (response.ok) return;
    const kind = response.status >= 500 ? (effect === 'post' ? 'unsure' : 'unavailable') : 'rejected';
    throw new Failure(kind, 'Slack', { detail: `HTTP ${response.status}` });
  }

  const shown = ({ text, blocks }: Message) => ({ text, blocks, unfurl_links: false, unfurl_media: false });

  return {
    /** @throws Failure `unsure` if it may have been posted */
    async postMessage(
      message: Message & { channel: string; threadTs?: string; replyBroadcast?: boolean; postId: string },
    ): Promise<{ ts: string; channelId: string }> {
      const { channel, threadTs, replyBroadcast, postId } = message;
      const posted = await call(
        'post',
        'chat.postMessage',
        {
          ...shown(message),
          channel,
          ...(threadTs ? { thread_ts: threadTs, reply_broadcast: replyBroadcast ?? false } : {}),
          metadata: { event_type: eventType, event_payload: { post_id: postId } },
        },
        Posted,
      );
      return { ts: posted.ts, channelId: posted.channel };
    },

    /** Notifies nobody. Metadata and thread stay as they are. */
    async updateMessage(message: Message & { channel: string; ts: string }): Promise<void> {
      const { channel, ts } = message;
      await call('edit', 'chat.update', { ...shown(message), channel, ts }, Anything);
    },

    /** Best effort: Slack does not promise delivery, and it is gone when the person reloads. */
    async postEphemeral(message: Message & { channel: string; user: string; threadTs?: string }): Promise<void> {
      const { text, blocks, channel, user, threadTs } = message;
      const args = { text, blocks, channel, user, ...(threadTs ? { thread_ts: threadTs } : {}) };
      await call('post', 'chat.postEphemeral', args, Anything);
    },

    /** Answers a press or command by its `response_url`: 5 times within 30 minutes, seen by the person alone. Best effort. */
    async respond(responseUrl: string, message: Message & { threadTs?: string }): Promise<void> {
      const { text, blocks, threadTs } = message;
      await send(
        'post',
        responseUrl,
        JSON.stringify({
          text,
          blocks,
          response_type: 'ephemeral',
          replace_original: false,
          ...(threadTs ? { thread_ts: threadTs } : {}),
        }),
        'application/json',
      );
    },

    /**
     * The message of ours with this post id in its metadata, at or after `oldest`.
     * @throws Failure `rejected` or `not-allowed` if the history cannot be read
     */
    async findPost(where: {
      channel: string;
      threadTs?: string;
      oldest: Date;
      postId: string;
    }): Promise<{ ts: string; channelId: string } | undefined> {
      const { channel, threadTs, oldest, postId } = where;
      const args = {
        channel,
        ...(threadTs ? { ts: threadTs } : {}),
        oldest: (oldest.getTime() / 1000).toFixed(6),
        inclusive: true,
        include_all_metadata: true,
        limit: pageSize,
      };
      for await (const { messages } of pages(
        threadTs ? 'conversations.replies' : 'conversations.history',
        args,
        History,
      )) {
        const found = messages.find(
          ({ metadata }) => metadata?.event_type === eventType && metadata.event_payload.post_id === postId,
        );
        if (found) return { ts: found.ts, channelId: channel };
      }
      return undefined;
    },

    /** What stands there, and whose it is; `undefined` = no such message, or none of a person. @throws Failure */
    async messageAt(
      channel: string,
      ts: string,
    ): Promise<{ user: string; text: string; threadTs?: string } | undefined> {
      const Found = z.object({
        messages: z.array(
          z.object({ ts: z.string(), user: text, text: z.string().default(''), thread_ts: text, bot_id: text }),
        ),
      });
      // Of a reply the replies of its own thread begin with it.
      const { messages } = await call(
        'read',
        'conversations.replies',
        { channel, ts, latest: ts, oldest: ts, inclusive: true, limit: 1 },
        Found,
      ).catch((error: unknown) => {
        if (error instanceof Failure && /^(thread|message)_not_found/.test(error.detail ?? '')) return { messages: [] };
        throw error;
      });
      const found = messages.find((message) => message.ts === ts);
      if (!found?.user || found.bot_id) return undefined;
      const threadTs = found.thread_ts && found.thread_ts !== ts ? { threadTs: found.thread_ts } : {};
      return { user: found.user, text: found.text, ...threadTs };
    },

    /** Public and private channels that the app can see, archived ones included. In a large workspace this takes minutes. */
    async *listChannels(): AsyncGenerator<SlackChannel> {
      const args = { types: 'public_channel,private_channel', exclude_archived: false, limit: 1_000 };
      for await (const { channels } of pages('conversations.list', args, Channels)) {
        for (const channel of channels) {
          yield {
            id: channel.id,
            name: channel.name ?? channel.id,
            isPrivate: channel.is_private ?? false,
            isArchived: channel.is_archived ?? false,
            isMember: channel.is_member ?? false,
          };
        }
      }
    },

    /** `undefined` = Slack knows nobody of this id. People of other workspaces count as guests. */
    async userInfo(slackId: string): Promise<SlackPerson | undefined> {
      return orNobody(async () => personOf((await call('read', 'users.info', { user: slackId }, User)).user));
    },

    /** `undefined` = nobody in this workspace has the address. */
    async userByEmail(email: string): Promise<(SlackPerson & { slackId: string }) | undefined> {
      return orNobody(async () => {
        const { user } = await call('read', 'users.lookupByEmail', { email }, User);
        return { ...personOf(user), slackId: user.id };
      });
    },

    /** Slack ids. */
    async listGroupMembers(groupId: string): Promise<string[]> {
      const Members = z.object({ users: z.array(z.string()) });
      return (await call('read', 'usergroups.users.list', { usergroup: groupId }, Members)).users;
    },

    /** Every user group that is in use, with the Slack ids of its members, in one call. */
    async listGroups(): Promise<{ id: string; handle?: string; members: string[] }[]> {
      const Groups = z.object({
        usergroups: z.array(
          z.object({ id: z.string(), handle: z.string().optional(), users: z.array(z.string()).optional() }),
        ),
      });
      const { usergroups } = await call('read', 'usergroups.list', { include_users: true }, Groups);
      return usergroups.map(({ id, handle, users }) => ({ id, handle, members: users ?? [] }));
    },

    async permalink(channel: string, ts: string): Promise<string> {
      const Link = z.object({ permalink: z.string() });
      return (await call('read', 'chat.getPermalink', { channel, message_ts: ts }, Link)).permalink;
    },

    /** Who we are there, and with which rights. */
    async authTest() {
      const me = await call('read', 'auth.test', {}, Identity);
      return {
        teamId: me.team_id,
        team: me.team ?? me.team_id,
        enterpriseId: me.enterprise_id || undefined,
        userId: me.user_id,
        botId: me.bot_id || undefined,
        url: me.url ?? undefined,
        scopes: me.response_metadata?.scopes ?? [],
      };
    },

    /** A modal, for the person of the trigger: within 3 s of what they did, once. */
    async openView(triggerId: string, view: ModalView): Promise<{ id: string; hash: string }> {
      return (await call('edit', 'views.open', { trigger_id: triggerId, view }, Viewed)).view;
    },

    /** @param to.hash of what it takes the place of; another one there is `rejected` (`hash_conflict`), none is too (`not_found`) */
    async updateView(
      to: ({ id: string } | { externalId: string }) & { hash?: string; view: ModalView },
    ): Promise<{ hash: string }> {
      const { hash, view } = to;
      const which = 'id' in to ? { view_id: to.id } : { external_id: to.externalId };
      return (await call('edit', 'views.update', { ...which, ...(hash ? { hash } : {}), view }, Viewed)).view;
    },

    /** The whole Home tab of a person. */
    async publishHome(slackId: string, view: HomeView): Promise<void> {
      await call('edit', 'views.publish', { user_id: slackId, view }, Anything);
    },

    /** The id of the direct conversation with a person. */
    async openDm(slackId: string): Promise<string> {
      const Opened = z.object({ channel: z.object({ id: z.string() }) });
      return (await call('edit', 'conversations.open', { users: slackId }, Opened)).channel.id;
    },

    /**
     * Uploads a file without showing it anywhere: a post that names its permalink or shows its id does that, and can be looked for.
     * @param file.alt of a picture: what it shows, in words
     */
    async uploadFile(file: {
      name: string;
      title: string;
      content: string | Buffer;
      alt?: string;
    }): Promise<{ fileId: string; permalink?: string }> {
      const { name, title, content, alt } = file;
      const args = {
        filename: name,
        length: Buffer.byteLength(content),
        ...(alt ? { alt_txt: alt.slice(0, 1_000) } : {}),
      };
      const ticket = await call('read', 'files.getUploadURLExternal', args, UploadTicket);
      const form = new FormData();
      form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
      await send('post', ticket.upload_url, form);
      const done = await call(
        'post',
        'files.completeUploadExternal',
        { files: [{ id: ticket.file_id, title: title.slice(0, limits.header) }] },
        Uploaded,
      );
      const [uploaded] = done.files;
      return { fileId: uploaded?.id ?? ticket.file_id, permalink: uploaded?.permalink ?? undefined };
    },
  };
}
