import { randomUUID } from 'node:crypto';
import type { Actor } from '../src/domain/actor';
import type { Outcome } from '../src/domain/interaction';
import type { Press } from '../src/domain/press';
import { type Button, type Needs, type RunValue, valueWishOf, wishOf } from '../src/slack/buttons';
import type { Message } from '../src/slack/message';
import { privately, refusals } from '../src/slack/refusals';
import {
  type Answering,
  answeringFor,
  explain,
  readDeadlineMs,
  refusalFor,
  refuse,
  safely,
  take,
  tell,
  within,
} from './answering';
import { ButtonCall, CommandCall, callerOf, isHome, isStranger, placeOf } from './calls';
import { type Opening, openDialog, openPressed, readPressed } from './dialog';
import type { Listener, Services } from './services';

/** A button whose press is stored, acked, and carried out by the worker. */
export function onButton(button: Button<RunValue>): Listener {
  return onPress(button, {
    wish: (value, receivedAt) => wishOf(button.sameWish, value, receivedAt),
    pipeline: ({ connection, pipeline }) => `${connection}/${pipeline}`,
  });
}

/**
 * The same for a button that is not about a run, and for a menu whose entries carry what was chosen.
 * @param opens what an entry leads to that changes nothing by itself
 */
export function onValue<T extends Record<string, unknown>>(
  button: Button<T>,
  opens?: (value: T) => Opening<T> | undefined,
): Listener {
  return onPress(button, { wish: valueWishOf, ...(opens ? { opens } : {}) });
}

function onPress<T extends Record<string, unknown>>(
  button: Button<T>,
  of: {
    /** The part of the key that says which wish it is. */
    wish(value: T, receivedAt: Date): string;
    /** For the figures, where the value tells it. */
    pipeline?(value: T): string;
    opens?(value: T): Opening<T> | undefined;
  },
): Listener {
  return {
    kind: 'button',
    name: button.id,
    needs: button.needs,
    register(app, services) {
      app.action(button.id, ({ ack, action, body, context, respond }) =>
        safely(services, async () => {
          const receivedAt = services.clock.now();
          const pressed = await readPressed(services, button, { ack, action, body, respond });
          if (!pressed) return;
          const { call, answering, value } = pressed;
          const opening = of.opens?.(value);
          if (opening) {
            if (isStranger(call, context)) return refuse(answering, refusals.stranger);
            return openPressed(services, answering, { button, opening, value, call });
          }
          const place = placeOf(call);
          if (!place && !isHome(call)) return refuse(answering, refusals.withoutMessage);
          const press: Press = {
            key: `${place ? `${place.channel}:${place.ts}` : 'home'}:${button.id}:${button.sameWish === 'never' ? ownWishOf(call, receivedAt) : of.wish(value, receivedAt)}`,
            name: button.id,
            value,
            slackId: call.user.id,
            ...(place ? { channel: place.channel, messageTs: place.ts } : {}),
            ...(call.response_url ? { responseUrl: call.response_url } : {}),
            ...(call.trigger_id ? { triggerId: call.trigger_id } : {}),
            receivedAt,
          };
          const outcome = await take({
            services,
            answering,
            press,
            needs: button.needs,
            isStranger: isStranger(call, context),
          });
          if (outcome === undefined) return;
          await services.interactions.record({
            slackId: call.user.id,
            what: button.id,
            ...(place ? { channel: place.channel } : {}),
            ...(of.pipeline ? { pipeline: of.pipeline(value) } : {}),
            outcome,
            tookMs: services.clock.now().getTime() - receivedAt.getTime(),
          });
        }),
      );
    },
  };
}

/** Of each press its own; delivered again, it has the same trigger. */
function ownWishOf(call: ButtonCall, receivedAt: Date): string {
  return `${call.user.id}.${call.trigger_id ?? receivedAt.getTime()}`;
}

/** A button that Slack acts on by itself: nothing is left to do but to ack it, since it would show an error otherwise, and to count it. */
export function onLink<T>(button: Button<T>): Listener {
  return {
    kind: 'button',
    name: button.id,
    needs: button.needs,
    register(app, services) {
      app.action(button.id, ({ ack, body, context }) =>
        safely(services, async () => {
          const receivedAt = services.clock.now();
          await ack();
          const call = ButtonCall.safeParse(body).data;
          if (!call || isStranger(call, context)) return;
          const place = placeOf(call);
          await services.interactions.record({
            slackId: call.user.id,
            what: button.id,
            ...(place ? { channel: place.channel } : {}),
            outcome: 'ok',
            tookMs: services.clock.now().getTime() - receivedAt.getTime(),
          });
        }),
      );
    },
  };
}

/** Whatever else somebody finds to press: ids of earlier releases live on in old messages. */
export function onUnknownButton(known: readonly string[]): Listener {
  const others = anyBut(known);
  return {
    kind: 'button',
    name: 'unknown',
    needs: 'look',
    register(app, services) {
      app.action(others, ({ ack, body, respond }) =>
        safely(services, async () => {
          const read = ButtonCall.safeParse(body);
          if (!read.success) return ack();
          await refuse(answeringFor(services, read.data, { ack: () => ack(), respond }), refusals.tooOld);
        }),
      );
    },
  };
}

