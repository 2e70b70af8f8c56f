import type { Button as ButtonElement, Overflow, SectionBlock } from '@slack/types';
import type { Expected } from '../domain/ability';
import type { ActionKind } from '../domain/action';
import { closingReasons } from '../domain/closing';
import { type ActionView, type DisplayState, type IncidentView, isLive, type MemberView } from '../domain/incident';
import { ownConnection } from '../domain/pipeline-event';
import { alertMenu, buttons, type RunValue } from './buttons';
import { sayChanged } from './changed';
import { sayDuration } from './duration';
import { alertTargets, limits } from './limits';
import { actions, context, fields, header, type Message, section, sentences, sizeOf } from './message';
import { code, cut, date, isUserId, link, mention, plain, sayDate, sayTime, words } from './mrkdwn';
import { type NameOf, who, whoQuietly } from './people';
import { checkFailed, incidentStates } from './states';
import { actionNouns, actionsGoingOn, listOf } from './wording';

type Target = Pick<MemberView, 'connection' | 'pipeline' | 'partition' | 'run' | 'attempt'>;

/** How wide foreign text may be. Tried from the widest; the narrowest always fits the 1,200 characters. */
interface Width {
  cause: number;
  next: number;
  field: number;
  say: number;
  others: number;
}
const widths: Width[] = [
  { cause: 260, next: 160, field: 90, say: 160, others: 5 },
  { cause: 160, next: 80, field: 60, say: 80, others: 3 },
  { cause: 90, next: 0, field: 28, say: 40, others: 0 },
];

/**
 * The parent message of an incident in one channel, as things are now. At most 6 blocks and 1,200 characters. Never throws, whatever
 * the names, causes and addresses hold.
 *
 * @param target  what its buttons act on, where the view does not show it as it is stored
 */
export function renderAlert(view: IncidentView, nameOf?: NameOf, target: Target = view.lead): Message {
  const text = cut(tell(view, nameOf), limits.message.textAdvised);
  let blocks: Message['blocks'] = [];
  for (const [index, width] of widths.entries()) {
    const drawn = draw(view, width, nameOf, target);
    blocks = drawn.blocks;
    if (drawn.whole && sizeOf(blocks) <= alertTargets.characters) break;
    if (index === widths.length - 1 && sizeOf(blocks) > alertTargets.characters) blocks = withoutFoot(blocks);
  }
  return { text, blocks };
}

function sectionWith(accessory: Overflow | undefined, text: string): SectionBlock {
  return accessory ? { ...section(text), accessory } : section(text);
}

function fieldsWith(accessory: ButtonElement | undefined, texts: string[]): SectionBlock {
  return accessory ? { ...fields(texts), accessory } : fields(texts);
}

/** Leads to all that the alert counts without a name. */
function membersButton(view: IncidentView, width: Width, target: Target): ButtonElement | undefined {
  const hit = view.lead.elsewhere ? view.elsewhereCount : view.hereCount;
  const named = 1 + Math.min(width.others, view.others.length);
  if (hit <= named) return undefined;
  return buttons.showMembers.element(runValueOf(view, target), { label: `Show all ${hit}`, about: view.lead.name });
}

/** Of a partition that is late, or of which nothing else can be changed; elsewhere it is one of the other ways. */
function backfillButton(view: IncidentView, target: Target): ButtonElement | undefined {
  const isWanted = isProblem(view.state) && view.lead.partition !== '' && view.abilities.includes('backfill');
  if (!isWanted) return undefined;
  const { connection, pipeline: key, partition } = target;
  return buttons.backfill.element(
    { connection, key, partition, incidentId: view.incidentId },
    { about: view.lead.name },
  );
}

/** Leads to what is done seldom with one run: from the start, one step, skip, unblock, kill, or days around it. */
function waysButton(view: IncidentView, target: Target): ButtonElement | undefined {
  const { state, lead, abilities } = view;
  const isGoing = state === 'retrying';
  const offers: readonly ActionKind[] = isGoing ? ['kill', 'skip'] : ['retry', 'skip', 'unblock', 'pause'];
  const isOpen = isGoing || isProblem(state) || state === 'acknowledged' || isFlappingDown(view);
  if (!isOpen || lead.trouble === 'late' || !offers.some((kind) => abilities.includes(kind))) return undefined;
  return buttons.otherWays.element(runValueOf(view, target), { about: lead.name });
}

