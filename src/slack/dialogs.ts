import { z } from 'zod';
import { DigestChoice } from '../domain/figures/digest-plan';
import { Priority, RequestAbout } from '../domain/request';
import type { Needs } from './buttons';
import { type Carried, carriedAs } from './carried';
import { limits } from './limits';

/** A dialog that can be submitted, and what it carries from one view to the next. */
export interface Dialog<T> extends Carried<T> {
  /** The callback id. Versioned, since a dialog may be open while a release goes in: never rename one. */
  id: string;
  needs: Needs;
  /** Submitting it is stored before it is acked, and done by the worker. False: its submission is answered with the next view. */
  changes: boolean;
}

function defineDialog<T>(id: string, schema: z.ZodType<T>, kind: { needs: Needs; changes: boolean }): Dialog<T> {
  return { ...carriedAs(schema, limits.view.privateMetadata), id, ...kind };
}

/** Where the dialog was opened: there the person is told what came of it. Slack's ids. */
export const Place = z.object({
  channel: z.string().optional(),
  messageTs: z.string().optional(),
  threadTs: z.string().optional(),
  responseUrl: z.string().optional(),
});
export type Place = z.infer<typeof Place>;

/** A stored plan, waiting for a yes. */
const PlanValue = z.object({ actionId: z.uuid(), place: Place });
export type PlanValue = z.infer<typeof PlanValue>;

/** An action that waits for a second person. */
const GlassValue = z.object({ id: z.uuid(), place: Place });

/** The pipeline that is to be backfilled, and the incident that it is to mend. */
const BackfillValue = z.object({
  connection: z.string().min(1),
  key: z.string().min(1),
  incidentId: z.uuid().optional(),
  place: Place,
});
export type BackfillValue = z.infer<typeof BackfillValue>;

/** The pipeline of which another version is wished for, and the one in force when the form was shown. */
const RedeployValue = z.object({
  connection: z.string().min(1),
  key: z.string().min(1),
  inForce: z.string().optional(),
  place: Place,
});

const RepairValue = z.object({
  run: z.object({
    pipeline: z.object({ connection: z.string(), key: z.string() }),
    run: z.string(),
    attempt: z.number().int().optional(),
  }),
  /** The run's own. */
  partition: z.string().optional(),
  incidentId: z.uuid(),
  /** As the form lists them. */
  steps: z.array(z.string()),
  place: Place,
});

/** A question that is about to be asked: where it will live, and what it is about. */
const AskValue = z.object({
  /** Made when the form was opened: submitted twice it is one request. */
  origin: z.string().min(1),
  source: z.enum(['command', 'form', 'message-shortcut', 'shortcut', 'home', 'alert']),
  /** The message that it is about, which heads its thread. */
  threadTs: z.string().optional(),
  /** In a channel where the bot cannot speak it lives in a direct message. */
  isDirect: z.boolean(),
  about: RequestAbout.optional(),
  place: Place,
});
export type AskValue = z.infer<typeof AskValue>;

const RequestValue = z.object({ id: z.uuid(), place: Place });

/** Something that is about to be said: made when the form was opened, so that submitted twice it is one. */
const GiveValue = z.object({ origin: z.string().min(1), source: z.enum(['command', 'form', 'home']), place: Place });
export type GiveValue = z.infer<typeof GiveValue>;

/** What was done about it, as it is shown before it is sent. */
const SendAnswerValue = z.object({
  id: z.uuid(),
  scope: z.enum(['item', 'theme']),
  words: z.string().min(1),
  link: z.string().optional(),
  place: Place,
});

const PulseValue = z.object({ quarter: z.string().min(1), place: Place });

const DigestFormValue = z.object({
  /** Made when the form was opened: the same choice submitted twice is one. */
  origin: z.string().min(1),
  /** Whose digest it is; Slack's id. */
  channel: z.string().min(1),
  place: Place,
});
/** Questions that are alike. */
const QuestionValue = z.object({ group: z.uuid(), place: Place });

export const dialogs = {
  backfill: defineDialog('backfill-form.v1', BackfillValue, { needs: 'backfill', changes: false }),
  redeploy: defineDialog('redeploy-form.v1', RedeployValue, { needs: 'redeploy', changes: false }),
  /** Its submission shows the plan. */
  repair: defineDialog('repair.v1', RepairValue, { needs: 'acknowledge', changes: false }),
  plan: defineDialog('plan.v1', PlanValue, { needs: 'acknowledge', changes: true }),
  ask: defineDialog('ask-form.v1', AskValue, { needs: 'look', changes: true }),
  solve: defineDialog('solve-form.v1', RequestValue, { needs: 'look', changes: true }),
  askBack: defineDialog('ask-back-form.v1', RequestValue, { needs: 'look', changes: true }),
  changeRequest: defineDialog(
    'change-request-form.v1',
    RequestValue.extend({ was: Priority.optional(), number: z.number().int().optional() }),
    {
      needs: 'look',
      changes: true,
    },
  ),
  explainRating: defineDialog('explain-rating-form.v1', RequestValue, { needs: 'look', changes: true }),
  /** Its submission shows the digest as it would be posted. */
  digestForm: defineDialog('digest-form.v1', DigestFormValue, { needs: 'acknowledge', changes: false }),
  digest: defineDialog('digest.v1', DigestFormValue.extend({ choice: DigestChoice }), {
    needs: 'acknowledge',
    changes: true,
  }),
  giveFeedback: defineDialog('give-feedback-form.v1', GiveValue, { needs: 'look', changes: true }),
  sortFeedback: defineDialog('sort-feedback-form.v1', RequestValue, { needs: 'acknowledge', changes: true }),
  /** Its submission shows the message and who gets it. */
  answerFeedback: defineDialog('answer-feedback-form.v1', RequestValue, { needs: 'acknowledge', changes: false }),
  sendAnswer: defineDialog('send-answer.v1', SendAnswerValue, { needs: 'acknowledge', changes: true }),
  explainPulse: defineDialog('explain-pulse-form.v1', PulseValue, { needs: 'look', changes: true }),
  pinQuestion: defineDialog('pin-question-form.v1', QuestionValue, { needs: 'acknowledge', changes: true }),
  pinAnswer: defineDialog('pin-answer-form.v1', RequestValue, { needs: 'look', changes: true }),
  glass: defineDialog('glass.v1', GlassValue, { needs: 'acknowledge', changes: true }),
};
