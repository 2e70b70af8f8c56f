import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../src/domain/actor';
import { Failure } from '../src/domain/failure';
import type { Outcome } from '../src/domain/interaction';
import type { Press } from '../src/domain/press';
import type { Logger } from '../src/lib/logger';
import type { Needs } from '../src/slack/buttons';
import { type Message, plainForm } from '../src/slack/message';
import { privately, refusals } from '../src/slack/refusals';
import { type ButtonCall, threadOf } from './calls';
import type { Services } from './services';

/** A press that is not stored by then is not taken. Slack's own limit for the ack is 3 s. */
export const pressDeadlineMs = 1_000;
/** How much longer it is waited for word of what became of the press, before the person is told that it is not known. */
const certaintyMs = 5_000;
/** A question that takes longer gets "please ask again" for an answer. */
export const readDeadlineMs = 10_000;
/** The second of two presses of a nervous finger needs no answer. */
const doublePressMs = 10_000;

export interface Answering {
  ack(): Promise<void>;
  /** Bolt's; missing where Slack gave no `response_url`. */
  respond?: (message: object) => Promise<unknown>;
  threadTs?: string;
  log: Logger;
}

/** Bots and people who left may do nothing here; guests may look. What a rule of the policy says comes on top, where it is done. */
export function refusalFor(actor: Actor, needs: Needs): string | undefined {
  if (actor.isBot) return refusals.bot;
  if (actor.isDeactivated) return refusals.deactivated;
  return actor.isGuest && needs !== 'look' ? refusals.guest : undefined;
}

/** The private sentence for an error, and its line in the log. What is not a Failure is our bug. */
export function explain(error: unknown, log: Logger): { message: Message; outcome: Outcome } {
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

/** What became of a press: taken, now or before; not taken, now or later; or nobody knows. */
export type Kept = 'stored' | 'repeat' | 'not-taken' | 'not-certain';

/**
 * Stores the press within one second. When the second is over, the signal tells the store not to take it any more.
 * @param meanwhile `ack`: called when it is stored or the second is over; `patienceMs`: how much longer word of it is waited for
 */
export async function keep(
  services: Services,
  press: Press,
  meanwhile: { ack?: () => Promise<void>; patienceMs: number },
): Promise<Kept> {
  const deadline = AbortSignal.timeout(pressDeadlineMs);
  const unsettled = (error: unknown) => ({ unsettled: error });
  const storing = services.presses.storeOnce(press, deadline).catch(unsettled);
  await Promise.race([storing, once(deadline)]);
  await meanwhile.ack?.();
  const taken = await within(meanwhile.patienceMs, storing).catch(unsettled);
  if (taken === 'stored' || taken === 'repeat') return taken;
  if (taken === 'too-late' || taken === 'away') {
    services.log.warn({ key: press.key }, `press.${taken}`);
    return 'not-taken';
  }
  services.log.error({ err: taken.unsettled, key: press.key }, 'press.unsettled');
  return (await isStored(services, press, meanwhile.patienceMs)) ? 'stored' : 'not-certain';
}

/**
 * Stores a press on a message, and acks it. Where it is not taken, the person hears so. Whether they may is for the worker to say:
 * who they are may take Slack longer than a press may wait.
 * @returns how it went, for the figures; nothing for a repeat
 */
export async function take(input: {
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
  const kept = await keep(services, press, { ack: answering.ack, patienceMs: certaintyMs });
  if (kept === 'stored') return outcomeFor(input);
  if (kept === 'repeat') {
    await answerRepeat(input);
    return undefined;
  }
  await tell(answering, privately(kept === 'not-taken' ? refusals.notTaken : refusals.notCertain));
  return 'system-error';
}

/** For the figures. The worker refuses, and says so. */
export async function outcomeFor({
  services,
  press,
  needs,
}: {
  services: Services;
  press: Press;
  needs: Needs;
}): Promise<Outcome> {
  try {
    const actor = await within(readDeadlineMs, services.actors.get(press.slackId));
    return refusalFor(actor, needs) === undefined ? 'ok' : 'not-allowed';
  } catch {
    return 'ok';
  }
}

/** The database answered with an error: was it before the row was there, or after? */
async function isStored(services: Services, press: Press, patienceMs: number): Promise<boolean> {
  try {
    const asked = await within(patienceMs, services.presses.whoAsked(press.key));
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

export function answeringFor(
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

export async function refuse(answering: Answering, sentence: string): Promise<void> {
  await answering.ack();
  await tell(answering, privately(sentence));
}

/** Slack takes a moment to make an uploaded picture ready; until then it refuses what shows it. In ms, one try after each. */
const pictureWaitsMs = [0, 700, 1_500, 3_000];

/**
 * To the person alone, unless it is to be shared; what Slack refuses as it is, in its words alone. Best effort: an expired address is not
 * our fault.
 *
 * @returns whether it was told
 */
export async function tell(answering: Answering, message: Message, share = false): Promise<boolean> {
  const { respond, threadTs, log } = answering;
  if (!respond) {
    log.info('answer.no-address');
    return false;
  }
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
        await send(message);
        return true;
      } catch (error) {
        log.info({ err: error }, 'answer.picture-not-ready');
        if (error instanceof TookTooLong) return false;
      }
    }
  }
  const isTold = (said: Message) => send(said).then(() => true);
  const isLost = (error: unknown) => {
    log.info({ err: error }, 'answer.lost');
    return false;
  };
  return isTold(withoutPicture).catch((error: unknown) => {
    if (!isRefusedAsItIs(error)) return isLost(error);
    log.error({ err: error }, 'answer.refused-for-content');
    return isTold(plainForm(message)).catch(isLost);
  });
}

/** Bolt throws with the status that the address gave: 404 where it is used up or expired, 400 for what it does not take. */
const isRefusedAsItIs = (error: unknown): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 400;

const showsFile = (block: Message['blocks'][number]): boolean => block.type === 'image' && 'slack_file' in block;

/** Nothing that goes wrong in a listener gets into Bolt, which would leave the person without an answer. */
export async function safely(services: Services, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    services.log.error({ err: error }, 'listener.fault');
  }
}

class TookTooLong extends Error {}

/** @throws TookTooLong when the time is over first */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
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