/** A command that Slack sends us under a name that is not in the configuration any more, or not yet. */
export function onUnknownCommand(): Listener {
  return {
    kind: 'command',
    name: 'unknown',
    needs: 'look',
    register(app, services) {
      app.command(anyBut(Object.values(services.commands)), ({ ack, body, respond }) =>
        safely(services, async () => {
          const typed = CommandCall.safeParse(body).data?.command ?? 'that command';
          services.log.info({ command: typed }, 'command.unknown');
          const answering: Answering = { ack, respond, log: services.log };
          await refuse(answering, refusals.unknownCommand(typed, services.commands.pipeline));
        }),
      );
    },
  };
}

function anyBut(names: readonly string[]): RegExp {
  return new RegExp(`^(?!(?:${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$)`);
}

/** What a command has to say, and how it went. */
export interface CommandAnswer {
  message: Message;
  /** To the whole channel. */
  share?: boolean;
  /** The command with its sub-command, for the figures: `pipeline status`. */
  what: string;
  pipeline?: string;
  outcome?: Outcome;
}

/** A command that changes something, as it is stored before it is acked. */
export interface CommandWish {
  /** `command:<sub-command>` */
  name: string;
  value: Record<string, unknown>;
  needs: Needs;
  /** For the figures: `pipeline subscribe`. */
  what: string;
}

/** What a command comes to, by its words alone: something to be stored, a dialog to be opened, or a question to be answered. */
export type CommandPlan =
  | { store: CommandWish }
  | { open: Opening<undefined> & { what: string; needs: Needs } }
  | { answer(asker: { actor: Actor; services: Services }): Promise<CommandAnswer> };

/** A command that reads is acked first, then answered; one that changes something is stored, acked, and carried out by the worker. */
export function onCommand(name: keyof Services['commands'], plan: (call: CommandCall) => CommandPlan): Listener {
  return {
    kind: 'command',
    name,
    needs: 'look',
    register(app, services) {
      app.command(services.commands[name], ({ ack, body, context, respond }) =>
        safely(services, async () => {
          const receivedAt = services.clock.now();
          const read = CommandCall.safeParse(body);
          if (!read.success) {
            await ack();
            services.log.warn({ command: name, err: read.error }, 'command.unreadable');
            return;
          }
          const call = read.data;
          const answering: Answering = { ack, respond, log: services.log };
          const planned = plan(call);
          if ('store' in planned) return store(planned.store);
          await ack();
          if ('open' in planned) return open(planned.open);
          let answer: CommandAnswer;
          try {
            answer = await within(readDeadlineMs, answerTo(planned.answer));
          } catch (error) {
            answer = { ...explain(error, services.log), what: name };
          }
          const isTold = await tell(answering, answer.message, answer.share);
          await services.interactions.record({
            slackId: call.user_id,
            what: answer.what,
            channel: call.channel_id,
            ...(answer.pipeline ? { pipeline: answer.pipeline } : {}),
            outcome: isTold ? (answer.outcome ?? 'ok') : 'system-error',
            tookMs: services.clock.now().getTime() - receivedAt.getTime(),
          });

          async function open(opening: Opening<undefined> & { what: string; needs: Needs }): Promise<void> {
            if (isStranger(callerOf(call), context)) return refuse(answering, refusals.stranger);
            await openDialog(services, answering, {
              ...opening,
              value: undefined,
              slackId: call.user_id,
              triggerId: call.trigger_id ?? '',
              place: { channel: call.channel_id, ...(call.response_url ? { responseUrl: call.response_url } : {}) },
            });
          }

          async function store(wish: CommandWish): Promise<void> {
            const { trigger_id: triggerId, response_url: responseUrl } = call;
            const outcome = await take({
              services,
              answering,
              press: {
                key: `command:${triggerId ?? randomUUID()}`,
                name: wish.name,
                value: wish.value,
                slackId: call.user_id,
                channel: call.channel_id,
                ...(responseUrl ? { responseUrl } : {}),
                ...(triggerId ? { triggerId } : {}),
                receivedAt,
              },
              needs: wish.needs,
              isStranger: isStranger(callerOf(call), context),
            });
            if (outcome === undefined) return;
            const tookMs = services.clock.now().getTime() - receivedAt.getTime();
            await services.interactions.record({
              slackId: call.user_id,
              what: wish.what,
              channel: call.channel_id,
              outcome,
              tookMs,
            });
          }

          async function answerTo(run: Extract<CommandPlan, { answer: unknown }>['answer']): Promise<CommandAnswer> {
            const refusal = isStranger(callerOf(call), context) ? refusals.stranger : undefined;
            const actor = refusal === undefined ? await services.actors.get(call.user_id) : undefined;
            const refused = refusal ?? (actor && refusalFor(actor, 'look'));
            if (refused !== undefined || !actor) {
              return { message: privately(refused ?? refusals.stranger), what: name, outcome: 'not-allowed' };
            }
            return run({ actor, services });
          }
        }),
      );
    },
  };
}
