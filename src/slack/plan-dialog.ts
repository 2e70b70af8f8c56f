import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { immediate } from '../domain/action';
import { countDownstream } from '../domain/downstream';
import { pipelineNode } from '../domain/edge';
import { type Conflict, mostAtOnce, Pace, type Plan, type PlannedItem, parallelIn } from '../domain/plan';
import { pipelineOf, sayTarget, sayTargets } from '../domain/target';
import { dialogs, type PlanValue } from './dialogs';
import { downstreamTree } from './downstream-tree';
import { sayDuration } from './duration';
import { type Filled, type FormErrors, modal, numberField, saying, tickField } from './form';
import { reasonField } from './glass-dialog';
import { pictureBlock } from './impact';
import { limits } from './limits';
import { context, section, sectionsOf, sentences } from './message';
import { cut, date, fence, isUserId, mention, sayTime, words } from './mrkdwn';
import { actionNouns, countOf, listOf, policyWords, sayDenied } from './wording';

/** A plan to be shown, or why there is none. */
export type PlanToShow =
  | { outcome: 'planned'; actionId: string; plan: Plan; until: Date }
  | { outcome: 'denied'; why: string; whoMay: string }
  | { outcome: 'cannot'; say: string; leftOut?: Conflict[] };

export interface PlanContext {
  /** Of the modal; Slack shows 24 characters. */
  title: string;
  place: PlanValue['place'];
  /** May go over a freeze, with a reason. */
  mayOperate: boolean;
  timeZone: string;
  /** The graph, already uploaded. */
  picture?: { fileId: string; alt: string };
}

const itemsShown = 15;
const stepsShown = 6;
/** Of one reason. */
const namesLeftOut = 20;

/** A plan before the yes, or the refusal with what to do instead. The words alone are complete. Never throws. */
export function renderPlan(answer: PlanToShow, of: PlanContext): ModalView {
  if (answer.outcome === 'denied') return renderDenied(of.title, answer);
  if (answer.outcome === 'cannot')
    return saying(of.title, [sentences([words(answer.say, 1_500)]), 'Nothing was changed.']);
  const { plan } = answer;
  const frozen = plan.verdict.verdict === 'deny';
  const canBreak = frozen && of.mayOperate;
  const text = dialogs.plan.encode({ actionId: answer.actionId, place: of.place });
  const isOpen = text !== undefined && (!frozen || canBreak);
  return modal({
    title: of.title,
    blocks: [
      section(headline(plan)),
      ...verdictBlocks(plan, canBreak),
      ...whatBlocks(plan),
      ...leftOutBlocks(plan),
      ...downstreamBlocks(plan, of.picture),
      ...(isOpen ? paceFields(plan) : []),
      ...(isOpen && canBreak ? [reasonField] : []),
      context(
        `As things are at ${sayTime(plan.plannedAt, of.timeZone)}. ${isOpen ? `This plan holds until ${date(answer.until, of.timeZone, '{time}', sayTime(answer.until, of.timeZone))}; nothing happens before you press the button.` : 'Nothing was changed.'}`,
      ),
    ],
    ...(isOpen ? { submit: submitLabel(plan, canBreak), carries: { id: dialogs.plan.id, text } } : {}),
  });
}

/** What was set in the dialog, or what is wrong with it. Never throws. */
export function readPlanForm(filled: Filled): { ok: true; value: PlanForm } | { ok: false; errors: FormErrors } {
  const isLarge = filled.parallel !== undefined || filled.stopAfter !== undefined;
  const reason = filled.reason === undefined ? {} : { reason: filled.reason };
  if (!isLarge) return { ok: true, value: reason };
  const pace = Pace.pick({ parallel: true, stopAfter: true, canary: true }).safeParse({
    canary: filled.canary !== undefined,
    parallel: Number(filled.parallel),
    stopAfter: Number(filled.stopAfter),
  });
  if (pace.success) return { ok: true, value: { ...reason, pace: pace.data } };
  const wrong = pace.error.issues.map(({ path }) => String(path[0]));
  return {
    ok: false,
    errors: Object.fromEntries(
      wrong.map((name) => [
        name,
        name === 'parallel' ? `A whole number from 1 to ${mostAtOnce}.` : 'A whole number from 1.',
      ]),
    ),
  };
}

