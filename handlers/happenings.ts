import type { StringIndexed } from '@slack/bolt';
import { z } from 'zod';
import type { Press } from '../src/domain/press';
import type { AskValue } from '../src/slack/dialogs';
import { refusals } from '../src/slack/refusals';
import { type Answering, keep, refuse, safely } from './answering';
import { isStranger } from './calls';
import { type Opening, openDialog } from './dialog';
import type { Listener, Services } from './services';

// What people do in Slack that is neither a press, nor a command, nor a form: they write, react, or use a menu.

/** A Slack event comes with the id by which a second delivery is known. */
const Envelope = z.object({ event_id: z.string().min(1), team_id: z.string().nullish() });
/** What the receiver looks at before it acks: an event that could not be stored is left for Slack to deliver again. */
const Delivery = z.object({ delivery: z.object({ isLost: z.boolean() }) });

/** What a Slack event is to the worker; nothing where it is none of our business. */
export type Heard = Pick<Press, 'value' | 'slackId' | 'channel' | 'messageTs'>;

/**
 * A Slack event whose outcome the worker decides: stored under its id, then acked, so that a second delivery is the same one.
 * @param isIntended people meant us by it: it counts as use
 */
export function onEvent(
  name: 'message' | 'app_mention' | 'reaction_added',
  hear: (event: unknown, services: Services) => Promise<Heard | undefined>,
  isIntended: (heard: Heard) => boolean,
): Listener {
  return {
    kind: 'event',
    name,
    needs: 'look',
    register(app, services) {
      app.event(name, ({ event, body, context }) =>
        safely(services, async () => {
          const receivedAt = services.clock.now();
          const envelope = Envelope.safeParse(body).data;
          if (!envelope) return;
          const heard = await hear(event, services).catch((error: unknown) => {
            services.log.warn({ err: error, event: name }, 'event.not-read');
            return 'lost' as const;
          });
          if (heard === undefined) return;
          const kept =
            heard === 'lost'
              ? 'not-taken'
              : await keep(
                  services,
                  { key: `event:${envelope.event_id}`, name: `slack:${name}`, ...heard, receivedAt },
                  { patienceMs: 1_000 },
                );
          if (kept === 'not-taken' || kept === 'not-certain') return leaveForSlack(context);
          if (kept === 'repeat' || heard === 'lost' || !isIntended(heard)) return;
          await services.interactions.record({
            slackId: heard.slackId,
            what: name,
            ...(heard.channel ? { channel: heard.channel } : {}),
            outcome: 'ok',
            tookMs: services.clock.now().getTime() - receivedAt.getTime(),
          });
        }),
      );
    },
  };
}

function leaveForSlack(context: StringIndexed): void {
  const delivery = Delivery.safeParse(context).success ? context.delivery : undefined;
  if (delivery) delivery.isLost = true;
}

const text = z.string().min(1);
const ShortcutCall = z.object({
  user: z.object({ id: text, team_id: text.nullish() }),
  enterprise: z.object({ id: text }).nullish(),
  trigger_id: text,
  response_url: text.nullish(),
  channel: z.object({ id: text, name: z.string().default('') }).nullish(),
  message: z
    .object({ ts: text, thread_ts: text.nullish(), user: text.nullish(), text: z.string().default('') })
    .nullish(),
});
export type ShortcutCall = z.infer<typeof ShortcutCall>;

/** An entry of Slack's own menus, of a message or of everywhere: opens a dialog at once. */
export function onShortcut(callbackId: string, openingOf: (call: ShortcutCall) => Opening<undefined>): Listener {
  return {
    kind: 'shortcut',
    name: callbackId,
    needs: 'look',
    register(app, services) {
      app.shortcut(callbackId, ({ ack, body, context, respond }) =>
        safely(services, async () => {
          await ack();
          const read = ShortcutCall.safeParse(body);
          if (!read.success) return void services.log.warn({ callbackId, err: read.error }, 'shortcut.unreadable');
          const call = read.data;
          const answering: Answering = {
            ack: async () => undefined,
            ...(call.response_url ? { respond } : {}),
            log: services.log,
          };
          if (isStranger(call, context)) return refuse(answering, refusals.stranger);
          await openDialog(services, answering, {
            ...openingOf(call),
            what: callbackId,
            needs: 'look',
            value: undefined,
            slackId: call.user.id,
            triggerId: call.trigger_id,
            place: {
              ...(call.channel ? { channel: call.channel.id } : {}),
              ...(call.response_url ? { responseUrl: call.response_url } : {}),
            },
          });
        }),
      );
    },
  };
}

/** In a conversation that the bot is no part of, a request lives in a direct message. */
export function cannotSpeakIn(channel: { id: string; name: string } | undefined): boolean {
  return !channel?.id.startsWith('C') || /^(directmessage|privategroup|mpdm-)/.test(channel.name);
}

export type AskAbout = AskValue['about'];
