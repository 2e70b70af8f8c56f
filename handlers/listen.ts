import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Actor } from '../src/domain/actor';
import { Failure } from '../src/domain/failure';
import type { ImpactAnswer } from '../src/domain/impact';
import type { Interaction, Outcome } from '../src/domain/interaction';
import type { ParkedList } from '../src/domain/parked';
import type { StatusAnswer } from '../src/domain/pipeline-status';
import type { Press } from '../src/domain/press';
import type { SubscriptionList } from '../src/domain/subscription';
import type { Clock } from '../src/lib/clock';
import type { Logger } from '../src/lib/logger';
import { type Button, type Needs, type RunValue, valueWishOf, wishOf } from '../src/slack/buttons';
import type { Message } from '../src/slack/message';
import { privately, refusals } from '../src/slack/refusals';

/** The use cases that listeners are given. */
export interface Services {
  presses: {
    /**
     * One INSERT. `too-late`: the signal went off before the row was certain, and it is not taken, now or later. `away`: the
     * database could not be reached, and it is not taken either. Rejects when the
     * database did; then nobody knows, and the listener looks.
     */
    storeOnce(press: Press, signal: AbortSignal): Promise<'stored' | 'repeat' | 'too-late' | 'away'>;
    whoAsked(key: string): Promise<{ slackId: string; at: Date; triggerId?: string } | undefined>;
  };
  /** @throws Failure */
  actors: { get(slackId: string): Promise<Actor> };
  pipelines: {
    status(question: {
      actor: Actor;
      channelId: string;
      channelName: string;
      isDirect: boolean;
    }): Promise<StatusAnswer>;
    find(question: { actor: Actor; name: string }): Promise<StatusAnswer>;
    impact(question: { name: string }): Promise<ImpactAnswer>;
  };
  /** Drawn and uploaded. Nothing where Slack or the pen failed: what they show is said in words as well. Never throws. */
  pictures: {
    downstream(answer: Extract<ImpactAnswer, { kind: 'impact' }>): Promise<{ fileId: string; alt: string } | undefined>;
  };
  subscriptions: { list(question: { channelId: string; slackId: string }): Promise<SubscriptionList> };
  /** Posts that were set aside, for those who may look after them. */
  parked: { list(question: { actor: Actor; page: number }): Promise<ParkedList | { whoMay: string }> };
  /** Never throws. */
  interactions: { record(interaction: Interaction): Promise<void> };
  /** Names of commands, with their slash. */
  commands: { pipeline: string };
  clock: Clock;
  log: Logger;
}

/** One thing that is listened for. Tests walk the list of them. */
export interface Listener {
  kind: 'button' | 'command';
  /** Id of the button, or the command's key in `Services.commands`. */
  name: string;
  needs: Needs;
  register(app: App, services: Services): void;
}

/** A press that is not stored by then is not taken. Slack's own limit for the ack is 3 s. */
export const pressDeadlineMs = 1_000;
/** How much longer it is waited for word of what became of the press, before the person is told that it is not known. */
const certaintyMs = 5_000;
/** A question that takes longer gets "please ask again" for an answer. */
const readDeadlineMs = 10_000;
/** The second of two presses of a nervous finger needs no answer. */
const doublePressMs = 10_000;

const text = z.string().min(1);
const team = z.object({ id: text }).nullish();
const Home = z.object({ home: z.object({ teamId: text, enterpriseId: z.string().optional() }).optional() });

const ButtonCall = z.object({
  user: z.object({ id: text, team_id: text.nullish() }),
  enterprise: team,
  channel: z.object({ id: text }).nullish(),
  message: z.object({ ts: text }).nullish(),
  container: z.object({ message_ts: text.nullish(), channel_id: text.nullish(), thread_ts: text.nullish() }).nullish(),
  response_url: text.nullish(),
  trigger_id: text.nullish(),
});
type ButtonCall = z.infer<typeof ButtonCall>;

const CommandCall = z.object({
  command: text,
  text: z.string().default(''),
  user_id: text,
  team_id: text.nullish(),
  enterprise_id: z.string().nullish(),
  channel_id: text,
  channel_name: z.string().default(''),
  response_url: text.nullish(),
  trigger_id: text.nullish(),
});
export type CommandCall = z.infer<typeof CommandCall>;

interface Answering {
  ack(): Promise<void>;
  /** Bolt's; missing where Slack gave no `response_url`. */
  respond?: (message: object) => Promise<unknown>;
  threadTs?: string;
  log: Logger;
}

/** A button whose press is stored, acked, and carried out by the worker. */
export function onButton(button: Button<RunValue>): Listener {
  return onPress(button, {
    wish: (value, receivedAt) => wishOf(button.sameWish, value, receivedAt),
    pipeline: ({ connection, pipeline }) => `${connection}/${pipeline}`,
  });
}

/** The same for a button that is not about a run, and for a menu whose entries carry what was chosen. */
export function onValue<T extends Record<string, unknown>>(button: Button<T>): Listener {
  return onPress(button, { wish: valueWishOf });
}