/** What is chosen seldom stands in a menu beside the text, so that the row keeps to three buttons. */
function menuFor(view: IncidentView): Overflow | undefined {
  const isMutable = isProblem(view.state) || view.state === 'acknowledged' || isFlappingDown(view);
  const back = isMutable && view.abilities.includes('redeploy') ? view.changed?.back : undefined;
  return alertMenu(view.incidentId, {
    about: view.lead.name,
    isMutable,
    isClosable: isMutable && view.isClosable,
    back,
    missed: missedIn(view),
  });
}

/** Names of buttons that people would look for as things are, and that the connection cannot give them. */
function missedIn(view: IncidentView): string[] {
  const { state, lead, changed, missing } = view;
  const isGoing = state === 'retrying';
  if (!isGoing && (isOver(view) || (state === 'flapping' && !isLive(lead)))) return [];
  const isLookedFor: Record<Expected, boolean> = {
    retry: !isGoing && lead.trouble !== 'late',
    openLog: lead.trouble !== 'late',
    backfill: isProblem(state) && lead.partition !== '',
    stop: isGoing,
    redeploy: !isGoing && changed !== undefined,
  };
  return missing.filter(({ ability }) => isLookedFor[ability]).map(({ name }) => name);
}

function withoutFoot(blocks: Message['blocks']): Message['blocks'] {
  return blocks.filter((block) => block.type !== 'context');
}

function draw(
  view: IncidentView,
  width: Width,
  nameOf: NameOf | undefined,
  target: Target,
): { blocks: Message['blocks']; whole: boolean } {
  const row = buttonsFor(view, target);
  const body = [
    header(headline(view)),
    sectionWith(
      menuFor(view),
      [
        callLine(view),
        stateLine(view, width, nameOf),
        causeLine(view, width),
        changeLine(view, width, nameOf),
        othersLine(view, width),
      ]
        .filter((line) => line !== '')
        .join('\n'),
    ),
    fieldsWith(
      membersButton(view, width, target) ?? waysButton(view, target) ?? backfillButton(view, target),
      fieldsOf(view, width, nameOf).map(([label, value]) => `*${label}*\n${value}`),
    ),
    ...(row.length > 0 ? [actions(row)] : []),
  ];
  const routed = `${offersRetry(view) ? evidence(view) : ''}Here because of: ${words(view.routedBy, 40)}`;
  const room = alertTargets.characters - sizeOf(body) - routed.length;
  const { links, whole } = linksWithin(view, room);
  return { blocks: [...body, context([...links, routed].join(' · '))], whole };
}

/** "🔴 Failed: orders_daily / load_warehouse": what and where in under ten words. */
function headline(view: IncidentView): string {
  const { emoji, word } = stateOf(view);
  const step = view.lead.step ? ` / ${cut(plain(view.lead.step), 45)}` : '';
  return `${emoji} ${word}: ${cut(plain(view.lead.name), 80)}${step}`;
}

function stateOf({ state, lead }: IncidentView): { emoji: string; word: string } {
  // Where we watch ourselves, what failed is not a check of anybody's data.
  const isCheck = lead.trouble === 'check-failed' && lead.connection !== ownConnection;
  return state === 'failed' && isCheck ? checkFailed : incidentStates[state];
}

function isProblem(state: DisplayState): boolean {
  return state === 'failed' || state === 'late';
}

function callLine(view: IncidentView): string {
  return view.mention && isProblem(view.state) ? `Calling ${mention(view.mention)}` : '';
}

