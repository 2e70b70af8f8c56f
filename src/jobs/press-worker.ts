import { z } from 'zod';
import type { Actions, Answer, ConsentAnswer } from '../actions';
import { type ActionKind, type ActionState, isSettled } from '../domain/action';
import { readBulkWord } from '../domain/action-list';
import type { Actor } from '../domain/actor';
import { ClosingReason } from '../domain/closing';
import { Failure, failureKinds } from '../domain/failure';
import { DigestChoice } from '../domain/figures/digest-plan';
import { type ParkedAnswer, ParkedCause } from '../domain/parked';
import { Pace } from '../domain/plan';
import { isRefusal, type PressAnswer, replayedPresses } from '../domain/press';
import type { Settings } from '../domain/settings';
import type { SubscriptionAnswer } from '../domain/subscription';
import type { AcknowledgeOutcome, Incidents } from '../incidents';
import type { Maintenance } from '../incidents/maintenance';
import type { Members } from '../incidents/members';
import type { Mutes } from '../incidents/mutes';
import type { Owners } from '../incidents/owners';
import type { Parked } from '../incidents/parked';
import type { Quiet, QuietOutcome } from '../incidents/quiet';
import type { Subscriptions, Wish } from '../incidents/subscriptions';
import type { Clock } from '../lib/clock';
import { isDatabaseAway } from '../lib/error-code';
import type { Logger } from '../lib/logger';
import type { Pipelines } from '../pipelines';
import type { DigestPlans } from '../reporting/digest-plans';
import type { Requests } from '../requests';
import type { Feedback } from '../requests/feedback';
import type { Pulse } from '../requests/pulse';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as incidentRows from '../store/incident-rows';
import * as postRows from '../store/post-rows';
import type { StoredPress } from '../store/press-rows';
import * as pressRows from '../store/press-rows';
import type { Done } from './done';
import { createFeedbackPresses } from './feedback-presses';
import { createRequestPresses, type RequestPressDeps } from './request-presses';

export interface PressWorkerDeps
  extends Pick<RequestPressDeps, 'aboutNamed' | 'messageAt' | 'assigning' | 'requestTasks' | 'pinned' | 'questions'> {
  db: Db;
  clock: Clock;
  log: Logger;
  incidents: Incidents;
  quiet: Pick<Quiet, 'mute' | 'unmute' | 'handedBack'>;
  actions: Actions;
  pipelines: Pick<Pipelines, 'log'>;
  members: Members;
  subscriptions: Omit<Subscriptions, 'list'>;
  mutes: Pick<Mutes, 'mute' | 'unmute'>;
  maintenance: Pick<Maintenance, 'plan'>;
  digestPlans: Pick<DigestPlans, 'choose'>;
  parked: Pick<Parked, 'resend' | 'drop'>;
  owners: Pick<Owners, 'tell'>;
  requests: Requests;
  feedback: Feedback;
  pulse: Pick<Pulse, 'answer' | 'explain'>;
  settings(): Settings;
  /** May this person look after Pitcrew itself? */
  mayOperate(actor: Actor): { may: boolean; whoMay: string };
  actor(slackId: string): Promise<Actor>;
  /** Tells the person alone; best effort, never the only trace. */
  answer(press: StoredPress, answer: PressAnswer): Promise<void>;
  /** What they pressed on their Home tab shows there at once. Best effort. */
  renewHome(slackId: string): Promise<void>;
  wakeAction(actionId: string): Promise<void>;
  wakeOutbox(): Promise<void>;
}

/** What a button on an alert carries. */
const RunValue = z.object({
  incidentId: z.uuid(),
  connection: z.string(),
  pipeline: z.string(),
  partition: z.string().optional(),
  run: z.string(),
  attempt: z.number().int(),
  turn: z.number().int().default(0),
});
type RunValue = z.infer<typeof RunValue>;

/** What an entry of the mute menu carries. */
const MuteValue = z.object({ incidentId: z.uuid(), minutes: z.number().int().min(1).max(10_080) });

