import type { Clock } from '../lib/clock';
import { readContent, someContent } from './content';
import { limits } from './limits';
import type { Messages } from './messages';
import { Refusal } from './refusal';
import type { Stamps } from './stamps';
import type { EphemeralMessage, Store } from './store';
import { isObject, type JsonObject, textOf } from './wire';

export interface ResponsePlace {
  channelId: string;
  userId: string;
  /** The message that held the control. */
  original?: { ts: string; ephemeral: boolean };
  /** The thread in which the control was. */
  threadTs?: string;
}

export interface ResponseUrlDeps {
  clock: Clock;
  store: Store;
  stamps: Stamps;
  messages: Messages;
  base: () => string;
}

const yes = (value: unknown) => value === true || value === 'true';

/** `response_url`: thirty minutes, five uses, no token asked. */
export function createResponseUrls({ clock, store, stamps, messages, base }: ResponseUrlDeps) {
  const issued = new Map<string, ResponsePlace & { at: number; uses: number; received: JsonObject[] }>();

  function ephemeralOf(place: ResponsePlace): EphemeralMessage | undefined {
    return store.ephemerals.find(
      (entry) =>
        entry.ts === place.original?.ts && entry.userId === place.userId && entry.channelId === place.channelId,
    );
  }

  function removeOriginal(place: ResponsePlace): void {
    const channel = store.channels.get(place.channelId);
    if (place.original?.ephemeral) {
      const entry = ephemeralOf(place);
      if (entry) store.ephemerals.splice(store.ephemerals.indexOf(entry), 1);
      store.changed('ephemerals');
    } else if (channel && place.original) messages.remove(channel, place.original.ts);
  }

  function replaceOriginal(place: ResponsePlace, body: JsonObject): void {
    const content = someContent(readContent(body, { stamps, store, clock }));
    const channel = store.channels.get(place.channelId);
    if (place.original?.ephemeral) {
      const entry = ephemeralOf(place);
      if (!entry) throw new Refusal('message_not_found');
      entry.past.push({ text: entry.text, ...(entry.blocks === undefined ? {} : { blocks: entry.blocks }) });
      entry.text = content.text;
      if (content.blocks === undefined) delete entry.blocks;
      else entry.blocks = content.blocks;
      if (content.attachments === undefined) delete entry.attachments;
      else entry.attachments = content.attachments;
      store.changed('ephemerals');
    } else if (channel && place.original)
      messages.edit(channel, place.original.ts, { ...content, blocks: content.blocks ?? [] });
  }

  /** Puts an answer where the person is: what `response_url` and a command's own acknowledgement have in common. */
  function show(place: ResponsePlace, body: JsonObject): void {
    if (yes(body.delete_original) && place.original) {
      removeOriginal(place);
      return;
    }
    if (yes(body.replace_original) && place.original) {
      replaceOriginal(place, body);
      return;
    }
    const content = someContent(readContent(body, { stamps, store, clock }));
    const channel = store.channels.get(place.channelId);
    if (!channel) throw new Refusal('channel_not_found');
    const threadTs = textOf(body.thread_ts) ?? place.threadTs;
    if (body.response_type === 'in_channel')
      messages.post({ channel, ...content, ...(threadTs === undefined ? {} : { threadTs }) });
    else messages.ephemeral(channel, place.userId, content, threadTs);
  }

  return {
    show,
    issue(place: ResponsePlace): { url: string; received: JsonObject[] } {
      const secret = stamps.secret(16);
      const entry = { ...place, at: clock.now().getTime(), uses: 0, received: [] };
      issued.set(secret, entry);
      return { url: `${base()}/response/${secret}`, received: entry.received };
    },
    use(secret: string, given: unknown): { status: number; body: string } {
      const entry = issued.get(secret);
      const refuse = (status: number, error: string) => ({ status, body: JSON.stringify({ ok: false, error }) });
      if (!entry) return refuse(404, 'invalid_url');
      if (clock.now().getTime() - entry.at > limits.responseUrl.lifeSeconds * 1000) return refuse(404, 'expired_url');
      if (entry.uses >= limits.responseUrl.uses) return refuse(404, 'used_url');
      if (!isObject(given)) return refuse(400, 'invalid_payload');
      entry.uses += 1;
      try {
        show(entry, given);
        entry.received.push(given);
        store.changed('responses');
        return { status: 200, body: JSON.stringify({ ok: true }) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { status: 400, body: JSON.stringify({ ok: false, error: error.code, ...error.extra }) };
      }
    },
  };
}

export type ResponseUrls = ReturnType<typeof createResponseUrls>;