function stateLine(view: IncidentView, width: Width, nameOf: NameOf | undefined): string {
  const { timeZone } = view;
  const lines: string[] = [];
  // What waits for a second person is not what is going on.
  if (view.state === 'retrying')
    lines.push(`🟡 ${isHeld(view) ? 'Running again' : `${acting(view.action, width, nameOf)}${courseOf(view)}`}`);
  if (view.state === 'acknowledged' && view.acknowledged) {
    lines.push(`👀 Acknowledged by ${who(view.acknowledged.by, nameOf)}, ${date(view.acknowledged.at, timeZone)}`);
  }
  if (view.state === 'muted' && view.muted) {
    lines.push(`🔕 Muted by ${who(view.muted.by, nameOf)} until ${date(view.muted.until, timeZone)}`);
  }
  if (view.flapping) lines.push(`🔁 ${flappingLine(view, date)}`);
  if (view.state === 'recovered') lines.push(`🟢 ${recovery(view, nameOf)}`);
  if (view.state === 'skipped') lines.push(`⚪ ${skipping(view, nameOf)}`);
  const after = afterAction(view, width, nameOf);
  if (after !== '') lines.push(`${after}${isHeld(view) ? courseOf(view) : ''}`);
  const used = usedUp(view);
  if (used !== '') lines.push(`✋ ${used}`);
  return lines.join('\n');
}

/** Leads to the message where it is paused, resumed, allowed or cancelled. */
function courseOf({ action }: IncidentView): string {
  const course = action?.url ? link(action.url, action.state === 'awaiting-approval' ? 'its message' : 'progress') : '';
  return course.startsWith('<') ? ` · ${course}` : '';
}

/** Something was asked for, and waits for a person to let it go on. */
function isHeld({ action }: IncidentView): boolean {
  return action?.state === 'paused' || action?.state === 'awaiting-approval';
}

/** "Retrying, asked by @dana: 3 of 5 steps done, now `load_warehouse`". */
function acting(action: ActionView | undefined, width: Width, nameOf: NameOf | undefined): string {
  if (!action) return 'Running again, started by the orchestrator';
  const asked = action.auto
    ? `Pitcrew retries this by itself, allowed by ${whoQuietly(action.by, nameOf)}`
    : `${actionsGoingOn[action.kind]}, asked by ${who(action.by, nameOf)}`;
  const progress = progressOf(action, width);
  return progress === '' ? asked : `${asked}: ${progress}`;
}

function progressOf(action: ActionView, width: Width): string {
  const parts: string[] = [];
  if (action.items) parts.push(`${action.items.done} of ${action.items.total} done`);
  if (action.items && action.items.failed > 0) parts.push(`${action.items.failed} failed`);
  if (action.stepsTotal !== undefined) parts.push(`${action.stepsDone ?? 0} of ${action.stepsTotal} steps done`);
  if (action.step) parts.push(`now ${code(action.step, width.field)}`);
  return parts.join(', ');
}

const isFlappingDown = (view: IncidentView): boolean => view.state === 'flapping' && isLive(view.lead);

/** "Failed 4 times in 3 h, up since 12:05; told again once it is calm" */
function flappingLine(
  { flapping, lead, now, timeZone }: IncidentView,
  say: (at: Date, zone: string) => string,
): string {
  if (!flapping) return '';
  const span = sayDuration(now.getTime() - flapping.since.getTime());
  const state = isLive(lead)
    ? `failing since ${say(lead.lastFailedAt, timeZone)}`
    : `up since ${say(lead.endedAt ?? lead.lastFailedAt, timeZone)}`;
  return `Failed ${flapping.times} times in ${span}, ${state}. Single failures are told again once it is calm`;
}

function skipping({ closing }: IncidentView, nameOf: NameOf | undefined): string {
  if (!closing) return 'Skipped: nobody needs to do anything.';
  return `Skipped on purpose by ${whoQuietly(closing.by, nameOf)}: ${closingReasons[closing.why]}. If it fails anew, it is told.`;
}

function recovery(view: IncidentView, nameOf: NameOf | undefined): string {
  const took = view.closedAt ? ` after ${sayDuration(view.closedAt.getTime() - view.openedAt.getTime())}` : '';
  const name = view.recoveredBy && whoQuietly(view.recoveredBy, nameOf);
  const how = view.recoveredHow ?? 'retry';
  const did = how === 'retry' ? `retried by ${name}` : `${actionNouns[how].toLowerCase()} by ${name}`;
  const by = name ? `; ${view.recoveredAuto ? `Pitcrew retried it by itself, allowed by ${name}` : did}` : '';
  return `Recovered${took}${by}`;
}