/** What the entry of the same menu carries that closes the alert. */
const CloseValue = z.object({ incidentId: z.uuid(), close: ClosingReason });

/** What a button of the list of posts that were set aside carries. */
const ParkedValue = z.object({ id: z.uuid() });
/** What the dialog of a plan is submitted with. */
const PlanValue = z.object({
  actionId: z.uuid(),
  pace: Pace.pick({ parallel: true, stopAfter: true, canary: true }).optional(),
  reason: z.string().optional(),
});
/** Why the glass is broken. */
const GlassValue = z.object({ id: z.uuid(), reason: z.string().trim().min(1) });
/** Which digest a channel is to get. */
const DigestValue = z.object({ channel: z.string().min(1), choice: DigestChoice });
/** What a button of an action's own message carries. */
const ActionValue = z.object({ id: z.uuid() });
const AutoRetryValue = z.object({ id: z.uuid(), incidentId: z.uuid().optional() });
const PipelineValue = z.object({ connection: z.string(), key: z.string() });
const AlikeValue = z.object({ cause: ParkedCause });

/** What was typed after the word of a command. */
const Typed = z.object({ text: z.string() });

/** Who typed what, where. */
interface Typing {
  actor: Actor;
  channel: string;
  text: string;
}

const maxAttempts = 5;

/** Reads what the button carries; what is to be done with it, in the channel of the alert. */
type CarryOut = (
  value: unknown,
) => { incidentId: string; run(tx: Tx, press: StoredPress, channel: string): Promise<Done> } | undefined;

function reading<T extends { incidentId: string }>(
  schema: z.ZodType<T>,
  run: (tx: Tx, press: StoredPress, value: T, channel: string) => Promise<Done>,
): CarryOut {
  return (carried) => {
    const value = schema.safeParse(carried).data;
    return value && { incidentId: value.incidentId, run: (tx, press, channel) => run(tx, press, value, channel) };
  };
}

