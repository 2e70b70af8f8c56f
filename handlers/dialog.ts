/**
 * Dialogs: how they are opened, filled and submitted. A press that opens one is acked, and the dialog stands there at once; what it
 * shows comes when it is known. A submission that changes something is stored, as a press on a message is.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Actor } from '../src/domain/actor';
import { Failure } from '../src/domain/failure';
import type { Outcome } from '../src/domain/interaction';
import type { Press } from '../src/domain/press';
import type { Button, Needs } from '../src/slack/buttons';
import type { Dialog, Place } from '../src/slack/dialogs';
import { type Filled, type FormErrors, loading, readForm, saying } from '../src/slack/form';
import { section } from '../src/slack/message';
import { privately, refusals } from '../src/slack/refusals';
import {
  type Answering,
  answeringFor,
  explain,
  keep,
  outcomeFor,
  readDeadlineMs,
  refusalFor,
  refuse,
  safely,
  tell,
  within,
} from './answering';
import { ButtonCall, Carried, DialogCall, isStranger, placeOf, threadOf } from './calls';
import type { DialogAt, Listener, Services } from './services';

/** Slack waits 3 s for the answer to a submission: one to store it, and this long twice for word of what became of it. */
const submissionPatienceMs = 800;
/** Slack acts on the answer to a submission a moment after it has it; a view that comes before would be written over. */
const afterAnswerMs = 300;
/** Slack is asked again once when it wants us to slow down, if it does not want more than this. */
const slowDownMs = 10_000;

/** Who wants to see what, and where they pressed. */
export interface Asked<T> {
  value: T;
  actor: Actor;
  place: Place;
  services: Services;
}

/** What the dialog shows in the end. */
export interface Shown {
  view: ModalView;
  outcome?: Outcome;
  /** `connection/key`, for the figures. */
  pipeline?: string;
  /** Comes later, and takes the place of the view: a picture that has to be drawn first. */
  later?(): Promise<ModalView | undefined>;
}

export interface Opening<T> {
  /** Of the dialog while it is read. */
  title: string;
  /** What stands there meanwhile; the default says that we look at what it would touch. */
  meanwhile?: string;
  /** @throws Failure */
  show(asked: Asked<T>): Promise<Shown>;
}

/** A button that opens a dialog. */
export function onOpening<T>(button: Button<T>, opening: Opening<T>): Listener {
  return {
    kind: 'button',
    name: button.id,
    needs: button.needs,
    register(app, services) {
      app.action(button.id, ({ ack, action, body, context, respond }) =>
        safely(services, async () => {
          const pressed = await readPressed(services, button, { ack, action, body, respond });
          if (!pressed) return;
          const { call, answering, value } = pressed;
          if (isStranger(call, context)) return refuse(answering, refusals.stranger);
          await openPressed(services, answering, { button, opening, value, call });
        }),
      );
    },
  };
}

/** What was pressed, and with what value. What cannot be read is acked, and answered where there is somebody to answer. */
export async function readPressed<T>(
  services: Services,
  button: Button<T>,
  press: { ack(): Promise<void>; action: unknown; body: unknown; respond?: Answering['respond'] },
): Promise<{ call: ButtonCall; answering: Answering; value: T } | undefined> {
  const read = ButtonCall.safeParse(press.body);
  if (!read.success) {
    await press.ack();
    services.log.warn({ button: button.id, err: read.error }, 'press.unreadable');
    return undefined;
  }
  const call = read.data;
  const answering = answeringFor(services, call, { ack: () => press.ack(), respond: press.respond });
  const value = button.decode(Carried.safeParse(press.action).data);
  if (value.ok) return { call, answering, value: value.value };
  await refuse(answering, refusals.tooOld);
  return undefined;
}

/** Acks a press, and opens what it leads to. */
export async function openPressed<T, Of extends T>(
  services: Services,
  answering: Answering,
  of: { button: Button<T>; opening: Opening<Of>; value: Of; call: ButtonCall },
): Promise<void> {
  const { button, opening, value, call } = of;
  await answering.ack();
  await openDialog(services, answering, {
    ...opening,
    what: button.id,
    needs: button.needs,
    value,
    slackId: call.user.id,
    triggerId: call.trigger_id ?? '',
    place: whereOf(call),
  });
}