/** What came of the last thing that somebody asked for, or for what it waits, while the trouble goes on. */
function afterAction(view: IncidentView, width: Width, nameOf: NameOf | undefined): string {
  const { action } = view;
  if (!action || view.state === 'recovered' || view.state === 'skipped') return '';
  if (view.state === 'retrying' && !isHeld(view)) return '';
  if (isHeld(view)) {
    const how = action.state === 'paused' ? 'is paused' : 'waits for a second person';
    const progress = progressOf(action, width);
    return `${actionNouns[action.kind]} asked by ${who(action.by, nameOf)} ${how}${progress === '' ? '' : `: ${progress}`}`;
  }
  if (action.state === 'succeeded' && (action.kind === 'stop' || action.kind === 'kill'))
    return `${action.kind === 'stop' ? 'Stopped' : 'Killed'} by ${who(action.by, nameOf)}`;
  const outcome =
    action.state === 'failed'
      ? 'did not help'
      : action.state === 'refused'
        ? 'was refused'
        : action.state === 'unsure'
          ? 'may or may not have taken effect: please look at the run before you try again'
          : action.state === 'cancelled'
            ? 'was cancelled'
            : undefined;
  if (outcome === undefined) return '';
  const say = action.say ? `: ${words(action.say, width.say)}` : '';
  const asked = action.auto ? 'by itself, allowed by' : 'asked by';
  return `${actionNouns[action.kind]} ${asked} ${who(action.by, nameOf)} ${outcome}${say}`;
}

/** That nothing goes by itself any more today, so that nobody waits for it. */
function usedUp({ autoRetries, state }: IncidentView): string {
  const isUp = autoRetries !== undefined && autoRetries.used >= autoRetries.most;
  if (!isUp || (!isProblem(state) && state !== 'acknowledged')) return '';
  return `${autoRetries.used} of ${autoRetries.most} auto-retries used in 24 h: the next try is a person's`;
}

function causeLine(view: IncidentView, width: Width): string {
  const { cause, lead } = view;
  if (cause) {
    const step = nextStepOf(view);
    const next = step !== undefined && width.next > 0 ? `\nNext: ${words(step, width.next)}` : '';
    return `*${words(cause.title, 60) || 'Cause'}*: ${code(cause.line, width.cause)}${next}`;
  }
  const own = lead.error ? code(lead.error, width.cause) : withoutCause(view);
  const above = upstreamLine(
    view,
    (name) => `*${words(name, 60)}*`,
    (line) => code(line, width.cause),
  );
  const next = width.next > 0 ? nextBelow(view) : undefined;
  return [above, own, next && `Next: ${words(next, width.next)}`].filter((each) => each !== undefined).join('\n');
}

/** Below whose trouble it stands, and what became of that. */
function upstreamLine(
  { upstream }: IncidentView,
  named: (name: string) => string,
  shown: (line: string) => string,
): string | undefined {
  if (!upstream) return undefined;
  const { name, state, trouble, line } = upstream;
  const below = `Downstream of ${named(name)}, which`;
  if (state === 'running') return `${below} runs again`;
  if (state !== 'failed') return `${below} ${state === 'skipped' ? 'was skipped' : 'has recovered since'}`;
  if (trouble === 'late') return `${below} is late`;
  return `${below} ${trouble === 'check-failed' ? 'failed a check' : 'failed'}${line ? `: ${shown(line)}` : ''}`;
}

/** Whether it lacks what the other should have brought, only its own error tells. */
function nextBelow(view: IncidentView): string | undefined {
  const { upstream } = view;
  if (!upstream || isOver(view)) return undefined;
  const when =
    upstream.state === 'failed' || upstream.state === 'running' ? `once ${plain(upstream.name)} is back` : 'now';
  return `If it lacked data of ${plain(upstream.name)}, retry ${when}; else mend its own error.`;
}

function changeLine(view: IncidentView, width: Width, nameOf: NameOf | undefined): string {
  const { changed } = view;
  return !changed || isOver(view) || width.next === 0 ? '' : sayChanged(changed, nameOf, width.field);
}

