import { z } from 'zod';
import type { Services } from './api/method';
import type { Faults } from './faults';
import type { Person } from './people';
import { Refusal } from './refusal';
import type { JsonObject } from './wire';

const place = { channelId: z.string(), messageTs: z.string() };
const press = { actionId: z.string(), blockId: z.string().optional(), value: z.unknown().optional() };

/** What a person can do on the page. */
const Act = z.discriminatedUnion('do', [
  z.object({ do: z.literal('command'), channelId: z.string(), command: z.string(), text: z.string() }),
  z.object({ do: z.literal('post'), channelId: z.string(), text: z.string(), threadTs: z.string().optional() }),
  z.object({ do: z.literal('press'), ...place, ...press }),
  z.object({ do: z.literal('press-view'), viewId: z.string(), ...press }),
  z.object({ do: z.literal('press-home'), ...press }),
  z.object({
    do: z.literal('suggest'),
    actionId: z.string(),
    query: z.string(),
    viewId: z.string().optional(),
    channelId: z.string().optional(),
    messageTs: z.string().optional(),
  }),
  z.object({ do: z.literal('submit'), viewId: z.string(), values: z.record(z.string(), z.unknown()) }),
  z.object({ do: z.literal('close'), viewId: z.string() }),
  z.object({
    do: z.literal('shortcut'),
    callbackId: z.string(),
    channelId: z.string().optional(),
    messageTs: z.string().optional(),
  }),
  z.object({ do: z.literal('react'), ...place, name: z.string() }),
  z.object({ do: z.literal('edit'), ...place, text: z.string() }),
  z.object({ do: z.literal('delete'), ...place }),
  z.object({ do: z.literal('open-home'), tab: z.enum(['home', 'messages']) }),
  z.object({ do: z.literal('direct'), otherId: z.string() }),
  z.object({ do: z.literal('join'), channelId: z.string() }),
  z.object({
    do: z.literal('fault'),
    kind: z.enum(['drop-answer', 'delay', '5xx', '429', 'close', 'twice', 'once', 'refresh', 'cut', 'clear']),
    method: z.string().optional(),
  }),
]);

type Act = z.infer<typeof Act>;

export interface PageActDeps {
  services: Services;
  faults: Faults;
  as: (userId: string) => Person;
}

/** Typed text in the form in which Slack stores it: names become ids, the three characters are escaped. */
function encodeTyped(text: string, { store }: Pick<Services, 'store'>): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .replace(/(^|[\s(])@([\w.-]*\w)/g, (whole, before: string, name: string) => {
      if (['here', 'channel', 'everyone'].includes(name)) return `${before}<!${name}>`;
      const person = [...store.users.values()].find((candidate) => candidate.name === name.toLowerCase());
      if (person) return `${before}<@${person.id}>`;
      const group = [...store.userGroups.values()].find((candidate) => candidate.handle === name);
      return group ? `${before}<!subteam^${group.id}|@${group.handle}>` : whole;
    })
    .replace(/(^|[\s(])#([\w-]+)/g, (whole, before: string, name: string) => {
      const channel = [...store.channels.values()].find((candidate) => candidate.name === name);
      return channel ? `${before}<#${channel.id}|${channel.name}>` : whole;
    });
}

/** Does on the page's behalf what people do, and answers what the page must show. */
export function createPageActs({ services, faults, as }: PageActDeps) {
  const { store, sockets } = services;

  function fault(act: Extract<Act, { do: 'fault' }>): void {
    const match = act.method ? { method: act.method } : {};
    switch (act.kind) {
      case 'twice':
      case 'once':
        faults.duplicateDeliveries(act.kind === 'twice');
        break;
      case 'refresh':
        sockets.refresh();
        break;
      case 'cut':
        sockets.cut();
        break;
      case 'clear':
        faults.clear();
        break;
      case 'delay':
        faults.next(match, 'delay', { delayMs: 5000 });
        break;
      case '429':
        faults.next(match, '429', { retryAfterSeconds: 5 });
        break;
      default:
        faults.next(match, act.kind);
    }
  }

  const options = (act: { blockId?: string | undefined; value?: unknown }) => ({
    ...(act.blockId === undefined ? {} : { blockId: act.blockId }),
    ...(act.value === undefined ? {} : { value: act.value }),
  });

  /** @throws where it is a message of somebody else */
  function own(userId: string, { channelId, messageTs }: { channelId: string; messageTs: string }): void {
    if (store.channels.get(channelId)?.messages.get(messageTs)?.message.user !== userId)
      throw new Error('That is not your message.');
  }

  async function perform(userId: string, act: Act): Promise<object> {
    const person = as(userId);
    switch (act.do) {
      case 'command':
        return person.command(act.channelId, act.command, act.text);
      case 'post': {
        const thread = act.threadTs === undefined ? {} : { threadTs: act.threadTs };
        return { ts: person.post(act.channelId, encodeTyped(act.text, services), thread).ts };
      }
      case 'press':
        return person.press(act.channelId, act.messageTs, act.actionId, options(act));
      case 'press-view':
        return person.pressView(act.viewId, act.actionId, options(act));
      case 'press-home':
        return person.pressHome(act.actionId, options(act));
      case 'suggest': {
        const { viewId, channelId, messageTs } = act;
        const where =
          viewId !== undefined
            ? { viewId }
            : channelId !== undefined && messageTs !== undefined
              ? { channelId, messageTs }
              : ({ home: true } as const);
        return person.suggest(where, act.actionId, act.query);
      }
      case 'submit':
        return person.submit(act.viewId, act.values);
      case 'close':
        await person.close(act.viewId);
        return {};
      case 'shortcut': {
        const { channelId, messageTs } = act;
        const where = channelId !== undefined && messageTs !== undefined ? { channelId, messageTs } : undefined;
        return person.shortcut(act.callbackId, where);
      }
      case 'react': {
        const message = store.channels.get(act.channelId)?.messages.get(act.messageTs)?.message;
        const mine = message?.reactions?.find(({ name }) => name === act.name)?.users.includes(userId);
        if (mine) person.unreact(act.channelId, act.messageTs, act.name);
        else person.react(act.channelId, act.messageTs, act.name);
        return {};
      }
      case 'edit':
        own(userId, act);
        person.edit(act.channelId, act.messageTs, encodeTyped(act.text, services));
        return {};
      case 'delete':
        own(userId, act);
        person.remove(act.channelId, act.messageTs);
        return {};
      case 'open-home':
        person.openHome(act.tab);
        return { channelId: person.direct() };
      case 'direct':
        return { channelId: person.direct(act.otherId) };
      case 'join':
        person.join(act.channelId);
        return {};
      case 'fault':
        fault(act);
        return {};
    }
  }

  return {
    async perform(userId: string, given: unknown): Promise<JsonObject> {
      const act = Act.safeParse(given);
      if (!act.success) return { error: 'invalid_act', message: z.prettifyError(act.error) };
      try {
        return { ...(await perform(userId, act.data)) };
      } catch (error) {
        if (error instanceof Refusal) return { error: error.code };
        return { error: 'not_possible', message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

export type PageActs = ReturnType<typeof createPageActs>;
