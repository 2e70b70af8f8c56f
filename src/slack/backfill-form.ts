import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { type Days, daysBefore } from '../domain/day-words';
import { partitionsMax } from '../domain/partitions';
import type { PipelineRef } from '../domain/pipeline';
import { Pace } from '../domain/plan';
import type { Mode } from '../domain/planning';
import type { Parameters } from '../domain/target';
import { type BackfillValue, dialogs } from './dialogs';
import {
  type Choice,
  dateField,
  type Filled,
  type FormErrors,
  modal,
  radioField,
  saying,
  selectField,
  textField,
  tickField,
} from './form';
import { context, section } from './message';
import { code, words } from './mrkdwn';
import { readParameters } from './parameters';
import { sayUnclear, type Unclear } from './unclear';

export const backfillTitle = 'Backfill';

/** What is to be backfilled, as its people know it. */
export interface BackfillSubject {
  pipeline: PipelineRef;
  label: string;
  schedule?: string;
  /** In which its days are counted. */
  timeZone: string;
  /** `yyyy-MM-dd`, there. */
  today: string;
  /** A partition of it, as it writes them. */
  example?: string;
}

/** What is known of a name that was typed. */
export type BackfillAnswer =
  | ({ kind: 'found' } & BackfillSubject)
  | Unclear
  | { kind: 'not-able'; label: string; connection: string; why: string };

export interface BackfillForm {
  which: { partitions: string[] } | Days;
  mode: Mode;
  order: Pace['order'];
  dependents: boolean;
  parameters?: Parameters;
}

const modes: readonly (Choice & { value: Mode })[] = [
  { value: 'missing-or-failed', text: 'What is missing or has failed' },
  { value: 'missing', text: 'What is missing', description: 'There was never a run for it' },
  { value: 'failed', text: 'What has failed', description: 'Its newest run failed or was cancelled' },
  { value: 'all', text: 'All of it, again', description: 'Also what has succeeded' },
];
const orders: readonly (Choice & { value: Pace['order'] })[] = [
  { value: 'oldest-first', text: 'The oldest first' },
  { value: 'newest-first', text: 'The newest first' },
];
const defaultDays = 7;

/** The form of a backfill, or why there is none. Never throws. */
export function renderBackfillForm(
  answer: BackfillAnswer,
  of: { place: BackfillValue['place']; incidentId?: string; days?: Days; unread?: string; command: string },
): ModalView {
  if (answer.kind !== 'found') return saying(backfillTitle, [sayNone(answer, of.command)]);
  const { pipeline, label, schedule, timeZone, today, example } = answer;
  const { place, incidentId } = of;
  const text = dialogs.backfill.encode({ ...pipeline, place, ...(incidentId ? { incidentId } : {}) });
  if (text === undefined) return saying(backfillTitle, ['That name is too long for a dialog of Slack.']);
  const days = of.days ?? { from: daysBefore(today, defaultDays), to: daysBefore(today, 1) };
  const when = schedule
    ? `runs by the schedule ${code(schedule, 120)}`
    : 'has no schedule that I know: one partition a day';
  return modal({
    title: backfillTitle,
    blocks: [
      section(
        `*${words(label, 150)}* ${when}. Its days are those of ${words(timeZone, 60)}, where it is ${today} now.`,
      ),
      ...(of.unread ? [section(`⚠️ I could not read ${code(of.unread, 80)} as days. Please choose them here.`)] : []),
      dateField({ name: 'from', label: 'From day', optional: true }, days.from),
      dateField({ name: 'to', label: 'To day, included', optional: true }, days.to),
      textField(
        {
          name: 'partitions',
          label: 'Or partitions by name, one a line',
          hint: `As the pipeline writes them, such as ${example ?? days.from}. Then the days above do not count.`,
          optional: true,
        },
        { multiline: true },
      ),
      radioField({ name: 'mode', label: 'What of it' }, modes, 'missing-or-failed'),
      selectField({ name: 'order', label: 'In which order' }, orders, 'oldest-first'),
      tickField(
        { name: 'dependents', label: 'What it feeds' },
        { text: 'Also run what it feeds, after it, for the same partitions', isTicked: false },
      ),
      textField(
        {
          name: 'parameters',
          label: 'Parameters, one a line',
          hint: 'Such as skip_bad_lines=true. They go to this pipeline, not to those that it feeds.',
          optional: true,
        },
        { multiline: true, max: 1_500 },
      ),
      context('Nothing is changed yet: the next view shows what it would do.'),
    ],
    submit: 'Show the plan',
    carries: { id: dialogs.backfill.id, text },
  });
}

function sayNone(answer: Exclude<BackfillAnswer, { kind: 'found' }>, command: string): string {
  return answer.kind === 'not-able'
    ? `${words(answer.label, 150)} runs in ${words(answer.connection, 80)}, which I cannot ask for a backfill. ${words(answer.why, 400)}`
    : sayUnclear(answer, command, 'backfill');
}

const Chosen = z.object({
  mode: z.enum(['missing', 'failed', 'missing-or-failed', 'all']).catch('missing-or-failed'),
  order: Pace.shape.order.catch('oldest-first'),
});

/** What was filled in, or what is wrong with it, by field. Never throws. */
export function readBackfillForm(
  filled: Filled,
): { ok: true; value: BackfillForm } | { ok: false; errors: FormErrors } {
  const { from, to } = filled;
  const partitions = (filled.partitions ?? '')
    .split(/[\n,]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const parameters = readParameters(filled.parameters ?? '');
  const errors: FormErrors = {
    ...(partitions.length > partitionsMax ? { partitions: `At most ${partitionsMax} at once.` } : {}),
    ...(partitions.length === 0 && !from ? { from: 'Please choose the first day, or name partitions below.' } : {}),
    ...(partitions.length === 0 && !to ? { to: 'Please choose the last day, or name partitions below.' } : {}),
    ...(partitions.length === 0 && from && to && from > to ? { to: 'This is before the first day.' } : {}),
    ...('why' in parameters ? { parameters: parameters.why } : {}),
  };
  if (Object.keys(errors).length > 0 || 'why' in parameters) return { ok: false, errors };
  const which = partitions.length > 0 ? { partitions } : { from: from ?? '', to: to ?? '' };
  const given = Object.keys(parameters.values).length > 0 ? { parameters: parameters.values } : {};
  return { ok: true, value: { which, ...Chosen.parse(filled), dependents: filled.dependents !== undefined, ...given } };
}