/** A cause that no rule knows is looked up in the log; where there is none, there is nothing to advise. */
function nextStepOf(view: IncidentView): string | undefined {
  const { cause, lead } = view;
  if (!cause?.nextStep || isOver(view)) return undefined;
  const hasLog = lead.trouble !== 'late' && (view.hasLog || lead.logUrl !== undefined);
  return cause.category === 'unknown' && !hasLog ? undefined : cause.nextStep;
}

function withoutCause(view: IncidentView): string {
  if (view.lead.trouble === 'late') return 'It was not done when it was due.';
  return isOver(view) ? 'The cause is unknown.' : 'The cause is unknown so far.';
}

function isOver(view: IncidentView): boolean {
  return view.state === 'recovered' || view.state === 'skipped';
}

/** "and 7 more here, 92 elsewhere: a, b, c" and how many of them are over it. */
function othersLine(view: IncidentView, width: Width): string {
  const others = countOthers(view);
  if (others === '') return '';
  const names = view.others.slice(0, width.others).map((other) => words(memberName(other), 40));
  return names.length > 0 ? `${others}: ${names.join(', ')}` : others;
}

function memberName(member: MemberView): string {
  return member.partition === '' ? member.name : `${member.name} (${member.partition})`;
}

/** `hereCount` and `elsewhereCount` count the lead as well. */
function countOthers(view: IncidentView): string {
  const here = Math.max(0, view.hereCount - (view.lead.elsewhere ? 0 : 1));
  const elsewhere = Math.max(0, view.elsewhereCount - (view.lead.elsewhere ? 1 : 0));
  const parts: string[] = [];
  if (here > 0) parts.push(`${here} more here`);
  if (elsewhere > 0) parts.push(`${elsewhere} elsewhere`);
  if (parts.length === 0) return '';
  const recovered = view.recoveredCount > 0 && !isOver(view) ? ` (${view.recoveredCount} recovered so far)` : '';
  return `and ${parts.join(', ')}${recovered}`;
}

function fieldsOf(view: IncidentView, width: Width, nameOf: NameOf | undefined): [string, string][] {
  const { lead, timeZone } = view;
  const over = isOver(view);
  return [
    [lead.trouble === 'late' ? 'Late since' : 'Failed', date(lead.firstFailedAt, timeZone)],
    over ? ['Took', tookOf(view)] : ['How long', lasting(view)],
    ['Attempt', attemptOf(lead)],
    ['Owner', words(ownerOf(view, nameOf), width.field)],
    ['Waiting downstream', downstreamOf(view, width)],
    ['Where', words(placeOf(view), width.field)],
  ];
}

/** Counted on by Slack itself, so that it stays true between edits; the fallback says when it was true. */
function lasting(view: IncidentView): string {
  const ms = view.now.getTime() - view.lead.firstFailedAt.getTime();
  return date(
    view.lead.firstFailedAt,
    view.timeZone,
    '{ago}',
    `${sayDuration(ms)} at ${sayTime(view.now, view.timeZone)}`,
  );
}

function tookOf(view: IncidentView): string {
  return view.closedAt ? sayDuration(view.closedAt.getTime() - view.openedAt.getTime()) : 'unknown';
}

function attemptOf(lead: MemberView): string {
  return lead.failures > 1 ? `${lead.attempt}, failed ${lead.failures} times` : `${lead.attempt}`;
}

function ownerOf(view: IncidentView, nameOf: NameOf | undefined): string {
  const owner = view.owner ?? view.lead.owner;
  const known = plain((owner !== undefined && isUserId(owner) ? nameOf?.(owner) : owner) ?? '');
  const team = plain(view.team ?? '');
  if (known === '') return team === '' ? 'unknown' : `team ${team}`;
  return team === '' || team === known ? known : `${known}, team ${team}`;
}

function downstreamOf(view: IncidentView, width: Width): string {
  const names = view.downstream;
  if (names === undefined) return 'unknown';
  if (names.length === 0) return 'nothing';
  const said = (shown: number) => listOf(names.slice(0, shown), names.length);
  const fitting = [3, 2].find((shown) => shown <= names.length && said(shown).length <= width.field - 4) ?? 1;
  const [nearest = ''] = names;
  const first = nearest.length <= width.field - 16 ? nearest : cut(nearest, Math.min(59, width.field - 16));
  return words(`${names.length}: ${fitting > 1 ? said(fitting) : listOf([first], names.length)}`, width.field);
}