export function createPressWorker(deps: PressWorkerDeps) {
  const { db, clock, log, incidents, actions } = deps;

  const quieting = reading(MuteValue, mute);
  const closing = reading(CloseValue, close);
  const more: CarryOut = (value) => quieting(value) ?? closing(value);

  /** Every button that changes something, by its id. A test holds this list equal to the buttons. */
  const carryOut = new Map<string, CarryOut>([
    ['retry-run.v1', reading(RunValue, (tx, press, value, channel) => ask(tx, 'retry', press, value, channel))],
    ['stop-run.v1', reading(RunValue, (tx, press, value, channel) => ask(tx, 'stop', press, value, channel))],
    [
      'acknowledge.v1',
      reading(RunValue, async (tx, press, { incidentId }, channel) => {
        if (await mayOnlyLook(press)) return onlyLooking;
        return acknowledged(await incidents.acknowledge(tx, { incidentId, channel, by: press.slackId }));
      }),
    ],
    [
      'unacknowledge.v1',
      reading(RunValue, async (tx, press, { incidentId }, channel) => {
        if (await mayOnlyLook(press)) return onlyLooking;
        const result = await incidents.unacknowledge(tx, { incidentId, channel });
        if (result.outcome === 'done') await deps.quiet.handedBack(tx, { incidentId, channel });
        return acknowledged(result);
      }),
    ],
    ['mute.v1', reading(MuteValue, mute)],
    ['alert-more.v1', more],
    [
      'undo-close.v1',
      reading(RunValue, async (tx, press, { incidentId }, channel) => {
        const actor = await deps.actor(press.slackId);
        if (onlyLooks(actor)) return onlyLooking;
        const { personId, slackId: by } = actor;
        return acknowledged(await incidents.undoClose(tx, { incidentId, channel, by, personId }));
      }),
    ],
    [
      'unmute.v1',
      reading(RunValue, async (tx, press, { incidentId }, channel) => {
        if (await mayOnlyLook(press)) return onlyLooking;
        return acknowledged(ofQuiet(await deps.quiet.unmute(tx, { incidentId, channel, by: press.slackId })));
      }),
    ],
    ['show-log.v1', reading(RunValue, showLog)],
    ['show-members.v1', reading(RunValue, showMembers)],
  ]);

  const { parked } = deps;
  /** Buttons that are not of an alert. */
  const others = new Map<string, (tx: Tx, press: StoredPress) => Promise<Done>>([
    ['resend-parked.v1', operating(ParkedValue, parked.resend)],
    ['resend-alike.v1', operating(AlikeValue, parked.resend)],
    ['drop-parked.v1', operating(ParkedValue, parked.drop)],
    ['tell-owners.v1', tellOwners],
    ['approve-action.v1', consenting((tx, id, actor) => actions.answer(tx, { actionId: id, actor, word: 'approve' }))],
    ['decline-action.v1', consenting((tx, id, actor) => actions.answer(tx, { actionId: id, actor, word: 'decline' }))],
    ['plan.v1', confirming],
    ['allow-auto-retry.v1', autoRetrying(actions.autoRetry.allow)],
    ['stop-auto-retry.v1', autoRetrying(actions.autoRetry.stop)],
    ['glass.v1', breaking],
    ['digest.v1', choosingDigest],
    ['pause-action.v1', holding('pause')],
    ['resume-action.v1', holding('resume')],
    ['cancel-action.v1', holding('cancel')],
    ['withdraw-action.v1', consenting((tx, id, actor) => actions.withdraw(tx, { actionId: id, actor }))],
  ]);

  async function choosingDigest(tx: Tx, press: StoredPress): Promise<Done> {
    const value = DigestValue.safeParse(press.value).data;
    if (!value) return { outcome: 'not understood', answer: { kind: 'gone' } };
    const said = await deps.digestPlans.choose(tx, { actor: await deps.actor(press.slackId), ...value });
    return { outcome: said.kind, answer: { kind: 'digest', said } };
  }

  /** A word on what waits for a second person; the action's own message shows what it led to. */
  function consenting(
    run: (tx: Tx, id: string, actor: Actor) => Promise<ConsentAnswer>,
  ): (tx: Tx, press: StoredPress) => Promise<Done> {
    return async (tx, press) => {
      const value = ActionValue.safeParse(press.value).data;
      if (!value) return { outcome: 'not understood', answer: { kind: 'gone' } };
      const actor = await deps.actor(press.slackId);
      if (actor.isGuest || actor.isBot || actor.isDeactivated) return onlyLooking;
      return decided(await run(tx, value.id, actor));
    };
  }

  /** Goes on without the yes that is waited for. */
  async function breaking(tx: Tx, press: StoredPress): Promise<Done> {
    const value = GlassValue.safeParse(press.value).data;
    if (!value) return { outcome: 'not understood', answer: { kind: 'gone' } };
    const actor = await deps.actor(press.slackId);
    if (onlyLooks(actor)) return onlyLooking;
    return decided(await actions.breakGlass(tx, { actionId: value.id, actor, reason: value.reason }));
  }

  /** A word on the course of a large action; its own message shows what it led to. */
  function holding(word: 'pause' | 'resume' | 'cancel') {
    return async (tx: Tx, press: StoredPress): Promise<Done> => {
      const value = ActionValue.safeParse(press.value).data;
      if (!value) return { outcome: 'not understood', answer: { kind: 'gone' } };
      const actor = await deps.actor(press.slackId);
      const said = await actions.say(tx, { actionId: value.id, actor, word });
      switch (said.outcome) {
        case 'done':
          return { outcome: 'done', actionId: value.id };
        case 'already':
          return { outcome: 'already', answer: { kind: 'cannot', say: sayHeld(said.state) } };
        case 'denied':
          return { outcome: 'denied', answer: { kind: 'denied', why: said.why, whoMay: said.whoMay } };
        case 'cannot':
          return { outcome: 'cannot', answer: { kind: 'cannot', say: said.say } };
        case 'gone':
          return { outcome: 'gone', answer: { kind: 'gone' } };
      }
    };
  }

  /** The yes of who has seen the plan. */
  async function confirming(tx: Tx, press: StoredPress): Promise<Done> {
    const value = PlanValue.safeParse(press.value).data;
    if (!value) return { outcome: 'not understood', answer: { kind: 'gone' } };
    const actor = await deps.actor(press.slackId);
    if (onlyLooks(actor)) return onlyLooking;
    const { actionId, pace, reason } = value;
    const answer = await actions.confirm(tx, { actionId, actor, pace, breakGlass: reason });
    const done = asked('change', answer, press);
    return answer.outcome === 'asked' && !press.messageTs ? { ...done, answer: { kind: 'taken' } } : done;
  }

  /** A word on retries that go by themselves; told in the thread where it was said. */
  function autoRetrying(run: Actions['autoRetry']['allow']): (tx: Tx, press: StoredPress) => Promise<Done> {
    return async (tx, press) => {
      const value = AutoRetryValue.safeParse(press.value).data;
      if (!value) return { outcome: 'not understood', answer: { kind: 'gone' } };
      const actor = await deps.actor(press.slackId);
      if (onlyLooks(actor)) return onlyLooking;
      const { id, incidentId } = value;
      const channel = incidentId && (await postRows.placeOfAlert(tx, incidentId, press));
      const said = await run(tx, { id, actor, ...(incidentId && channel ? { place: { incidentId, channel } } : {}) });
      switch (said.outcome) {
        case 'allowed':
          return { outcome: 'allowed' };
        case 'stopped':
          if (channel) return { outcome: 'stopped' };
          return {
            outcome: 'stopped',
            answer: {
              kind: 'cannot',
              say: 'I do that by myself no more. You can let me again when a retry has mended that cause often enough.',
            },
          };
        case 'already':
          return {
            outcome: 'already',
            answer: { kind: 'cannot', say: 'That has been decided already. Please see its thread for how.' },
          };
        case 'denied':
          return { outcome: 'denied', answer: { kind: 'denied', why: said.why, whoMay: said.whoMay } };
        case 'gone':
          return { outcome: 'gone', answer: { kind: 'gone' } };
      }
    };
  }

  async function tellOwners(tx: Tx, press: StoredPress): Promise<Done> {
    const ref = PipelineValue.safeParse(press.value);
    if (!ref.success) return { outcome: 'not understood', answer: { kind: 'gone' } };
    if (await mayOnlyLook(press)) return onlyLooking;
    const said = await deps.owners.tell(tx, ref.data, { slackId: press.slackId });
    return { outcome: said.kind, answer: { kind: 'owners', said } };
  }

  function operating<T>(
    schema: z.ZodType<T>,
    run: (tx: Tx, value: T, personId: string) => Promise<ParkedAnswer>,
  ): (tx: Tx, press: StoredPress) => Promise<Done> {
    return async (tx, press) => {
      const value = schema.safeParse(press.value);
      if (!value.success) return { outcome: 'not understood', answer: { kind: 'gone' } };
      const actor = await deps.actor(press.slackId);
      const { may, whoMay } = deps.mayOperate(actor);
      if (!may) return { outcome: 'denied', answer: { kind: 'denied', why: `This is for ${whoMay}.`, whoMay } };
      const said = await run(tx, value.data, actor.personId);
      return { outcome: said.kind, answer: { kind: 'parked', said } };
    };
  }

  const { subscriptions } = deps;
  for (const [name, run] of [...createRequestPresses(deps), ...createFeedbackPresses(deps)]) others.set(name, run);

  /** Every command that changes something, by its name as a press. A test holds this list equal to the commands. */
  const commands = new Map<string, (tx: Tx, press: StoredPress) => Promise<Done>>([
    ['command:subscribe', typed('all but guests', subscribing(subscriptions.subscribe))],
    ['command:unsubscribe', typed('all but guests', subscribing(subscriptions.unsubscribe))],
    ['command:bulk', typed('all but guests', switching)],
    ['command:follow', typed('everybody', subscribing(subscriptions.follow))],
    ['command:unfollow', typed('everybody', subscribing(subscriptions.unfollow))],
    ['command:mute', typed('all but guests', muting(deps.mutes.mute))],
    ['command:unmute', typed('all but guests', muting(deps.mutes.unmute))],
    [
      'command:maintenance',
      typed('all but guests', async (tx, wish) => ({
        kind: 'maintenance',
        said: await deps.maintenance.plan(tx, wish),
      })),
    ],
  ]);

  type Run = (tx: Tx, wish: Typing) => Promise<PressAnswer & { said: { kind: string } }>;

  function subscribing(run: (tx: Tx, wish: Wish) => Promise<SubscriptionAnswer>): Run {
    return async (tx, wish) => ({ kind: 'subscription', said: await run(tx, wish) });
  }

  async function switching(tx: Tx, { actor, text }: Typing): Promise<PressAnswer & { said: { kind: string } }> {
    const word = readBulkWord(text);
    if (!word) return { kind: 'bulk', said: { kind: 'unclear', asked: text } };
    return { kind: 'bulk', said: await actions.switchBulk(tx, { actor, ...word }) };
  }

  function muting(run: Mutes['mute']): Run {
    return async (tx, wish) => ({ kind: 'mute', said: await run(tx, wish) });
  }

  function typed(whoMay: 'everybody' | 'all but guests', run: Run) {
    return async (tx: Tx, press: StoredPress): Promise<Done> => {
      const value = Typed.safeParse(press.value).data;
      if (!value || !press.channel) return { outcome: 'not understood', answer: { kind: 'gone' } };
      const actor = await deps.actor(press.slackId);
      if (actor.isBot || actor.isDeactivated || (actor.isGuest && whoMay !== 'everybody')) return onlyLooking;
      const answer = await run(tx, { actor, channel: press.channel, text: value.text });
      return { outcome: answer.said.kind, answer };
    };
  }

  async function mayOnlyLook(press: StoredPress): Promise<boolean> {
    return onlyLooks(await deps.actor(press.slackId));
  }

  async function mute(
    tx: Tx,
    press: StoredPress,
    { incidentId, minutes }: z.infer<typeof MuteValue>,
    channel: string,
  ): Promise<Done> {
    if (await mayOnlyLook(press)) return onlyLooking;
    const until = new Date(clock.now().getTime() + minutes * 60_000);
    return acknowledged(ofQuiet(await deps.quiet.mute(tx, { incidentId, channel, by: press.slackId, until })));
  }

  async function close(
    tx: Tx,
    press: StoredPress,
    { incidentId, close: why }: z.infer<typeof CloseValue>,
    channel: string,
  ): Promise<Done> {
    const actor = await deps.actor(press.slackId);
    if (onlyLooks(actor)) return onlyLooking;
    const { personId, slackId: by } = actor;
    return acknowledged(await incidents.close(tx, { incidentId, channel, by, personId, why }));
  }

  async function ask(tx: Tx, kind: ActionKind, press: StoredPress, value: RunValue, channel: string): Promise<Done> {
    const [incident] = await incidentRows.load(tx, [value.incidentId], true);
    if (!incident) return { outcome: 'gone', answer: { kind: 'gone' } };
    if (incident.state !== 'open') return { outcome: 'over', answer: { kind: 'over' } };
    const run = { pipeline: { connection: value.connection, key: value.pipeline }, run: value.run };
    const answer = await actions.request(tx, {
      kind,
      actor: await deps.actor(press.slackId),
      // A stop is for whatever attempt runs now; a retry for the one that the person saw fail.
      target: { kind: 'run', run: kind === 'stop' ? run : { ...run, attempt: value.attempt } },
      turn: `${value.attempt}.${value.turn}`,
      incidentId: value.incidentId,
      channel,
      responseUrl: press.responseUrl,
    });
    return asked(kind, answer, press);
  }

  async function showLog(tx: Tx, press: StoredPress, value: RunValue, channel: string): Promise<Done> {
    const actor = await deps.actor(press.slackId);
    if (actor.isBot || actor.isDeactivated) return onlyLooking;
    const pipeline = { connection: value.connection, key: value.pipeline };
    const tail = await deps.pipelines.log({ pipeline, run: value.run, attempt: value.attempt });
    const common = { at: clock.now(), by: press.slackId, pipeline: value.pipeline, step: tail.step, url: tail.url };
    await incidents.tell(tx, [
      {
        incidentId: value.incidentId,
        channel,
        notice:
          'missing' in tail
            ? { kind: 'log-missing', ...common, say: tail.missing }
            : {
                kind: 'log',
                ...common,
                text: tail.lines.join('\n'),
                lines: tail.lines.length,
                fromLine: tail.fromLine,
              },
      },
    ]);
    return { outcome: 'missing' in tail ? 'no log' : 'log shown' };
  }

  async function showMembers(tx: Tx, press: StoredPress, { incidentId }: RunValue, channel: string): Promise<Done> {
    const actor = await deps.actor(press.slackId);
    if (actor.isBot || actor.isDeactivated) return onlyLooking;
    const notice = await deps.members.list(tx, { incidentId, channel, by: press.slackId });
    if (!notice) return { outcome: 'gone', answer: { kind: 'gone' } };
    await incidents.tell(tx, [{ incidentId, channel, notice }]);
    return { outcome: 'members shown' };
  }

  async function carry(tx: Tx, press: StoredPress): Promise<Done> {
    const command = commands.get(press.name) ?? others.get(press.name);
    if (command) return command(tx, press);
    const wish = carryOut.get(press.name)?.(press.value);
    if (!wish) return { outcome: 'not understood', answer: { kind: 'gone' } };
    const channel = await postRows.placeOfAlert(tx, wish.incidentId, press);
    if (!channel) return { outcome: 'gone', answer: { kind: 'gone' } };
    return wish.run(tx, press, channel);
  }

  /** Carries out the oldest waiting press, but for those that have failed just now. @returns false when none waits */
  async function next(failed: Set<string>): Promise<boolean> {
    let taken: StoredPress | undefined;
    let done: Done | undefined;
    try {
      done = await db.transaction(async (tx) => {
        taken = await pressRows.takeWaiting(tx, [...failed]);
        if (!taken) return undefined;
        const result = await carry(tx, taken);
        const freed = result.answer !== undefined && isRefusal(result.answer);
        const keepsValue = replayedPresses.includes(taken.name);
        await pressRows.markDone(tx, taken.key, { outcome: result.outcome, freed, keepsValue, at: clock.now() });
        return result;
      });
    } catch (error) {
      if (!taken) throw error;
      // Left for the sweep, since what broke it may pass; those behind it do not wait.
      failed.add(taken.key);
      if (passesByItself(error)) {
        log.warn({ err: error, press: taken.name, key: taken.key }, 'press.waits');
        return true;
      }
      log.error({ err: error, press: taken.name, key: taken.key }, 'press.fault');
      if (await pressRows.markFault(db, taken.key, clock.now(), maxAttempts)) {
        await tell(taken, { kind: 'fault', id: `press ${taken.seq}` });
      }
      return true;
    }
    if (!taken || !done) return false;
    log.info({ press: taken.name, person: taken.slackId, outcome: done.outcome }, 'press.done');
    if (done.actionId) await deps.wakeAction(done.actionId);
    await deps.wakeOutbox();
    if (done.answer) await tell(taken, done.answer);
    if (!taken.channel) await renewHome(taken);
    return true;
  }

  /** No conversation: pressed on the Home tab, or in a form that was opened there. */
  async function renewHome({ slackId, name }: StoredPress): Promise<void> {
    await deps.renewHome(slackId).catch((error) => log.info({ err: error, press: name }, 'home.not-published'));
  }

  async function tell(press: StoredPress, answer: PressAnswer): Promise<void> {
    await deps.answer(press, answer).catch((error) => log.info({ err: error, press: press.name }, 'press.answer-lost'));
  }

  return {
    names: [...carryOut.keys(), ...others.keys(), ...commands.keys()],
    isDue: (): Condition => pressRows.isAnyWaiting,
    async carryOutAll(): Promise<void> {
      const failed = new Set<string>();
      while (await next(failed));
    },
  };
}