export interface PlanForm {
  pace?: Pick<Pace, 'parallel' | 'stopAfter' | 'canary'>;
  reason?: string;
}

/** "Retry 14 runs", "Backfill 31", "Redeploy version 7": what happens when it is pressed. */
function submitLabel(plan: Plan, breaks: boolean): string {
  if (breaks) return 'Break glass';
  if (plan.verdict.verdict === 'needs-approval') return 'Ask for approval';
  const [first] = plan.items;
  const target = first?.target;
  const count = target?.kind === 'partitions' && plan.items.length === 1 ? target.partitions.length : plan.items.length;
  const noun = actionNouns[plan.kind];
  if (target?.kind === 'version') {
    const named = `${noun} version ${target.version}`;
    return named.length <= limits.view.submit ? named : `${noun} ${target.version}`;
  }
  if (target?.kind === 'partitions') return `${noun} ${count}`;
  if (target?.kind === 'steps') return `${noun} ${target.steps.length === 1 ? 'step' : 'steps'}`;
  if (target?.kind === 'pipeline') return noun;
  return count === 1 ? `${noun} run` : `${noun} ${countOf(count, 'run')}`;
}

function headline(plan: Plan): string {
  const what = sayTargets(plan.items.map(({ target }) => target));
  return [
    `*${actionNouns[plan.kind]} of ${words(what, 200)}*`,
    ...plan.how.map((each) => words(each, 300)),
    ...[commonNote(plan) ?? ''].filter((note) => note !== '').map((note) => words(note, 300)),
  ].join('\n');
}

/** What the policy says, and what else speaks against it. */
function verdictBlocks(plan: Plan, canBreak: boolean): KnownBlock[] {
  const { verdict } = plan;
  const lines = plan.warnings
    .filter(({ kind }) => kind !== 'freeze')
    .map(({ say, names, count }) => `⚠️ ${words(say, 300)}${names.length > 0 ? ` (${some(names, count)})` : ''}`);
  if (verdict.verdict === 'needs-approval')
    lines.unshift(`✋ ${policyWords(verdict.reason)} Nothing is changed before that.`);
  if (verdict.verdict === 'deny')
    lines.unshift(
      canBreak
        ? `🧊 ${policyWords(verdict.reason)} You may break the glass: it is done at once, and everybody hears why.`
        : `🧊 ${policyWords(verdict.reason)} It can be done after that. If it cannot wait, ask an operator to break the glass.`,
    );
  return lines.length > 0 ? [section(lines.join('\n'))] : [];
}

/** The exact runs with their steps, as many as can be read; how long it takes; whether it has helped before. */
function whatBlocks(plan: Plan): KnownBlock[] {
  const common = commonNote(plan);
  const shown = plan.items.slice(0, itemsShown).map((item) => itemLine(item, common));
  const more = plan.items.length - shown.length;
  const list = [...shown, ...(more > 0 ? [`and ${more.toLocaleString('en-US')} more`] : [])];
  return [
    section(cut(list.join('\n'), limits.section.text)),
    section([durationLine(plan), ...evidenceLine(plan)].join('\n')),
  ];
}

/** What is so of all of them alike is said once. */
function commonNote({ items }: Plan): string | undefined {
  const [first] = items;
  return items.length > 1 && items.every(({ note }) => note === first?.note) ? first?.note : undefined;
}

function itemLine({ target, status, steps, note }: PlannedItem, common: string | undefined): string {
  const key = words(pipelineOf(target).key, 80);
  const named =
    target.kind === 'pipeline'
      ? key
      : target.kind === 'version'
        ? words(sayTarget(target), 120)
        : `${key}, ${words(sayTarget(target), 120)}`;
  const exact = steps && steps.length > 0 ? `: ${some(steps, steps.length, stepsShown)}` : '';
  const parameters = 'parameters' in target && target.parameters ? Object.entries(target.parameters) : [];
  const given =
    parameters.length > 0
      ? ` with ${words(parameters.map(([name, value]) => `${name}=${value}`).join(', '), 200)}`
      : '';
  const state = status && status !== 'failed' ? ` (${status} now)` : '';
  return `• ${named}${state}${exact}${given}${note && note !== common ? ` _${words(note, 160)}_` : ''}`;
}