function placeOf(view: IncidentView): string {
  const environment = view.environment ? ` / ${view.environment}` : '';
  const partition = view.lead.partition === '' ? '' : `, ${view.lead.partition}`;
  return `${view.lead.connection}${environment}${partition}`;
}

function evidence({ evidence: known }: IncidentView): string {
  if (!known || known.tried === 0) return '';
  const took = known.medianMs === undefined ? '' : `, median ${sayDuration(known.medianMs)}`;
  return `Retry fixed this ${known.fixed} of ${known.tried} times${took} · `;
}

/** As many of run, log, runbook and change, in that order, as there is room for. */
function linksWithin(view: IncidentView, room: number): { links: string[]; whole: boolean } {
  const wanted = [
    view.lead.url ? link(view.lead.url, 'Run') : '',
    view.lead.logUrl ? link(view.lead.logUrl, 'Log') : '',
    view.runbook ? link(view.runbook, 'Runbook') : '',
    view.changed && !isOver(view) ? link(view.changed.change.url, 'Change') : '',
  ].filter((text) => text.startsWith('<'));
  const links: string[] = [];
  let left = room;
  for (const each of wanted) {
    left -= each.length + 3;
    if (left < 0) break;
    links.push(each);
  }
  return { links, whole: links.length === wanted.length };
}

function offersRetry(view: IncidentView): boolean {
  const open =
    view.state === 'failed' || view.state === 'acknowledged' || view.state === 'muted' || isFlappingDown(view);
  return open && view.lead.trouble !== 'late' && view.abilities.includes('retry');
}

function runValueOf(view: IncidentView, target: Target): RunValue {
  return {
    incidentId: view.incidentId,
    connection: target.connection,
    pipeline: target.pipeline,
    ...(target.partition === '' ? {} : { partition: target.partition }),
    run: target.run,
    attempt: target.attempt,
    turn: view.turn,
  };
}

/** At most three, the likely one first; none that could not be done now. */
function buttonsFor(view: IncidentView, target: Target): ButtonElement[] {
  const { lead } = view;
  const value = runValueOf(view, target);
  const about = lead.name;
  const showLog = view.hasLog ? buttons.showLog.element(value, { about }) : undefined;
  // What cannot help is not the likely press.
  const style = view.cause?.retryable === 'no' ? undefined : 'primary';
  // Of one alone that waits for a second person there is nothing more to ask.
  const isAsked = view.action?.state === 'awaiting-approval' && view.failedCount < 2;
  const retry = offersRetry(view) && !isAsked ? retryButton(view, value, style) : undefined;
  // What a large one has begun is seen to where it is shown.
  const stop =
    view.abilities.includes('stop') && view.action?.items === undefined
      ? buttons.stopRun.element(value, {
          about: `run of ${lead.name}`,
          style: 'danger',
          confirm: {
            title: 'Stop this run?',
            text: `Run ${cut(plain(lead.run), 60)} of ${cut(plain(lead.name), 80)} stops where it is. What waits downstream keeps waiting.`,
            confirm: 'Stop run',
            deny: 'Keep running',
          },
        })
      : undefined;
  const rows: Record<DisplayState, (ButtonElement | undefined)[]> = {
    failed: [retry, showLog, buttons.acknowledge.element(value, { about })],
    late: [showLog, buttons.acknowledge.element(value, { about })],
    flapping: [retry, showLog, isLive(lead) ? buttons.acknowledge.element(value, { about }) : undefined],
    retrying: [retryOthers(view), showLog, stop],
    acknowledged: [retry, showLog, buttons.unacknowledge.element(value, { about })],
    muted: [retry, showLog, buttons.unmute.element(value, { about })],
    recovered: [showLog],
    skipped: [view.closing ? buttons.undoClose.element(value, { about }) : undefined, showLog],
  };
  return rows[view.state].filter((element): element is ButtonElement => element !== undefined);
}