/** Opens a dialog for something that was pressed or typed, and acked. Never throws. */
export async function openDialog<T>(
  services: Services,
  answering: Answering,
  wish: Opening<T> & { what: string; needs: Needs; value: T; slackId: string; triggerId: string; place: Place },
): Promise<void> {
  const startedAt = services.clock.now();
  const { title, what, slackId, place } = wish;
  const record = (outcome: Outcome, pipeline?: string) =>
    services.interactions.record({
      slackId,
      what,
      ...(place.channel ? { channel: place.channel } : {}),
      ...(pipeline ? { pipeline } : {}),
      outcome,
      tookMs: services.clock.now().getTime() - startedAt.getTime(),
    });
  let opened: { id: string; hash: string };
  try {
    opened = await services.dialogs.open(wish.triggerId, loading(title, wish.meanwhile));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    services.log.warn({ err: error, what }, 'dialog.not-opened');
    await tell(answering, privately(refusals.notOpened));
    return record('system-error');
  }
  const shown = await fill(services, wish);
  const isThere = await put(services, opened, shown.view, title);
  if (!isThere && shown.outcome === undefined) await tell(answering, privately(refusals.closedMeanwhile));
  await record(shown.outcome ?? 'ok', shown.pipeline);
  if (isThere) await putLater(services, { id: opened.id }, shown);
}

/** What it shows in the end; also where the person may not see it, or something went wrong. Never throws. */
async function fill<T>(
  services: Services,
  wish: Opening<T> & { needs: Needs; value: T; slackId: string; place: Place },
): Promise<Shown> {
  const { title, value, place } = wish;
  try {
    return await within(
      readDeadlineMs,
      (async (): Promise<Shown> => {
        const actor = await services.actors.get(wish.slackId);
        const refusal = refusalFor(actor, wish.needs);
        if (refusal !== undefined) return { view: saying(title, [refusal]), outcome: 'not-allowed' };
        return wish.show({ value, actor, place, services });
      })(),
    );
  } catch (error) {
    const { message, outcome } = explain(error, services.log);
    return { view: saying(title, [message.text]), outcome };
  }
}

/** @returns false when it is not there any more: the person has closed it, or gone on */
async function put(services: Services, at: DialogAt, view: ModalView, title: string): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      await services.dialogs.update({ ...at, view });
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const waitMs = error.retryAfterMs ?? 0;
      if (error.kind === 'rate-limited' && tries === 1 && waitMs <= slowDownMs) {
        await sleep(waitMs);
        continue;
      }
      if (/^(not_found|hash_conflict|view_not_found)/.test(error.detail ?? '')) return false;
      services.log.error({ err: error, title }, 'dialog.not-shown');
      const { message } = explain(error, services.log);
      await services.dialogs
        .update({ ...at, hash: undefined, view: saying(title, [message.text]) })
        .catch(() => undefined);
      return true;
    }
  }
}

/** Best effort: without it the dialog is complete as it stands. */
async function putLater(services: Services, at: DialogAt, shown: Shown): Promise<void> {
  const view = await shown.later?.();
  if (view)
    await services.dialogs.update({ ...at, view }).catch((error) => services.log.info({ err: error }, 'dialog.kept'));
}

/** A form whose submission leads on to another view, a plan as a rule: it lies on the form, which is there again when it is closed. */
export function onForm<T, Form>(
  dialog: Dialog<T>,
  step: Omit<Opening<Form & { carried: T }>, 'show'> & {
    /** Reads what was filled in. Errors are shown under the fields concerned. Never throws. */
    read(filled: Filled, carried: T): { ok: true; value: Form } | { ok: false; errors: FormErrors };
    place(carried: T): Place;
    show(asked: Asked<Form & { carried: T }>): Promise<Shown>;
  },
): Listener {
  return onSubmission(dialog, async ({ services, call, value, answer }) => {
    const read = step.read(readForm(call.view.state?.values), value);
    if (!read.ok) {
      await answer.errors(read.errors);
      return { outcome: 'user-error' };
    }
    const externalId = randomUUID();
    const onTop = (view: ModalView): ModalView => ({ ...withBack(view), external_id: externalId });
    await answer.push(onTop(loading(step.title, step.meanwhile)));
    const place = step.place(value);
    const [shown] = await Promise.all([
      fill(services, {
        ...step,
        needs: dialog.needs,
        value: { ...read.value, carried: value },
        slackId: call.user.id,
        place,
      }),
      sleep(afterAnswerMs),
    ]);
    if (await put(services, { externalId }, onTop(shown.view), step.title))
      await putLater(
        services,
        { externalId },
        {
          ...shown,
          later: async () => {
            const view = await shown.later?.();
            return view && onTop(view);
          },
        },
      );
    return { outcome: shown.outcome ?? 'ok', channel: place.channel, pipeline: shown.pipeline };
  });
}

/** What a submission is to the worker. */
export interface Submission {
  /** Which wish it is: the same one twice is one. */
  wish: string;
  value: Record<string, unknown>;
  place: Place;
}