const Carried = z.union([
  z.object({ value: z.string() }).transform(({ value }) => value),
  z.object({ selected_option: z.object({ value: z.string() }) }).transform((action) => action.selected_option.value),
]);

function onPress<T extends Record<string, unknown>>(
  button: Button<T>,
  of: {
    /** The part of the key that says which wish it is. */
    wish(value: T, receivedAt: Date): string;
    /** For the figures, where the value tells it. */
    pipeline?(value: T): string;
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
          const read = ButtonCall.safeParse(body);
          if (!read.success) {
            await ack();
            services.log.warn({ button: button.id, err: read.error }, 'press.unreadable');
            return;
          }
          const call = read.data;
          const answering = answeringFor(services, call, { ack: () => ack(), respond });
          const value = button.decode(Carried.safeParse(action).data);
          if (!value.ok) return refuse(answering, refusals.tooOld);
          const place = placeOf(call);
          if (!place) return refuse(answering, refusals.withoutMessage);
          const press: Press = {
            key: `${place.channel}:${place.ts}:${button.id}:${of.wish(value.value, receivedAt)}`,
            name: button.id,
            value: value.value,
            slackId: call.user.id,
            channel: place.channel,
            messageTs: place.ts,
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
            channel: place.channel,
            ...(of.pipeline ? { pipeline: of.pipeline(value.value) } : {}),
            outcome,
            tookMs: services.clock.now().getTime() - receivedAt.getTime(),
          });
        }),
      );
    },
  };
}