/** While a large retry goes: of the runs that it leaves as they are, which others may retry. How many these are, the plan says. */
function retryOthers({ action, failedCount, abilities, incidentId, lead }: IncidentView): ButtonElement | undefined {
  if (!action?.items || !abilities.includes('retry')) return undefined;
  const others = failedCount - (action.items.total - action.items.done);
  if (others < 2) return undefined;
  return buttons.retryAll.element(
    { incidentId },
    { label: 'Retry the others', about: `runs that failed as ${lead.name} did` },
  );
}

/** Of one run at once; of many with a plan first. */
function retryButton(view: IncidentView, value: RunValue, style: 'primary' | undefined): ButtonElement | undefined {
  const { failedCount, incidentId, lead } = view;
  if (failedCount < 2) return buttons.retryRun.element(value, { about: lead.name, style });
  return buttons.retryAll.element(
    { incidentId },
    { label: `Retry all ${failedCount.toLocaleString('en-US')}`, about: `runs that failed as ${lead.name} did`, style },
  );
}

/** The whole of it in sentences, for a locked phone and a screen reader. */
function tell(view: IncidentView, nameOf: NameOf | undefined): string {
  const { lead, timeZone } = view;
  const wide: Width = { cause: 400, next: 200, field: 200, say: 200, others: 5 };
  const { emoji, word } = stateOf(view);
  const call = callLine(view);
  const next = nextStepOf(view) ?? nextBelow(view);
  const where = `${words(lead.name, 120)}${lead.step ? ` / ${words(lead.step, 80)}` : ''}`;
  return sentences([
    call === '' ? undefined : call,
    `${emoji} ${word}: ${where}`,
    spoken(view, wide, nameOf),
    view.cause
      ? `${words(view.cause.title, 80)}: ${words(view.cause.line, wide.cause)}`
      : lead.error
        ? words(lead.error, wide.cause)
        : withoutCause(view),
    upstreamLine(
      view,
      (name) => words(name, 120),
      (line) => words(line, wide.cause),
    ),
    usedUp(view) === '' ? undefined : usedUp(view),
    next === undefined ? undefined : `Next: ${words(next, wide.next)}`,
    changeLine(view, wide, nameOf).replace('🔧 ', ''),
    isOver(view)
      ? `${lead.trouble === 'late' ? 'Late' : 'Failed'} on ${sayDate(lead.firstFailedAt, timeZone)}`
      : `${lead.trouble === 'late' ? 'Late' : 'Failing'} since ${sayDate(lead.firstFailedAt, timeZone)} (${sayDuration(view.now.getTime() - lead.firstFailedAt.getTime())} at ${sayTime(view.now, timeZone)})`,
    `Attempt ${attemptOf(lead)}`,
    `Owner: ${words(ownerOf(view, nameOf), wide.field)}`,
    `Waiting downstream: ${downstreamOf(view, wide)}`,
    `Where: ${words(placeOf(view), wide.field)}`,
    othersLine(view, wide).replace(/^and/, 'Also hit:'),
    offersRetry(view) ? evidence(view).replace(' · ', '') : undefined,
  ]);
}

/** The line of the state as it can be read aloud: dates in words instead of tokens. */
function spoken(view: IncidentView, width: Width, nameOf: NameOf | undefined): string | undefined {
  if (view.state === 'retrying')
    return isHeld(view)
      ? `Running again; ${afterAction(view, width, nameOf)}`
      : acting(view.action, width, nameOf).replaceAll('`', '');
  if (view.state === 'acknowledged' && view.acknowledged) {
    return `By ${who(view.acknowledged.by, nameOf)} on ${sayDate(view.acknowledged.at, view.timeZone)}`;
  }
  if (view.state === 'muted' && view.muted) {
    return `By ${who(view.muted.by, nameOf)} until ${sayDate(view.muted.until, view.timeZone)}`;
  }
  if (view.flapping) return flappingLine(view, sayDate);
  if (view.state === 'recovered') return recovery(view, nameOf);
  if (view.state === 'skipped') return skipping(view, nameOf);
  const after = afterAction(view, width, nameOf);
  return after === '' ? undefined : after;
}