/** A dialog whose submission changes something: stored, then acked, and carried out by the worker. */
export function onSubmit<T>(
  dialog: Dialog<T>,
  /** `viewId`: of the dialog, where filled in alike at another time is another wish. */
  read: (
    filled: Filled,
    carried: T,
    viewId: string,
    receivedAt: Date,
  ) => { ok: true; value: Submission } | { ok: false; errors: FormErrors },
): Listener {
  return onSubmission(dialog, async ({ services, call, value, answer, receivedAt }) => {
    const submitted = read(readForm(call.view.state?.values), value, call.view.id, receivedAt);
    if (!submitted.ok) {
      await answer.errors(submitted.errors);
      return { outcome: 'user-error' };
    }
    const { wish, place } = submitted.value;
    const press: Press = {
      key: `${dialog.id}:${wish}`,
      name: dialog.id,
      value: submitted.value.value,
      slackId: call.user.id,
      ...(place.channel ? { channel: place.channel } : {}),
      ...(place.messageTs ? { messageTs: place.messageTs } : {}),
      ...(place.responseUrl ? { responseUrl: place.responseUrl } : {}),
      ...(call.trigger_id ? { triggerId: call.trigger_id } : {}),
      receivedAt,
    };
    const kept = await keep(services, press, { patienceMs: submissionPatienceMs });
    if (kept === 'not-taken' || kept === 'not-certain') {
      await answer.again(kept === 'not-taken' ? refusals.notTaken : refusals.notCertain);
      return { outcome: 'system-error', channel: place.channel };
    }
    await answer.close();
    if (kept === 'repeat') return undefined;
    return { outcome: await outcomeFor({ services, press, needs: dialog.needs }), channel: place.channel };
  });
}

interface Submitted<T> {
  services: Services;
  call: DialogCall;
  value: T;
  receivedAt: Date;
  answer: {
    errors(errors: FormErrors): Promise<void>;
    /** Lays it on this one. */
    push(view: ModalView): Promise<void>;
    /** As it stands, with this sentence above it; what was typed stays. */
    again(sentence: string): Promise<void>;
    close(): Promise<void>;
  };
}

function onSubmission<T>(
  dialog: Dialog<T>,
  run: (
    submitted: Submitted<T>,
  ) => Promise<{ outcome: Outcome; channel?: string | undefined; pipeline?: string | undefined } | undefined>,
): Listener {
  return {
    kind: 'view',
    name: dialog.id,
    needs: dialog.needs,
    register(app, services) {
      app.view({ callback_id: dialog.id, type: 'view_submission' }, ({ ack, body, context }) =>
        safely(services, async () => {
          const receivedAt = services.clock.now();
          const read = DialogCall.safeParse(body);
          if (!read.success) {
            await ack();
            services.log.warn({ dialog: dialog.id, err: read.error }, 'submission.unreadable');
            return;
          }
          const call = read.data;
          const title = call.view.title.text;
          const only = (sentence: string) => ack({ response_action: 'update', view: saying(title, [sentence]) });
          if (isStranger(call, context)) return only(refusals.stranger);
          const value = dialog.decode(call.view.private_metadata);
          if (!value.ok) return only(refusals.tooOldDialog);
          const done = await run({
            services,
            call,
            value: value.value,
            receivedAt,
            answer: {
              errors: (errors) => ack({ response_action: 'errors', errors }),
              push: (view) => ack({ response_action: 'push', view }),
              again: (sentence) => ack({ response_action: 'update', view: withSentence(body.view, sentence) }),
              close: () => ack({ response_action: 'clear' }),
            },
          });
          if (!done) return;
          await services.interactions.record({
            slackId: call.user.id,
            what: dialog.id,
            ...(done.channel ? { channel: done.channel } : {}),
            ...(done.pipeline ? { pipeline: done.pipeline } : {}),
            outcome: done.outcome,
            tookMs: services.clock.now().getTime() - receivedAt.getTime(),
          });
        }),
      );
    },
  };
}

/** What lies on a form is closed to change what was filled in there; where there is nothing to say yes to, to go back. */
function withBack(view: ModalView): ModalView {
  return { ...view, close: { type: 'plain_text', text: view.submit ? 'Change' : 'Back' } };
}

const sentenceBlock = 'not-taken';

function withSentence(
  view: Pick<ViewOutput, 'title' | 'blocks' | 'submit' | 'close' | 'callback_id' | 'private_metadata'>,
  sentence: string,
): ModalView {
  const { title, blocks, submit, close, callback_id, private_metadata } = view;
  const kept = blocks.filter(({ block_id }) => block_id !== sentenceBlock);
  return {
    type: 'modal',
    title,
    blocks: [{ ...section(`⚠️ ${sentence}`), block_id: sentenceBlock }, ...kept],
    ...(submit ? { submit } : {}),
    ...(close ? { close } : {}),
    callback_id,
    private_metadata,
  };
}

function whereOf(call: ButtonCall): Place {
  const at = placeOf(call);
  const threadTs = threadOf(call);
  return {
    ...(at ? { channel: at.channel, messageTs: at.ts } : {}),
    ...(threadTs ? { threadTs } : {}),
    ...(call.response_url ? { responseUrl: call.response_url } : {}),
  };
}