/** A button that Slack acts on by itself. Not acked, it would show an error all the same. */
export function onLink<T>(button: Button<T>): Listener {
  return {
    kind: 'button',
    name: button.id,
    needs: button.needs,
    register(app, services) {
      app.action(button.id, ({ ack }) => safely(services, () => ack()));
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

/** What a command comes to, by its words alone: something to be stored, or a question to be answered. */
export type CommandPlan =
  | { store: CommandWish }
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
          let answer: CommandAnswer;
          try {
            answer = await within(readDeadlineMs, answerTo(planned.answer));
          } catch (error) {
            answer = { ...explain(error, services.log), what: name };
          }
          await tell(answering, answer.message, answer.share);
          await services.interactions.record({
            slackId: call.user_id,
            what: answer.what,
            channel: call.channel_id,
            ...(answer.pipeline ? { pipeline: answer.pipeline } : {}),
            outcome: answer.outcome ?? 'ok',
            tookMs: services.clock.now().getTime() - receivedAt.getTime(),
          });

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

/** Bots and people who left may do nothing here; guests may look. What a rule of the policy says comes on top, where it is done. */
function refusalFor(actor: Actor, needs: Needs): string | undefined {
  if (actor.isBot) return refusals.bot;
  if (actor.isDeactivated) return refusals.deactivated;
  return actor.isGuest && needs !== 'look' ? refusals.guest : undefined;
}

/** The private sentence for an error, and its line in the log. What is not a Failure is our bug. */
function explain(error: unknown, log: Logger): { message: Message; outcome: Outcome } {
  if (error instanceof Failure) {
    log.info({ kind: error.kind, where: error.where, detail: error.detail }, 'answer.failure');
    return { message: privately(refusals.failure(error)), outcome: 'system-error' };
  }
  if (error instanceof TookTooLong) {
    log.warn('answer.too-slow');
    return { message: privately(refusals.tooSlow), outcome: 'system-error' };
  }
  const id = randomUUID().slice(0, 8);
  log.error({ err: error, id }, 'answer.fault');
  return { message: privately(refusals.fault(id)), outcome: 'system-error' };
}

type Taken = 'stored' | 'repeat' | 'too-late' | 'away' | { unsettled: unknown };

/**
 * Stores the press within one second; then it is acked. When the second is over, the signal tells the store not to take it any more, it
 * is acked all the same, and the person hears what became of it. Whether they may is for the worker to say: who they are may take
 * Slack longer than a press may wait.
 * @returns how it went, for the figures; nothing for a repeat
 */
async function take(input: {
  services: Services;
  answering: Answering;
  press: Press;
  needs: Needs;
  isStranger: boolean;
}): Promise<Outcome | undefined> {
  const { services, answering, press } = input;
  if (input.isStranger) {
    await refuse(answering, refusals.stranger);
    return 'not-allowed';
  }
  const deadline = AbortSignal.timeout(pressDeadlineMs);
  const storing = services.presses.storeOnce(press, deadline).catch((error: unknown): Taken => ({ unsettled: error }));
  await Promise.race([storing, once(deadline)]);
  await answering.ack();
  const taken = await within(certaintyMs, storing).catch((error: unknown): Taken => ({ unsettled: error }));

  if (taken === 'stored') return outcomeFor(input);
  if (taken === 'repeat') {
    await answerRepeat(input);
    return undefined;
  }
  if (taken === 'too-late' || taken === 'away') {
    services.log.warn({ key: press.key }, `press.${taken}`);
    await tell(answering, privately(refusals.notTaken));
    return 'system-error';
  }
  services.log.error({ err: taken.unsettled, key: press.key }, 'press.unsettled');
  if (await isStored(services, press)) return 'ok';
  await tell(answering, privately(refusals.notCertain));
  return 'system-error';
}

/** For the figures. The worker refuses, and says so. */
async function outcomeFor({ services, press, needs }: Parameters<typeof take>[0]): Promise<Outcome> {
  try {
    const actor = await within(readDeadlineMs, services.actors.get(press.slackId));
    return refusalFor(actor, needs) === undefined ? 'ok' : 'not-allowed';
  } catch {
    return 'ok';
  }
}

/** The database answered with an error: was it before the row was there, or after? */
async function isStored(services: Services, press: Press): Promise<boolean> {
  try {
    const asked = await within(certaintyMs, services.presses.whoAsked(press.key));
    return asked !== undefined;
  } catch {
    return false;
  }
}

async function answerRepeat({ services, answering, press }: Parameters<typeof take>[0]): Promise<void> {
  const asked = await services.presses.whoAsked(press.key);
  // Slack delivered the same press again.
  if (!asked || (asked.triggerId !== undefined && asked.triggerId === press.triggerId)) return;
  const sinceMs = press.receivedAt.getTime() - asked.at.getTime();
  if (asked.slackId === press.slackId && sinceMs < doublePressMs) return;
  await tell(answering, privately(refusals.alreadyAsked(asked.slackId, asked.at, press.receivedAt)));
}

function placeOf(call: ButtonCall): { channel: string; ts: string } | undefined {
  const channel = call.channel?.id ?? call.container?.channel_id;
  const ts = call.message?.ts ?? call.container?.message_ts;
  return channel && ts ? { channel, ts } : undefined;
}

/** The thread of a button inside one; an alert that heads a thread is answered beside it, in the channel. */
function threadOf(call: ButtonCall): string | undefined {
  const thread = call.container?.thread_ts ?? undefined;
  return thread === placeOf(call)?.ts ? undefined : thread;
}

/** In a channel that is shared with another company its people can press and type as well. */
function isStranger(
  caller: { user: { team_id?: string | null }; enterprise?: { id: string } | null },
  context: unknown,
): boolean {
  const home = Home.safeParse(context).data?.home;
  const from = caller.user.team_id;
  if (!home || !from || from === home.teamId) return false;
  return home.enterpriseId === undefined || caller.enterprise?.id !== home.enterpriseId;
}

function callerOf(call: CommandCall): Parameters<typeof isStranger>[0] {
  return { user: { team_id: call.team_id }, ...(call.enterprise_id ? { enterprise: { id: call.enterprise_id } } : {}) };
}

function answeringFor(
  services: Services,
  call: ButtonCall,
  bolt: Pick<Answering, 'ack'> & { respond: Answering['respond'] },
): Answering {
  return {
    ack: bolt.ack,
    ...(call.response_url ? { respond: bolt.respond } : {}),
    ...(threadOf(call) ? { threadTs: threadOf(call) } : {}),
    log: services.log,
  };
}

async function refuse(answering: Answering, sentence: string): Promise<void> {
  await answering.ack();
  await tell(answering, privately(sentence));
}

/** Slack takes a moment to make an uploaded picture ready; until then it refuses what shows it. In ms, one try after each. */
const pictureWaitsMs = [0, 700, 1_500, 3_000];

/** To the person alone, unless it is to be shared. Best effort: an expired address is not our fault. */
async function tell(answering: Answering, message: Message, share = false): Promise<void> {
  const { respond, threadTs, log } = answering;
  if (!respond) return void log.info('answer.no-address');
  const where = threadTs === undefined ? {} : { thread_ts: threadTs };
  const send = (said: Message) =>
    within(
      readDeadlineMs,
      respond({ ...said, ...where, response_type: share ? 'in_channel' : 'ephemeral', replace_original: false }),
    );
  const withoutPicture = { ...message, blocks: message.blocks.filter((block) => !showsFile(block)) };
  if (withoutPicture.blocks.length < message.blocks.length) {
    for (const waitMs of pictureWaitsMs) {
      await sleep(waitMs);
      try {
        return void (await send(message));
      } catch (error) {
        log.info({ err: error }, 'answer.picture-not-ready');
        if (error instanceof TookTooLong) return;
      }
    }
  }
  await send(withoutPicture).catch((error: unknown) => log.info({ err: error }, 'answer.lost'));
}

const showsFile = (block: Message['blocks'][number]): boolean => block.type === 'image' && 'slack_file' in block;

/** Nothing that goes wrong in a listener gets into Bolt, which would leave the person without an answer. */
async function safely(services: Services, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    services.log.error({ err: error }, 'listener.fault');
  }
}

class TookTooLong extends Error {}

/** @throws TookTooLong when the time is over first */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TookTooLong()), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
