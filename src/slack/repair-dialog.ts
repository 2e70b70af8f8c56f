import type { ModalView } from '@slack/types';
import { type OpenWay, type Way, ways } from '../domain/repair';
import type { RunRef } from '../domain/run';
import { dialogs, type Place } from './dialogs';
import { type Choice, type Filled, type FormErrors, modal, radioField, saying, selectField } from './form';
import { context, section } from './message';
import { words } from './mrkdwn';

export const repairTitle = 'Other ways';

const choices: Readonly<Record<Way, Omit<Choice, 'value'>>> = {
  'from-start': { text: 'Run all of it again, from the start' },
  'one-step': { text: 'Run one step again, and what follows it', description: 'Choose the step below' },
  'skip-step': { text: 'Leave one step out, and go on behind it', description: 'Choose the step below' },
  unblock: { text: 'Let the next runs go on past this one', description: 'This run stays failed' },
  pause: { text: 'Pause the pipeline', description: 'Nothing starts it by itself until it is resumed' },
  resume: { text: 'Resume the pipeline', description: 'Where it is paused: it starts by itself again' },
  kill: { text: 'End the run at once', description: 'Harder than Stop: nothing is tidied up' },
  backfill: { text: 'Backfill days…', description: 'Other days of it as well: a form asks which' },
};

/** The ways that are open now, to choose from; the plan comes next. Never throws. */
export function renderWays(of: {
  run: RunRef;
  partition?: string | undefined;
  incidentId: string;
  open: readonly OpenWay[];
  place: Place;
}): ModalView {
  const { run, partition, incidentId, open, place } = of;
  const what = `run ${words(run.run, 80)} of ${words(run.pipeline.key, 120)}`;
  const steps = [...new Set(open.flatMap((each) => each.steps ?? []))].slice(0, 40);
  const text = dialogs.repair.encode({ run, ...(partition ? { partition } : {}), incidentId, steps, place });
  if (open.length === 0 || text === undefined)
    return saying(repairTitle, [
      `There is no other way for ${what} as it is now: its orchestrator offers none in this state.`,
      'Nothing was changed. *Retry* and *Show log* beside the alert still work.',
    ]);
  return modal({
    title: repairTitle,
    blocks: [
      section(`*What shall be done with ${what}?*`),
      radioField(
        { name: 'way', label: 'Way' },
        open.map(({ way }) => ({ value: way, ...choices[way] })),
      ),
      ...(steps.length > 0
        ? [
            selectField(
              { name: 'step', label: 'Step', hint: 'For a way that is about one step.', optional: true },
              steps.map((step, nth) => ({ value: String(nth), text: step })),
            ),
          ]
        : []),
      context('Next you see what exactly it would do. Nothing is changed before you say so there.'),
    ],
    submit: 'Show the plan',
    carries: { id: dialogs.repair.id, text },
  });
}

/** What was chosen, or what is missing. Never throws. */
export function readWay(
  filled: Filled,
  steps: readonly string[],
): { ok: true; value: { way: Way; step?: string } } | { ok: false; errors: FormErrors } {
  const way = ways.find((each) => each === filled.way);
  if (!way) return { ok: false, errors: { way: 'Please choose one.' } };
  if (way !== 'one-step' && way !== 'skip-step') return { ok: true, value: { way } };
  const step = steps[Number(filled.step ?? -1)];
  return step === undefined
    ? { ok: false, errors: { step: 'Please choose the step.' } }
    : { ok: true, value: { way, step } };
}