/** The database is away, or Slack does not say who pressed: not the press's fault, so its tries are not counted. */
function passesByItself(error: unknown): boolean {
  const isOfSlack = error instanceof Failure && error.where === 'Slack' && failureKinds[error.kind].retry;
  return isOfSlack || isDatabaseAway(error);
}

const onlyLooks = ({ isGuest, isBot, isDeactivated }: Actor): boolean => isGuest || isBot || isDeactivated;

const onlyLooking: Done = {
  outcome: 'denied',
  answer: {
    kind: 'denied',
    why: 'Guests and apps may look, but not change anything. Please ask a member of the team.',
    whoMay: '',
  },
};

const ofQuiet = (outcome: QuietOutcome): AcknowledgeOutcome => ({ outcome });

function acknowledged(result: AcknowledgeOutcome): Done {
  switch (result.outcome) {
    case 'done':
      return { outcome: 'done' };
    case 'already':
      return { outcome: 'already', answer: { kind: 'acknowledged', by: result.by, at: result.at } };
    case 'over':
      return { outcome: 'over', answer: { kind: 'over' } };
    case 'not-found':
      return { outcome: 'gone', answer: { kind: 'gone' } };
  }
}

function decided(said: ConsentAnswer): Done {
  switch (said.outcome) {
    case 'done':
      return { outcome: 'done', actionId: said.actionId };
    case 'already':
      return {
        outcome: 'already',
        answer: { kind: 'cannot', say: 'That has been decided already. Please see its message for how.' },
      };
    case 'denied':
      return { outcome: 'denied', answer: { kind: 'denied', why: said.why, whoMay: said.whoMay } };
    case 'gone':
      return { outcome: 'gone', answer: { kind: 'gone' } };
  }
}