function durationLine({ kind, duration, expectedMs, pace, items }: Plan): string {
  if (immediate.includes(kind)) return 'It takes effect at once.';
  if (kind === 'stop' || kind === 'kill') return 'What runs is ended; nothing runs again by it.';
  const all = expectedMs === undefined ? undefined : sayDuration(expectedMs);
  const one = duration
    ? duration.n === 1
      ? `The only run of it that went well took ${sayDuration(duration.medianMs)}`
      : `One usually takes ${sayDuration(duration.medianMs)}; 9 of 10 are done within ${sayDuration(duration.p90Ms)} (of ${countOf(duration.n, 'run')} that went well)`
    : undefined;
  if (all === undefined)
    return `How long it takes is not known: I know of no run of ${items.length > 1 ? 'these' : 'it'} that went well.`;
  const together = pace && parallelIn(pace, items[0]?.wave ?? 0);
  const whole = together && items.length > 1 ? `⏱ About ${all} for all, ${together} at a time` : `⏱ About ${all}`;
  return sentences([whole, one]);
}

function evidenceLine({ evidence, kind }: Plan): string[] {
  if (!evidence) return [];
  const took = evidence.medianMs === undefined ? '' : `, median ${sayDuration(evidence.medianMs)}`;
  return [`A plain ${kind} fixed this cause ${evidence.fixed} of ${evidence.tried} times${took}.`];
}

function leftOutBlocks({ leftOut }: Plan): KnownBlock[] {
  if (leftOut.length === 0) return [];
  const lines = leftOut.map(({ say, count, names }) => `• ${some(names, count, namesLeftOut)}: ${policyWords(say)}`);
  const count = leftOut.reduce((sum, each) => sum + each.count, 0);
  return sectionsOf([`*Left out: ${count}*`, ...lines]);
}

function downstreamBlocks({ downstream, items }: Plan, picture: PlanContext['picture']): KnownBlock[] {
  if (downstream.total === 0)
    return [
      section(downstream.seenAt ? 'Nothing waits for it downstream.' : 'What waits for it downstream is not known.'),
    ];
  const roots = [...new Set(items.map(({ target }) => pipelineNode(pipelineOf(target))))];
  const { escaped, more } = downstreamTree(roots, downstream, { max: 1_800, lines: 15 });
  const rest = more > 0 ? `\nand ${more.toLocaleString('en-US')} more` : '';
  const { waiting, tables } = countDownstream(downstream);
  const over = tables > 0 ? `, and ${countOf(tables, 'table')}` : '';
  return [
    section(`*Waiting downstream: ${waiting.toLocaleString('en-US')}${over}*\n${fence(escaped)}${rest}`),
    ...pictureBlock(picture, 'What waits downstream'),
  ];
}

function paceFields({ pace }: Plan): InputBlock[] {
  if (!pace) return [];
  return [
    tickField(
      { name: 'canary', label: 'Begin carefully' },
      { text: 'One alone first; the others follow when it has succeeded', isTicked: pace.canary },
    ),
    numberField({ name: 'parallel', label: 'How many at a time' }, { initial: pace.parallel, min: 1, max: mostAtOnce }),
    numberField(
      { name: 'stopAfter', label: 'Pause after so many failures', hint: 'You then resume it or cancel the rest.' },
      { initial: pace.stopAfter, min: 1, max: 10_000 },
    ),
  ];
}

const some = (names: readonly string[], total: number, shown = 5): string =>
  listOf(
    names.map((name) => (isUserId(name) ? mention(name) : words(name, 80))),
    total,
    shown,
  );

/** Why this person may not, and who may. Never throws. */
export function renderDenied(title: string, denied: { why: string; whoMay: string }): ModalView {
  return saying(title, [`🚫 ${sayDenied(denied)}`, 'Nothing was changed.']);
}