/** Why a word on a large action changed nothing. */
function sayHeld(state: ActionState): string {
  if (isSettled(state)) return 'It is over already; its message shows how it went.';
  if (state === 'cancelling') return 'Its rest has been cancelled already; what has begun comes to its end.';
  if (state === 'paused') return 'It is paused already. Resume it, or cancel the rest, on its message.';
  return 'It goes on already; its message shows how.';
}

function asked(kind: ActionKind | 'change', answer: Answer, press: StoredPress): Done {
  switch (answer.outcome) {
    case 'asked':
      return { outcome: 'asked', actionId: answer.actionId };
    case 'awaiting-approval':
      return { outcome: 'awaiting-approval', answer: { kind: 'waits', by: answer.by, until: answer.until } };
    case 'already':
      // The same person pressing twice has what they want, and sees it.
      if (answer.by === press.slackId) return { outcome: 'already' };
      return { outcome: 'already', answer: { kind: 'already', action: kind, by: answer.by, at: answer.at } };
    case 'denied':
      return {
        outcome: 'denied',
        answer: {
          kind: 'denied',
          why: answer.why,
          whoMay: answer.whoMay,
          ...(answer.freeze === undefined ? {} : { freeze: { action: kind } }),
        },
      };
    case 'cannot':
      return { outcome: 'cannot', answer: { kind: 'cannot', say: answer.say } };
  }
}
