import type { LastRun, PipelineStatus, StatusAnswer } from '../domain/pipeline-status';
import { linkButton } from './buttons';
import { sayDuration } from './duration';
import { limits } from './limits';
import { actions, context, fields, header, type Message, section, sentence, sentences, sizeOf } from './message';
import { code, cut, date, isUserId, link, mention, sayDate, words } from './mrkdwn';
import { sayIncidentState, sayRunState } from './states';
import { sayMissing } from './why-not';

export interface StatusContext {
  /** With its slash, as this workspace calls it. */
  command: string;
  /** IANA zone of who asks. */
  timeZone: string;
  /** The answer goes to the whole channel. */
  shared?: boolean;
}

/** Kept free for the headline and the last line. */
const listRoom = limits.message.blocksTotal - 1_000;

/** The answer to `status`: a list, one pipeline in detail, or what to do when there is none. Never throws. */
export function renderStatus(answer: StatusAnswer, asker: StatusContext): Message {
  const [only] = answer.pipelines;
  if (!only) return nothingFound(answer, asker);
  if (answer.scope === 'named' && answer.pipelines.length === 1) return card(only, asker);
  return list(answer, asker);
}

function nothingFound(answer: StatusAnswer, { command }: StatusContext): Message {
  if (answer.scope === 'named') {
    const meant = (answer.didYouMean ?? []).map((name) => code(`${command} status ${name}`, 160));
    const said = [
      `I know no pipeline named ${code(answer.asked ?? '', 120)}.`,
      meant.length > 0
        ? `Did you mean ${meant.join(' or ')}?`
        : `A pipeline gets known by its first run, or by the catalogue. ${code(`${command} status`)} lists those of this channel.`,
    ].join(' ');
    return sentence(said);
  }
  const said =
    `No pipeline reports to this channel, and none that I know is yours. ${code(`${command} status name`)} shows any pipeline. ` +
    'One is yours when the catalogue, or its orchestrator, names you or your team as its owner.';
  return sentence(said);
}

function list(answer: StatusAnswer, asker: StatusContext): Message {
  const title = {
    channel: 'Pipelines of this channel',
    mine: 'Your pipelines',
    named: `Pipelines named ${answer.asked ?? ''}`,
  }[answer.scope];
  const { sections, shown } = packed(answer.pipelines.map((status) => line(status, answer.scope, asker)));
  const more = answer.more + answer.pipelines.length - shown;
  const rest =
    more > 0
      ? `and ${more.toLocaleString('en-US')} more: ${code(`${asker.command} status name`)} shows any of them. `
      : '';
  const asOf = `As of ${date(answer.now, asker.timeZone)}.`;
  return {
    text: cut(
      sentences([
        `${words(title)}: ${counted(answer.pipelines)}${more > 0 ? `, and ${more.toLocaleString('en-US')} more` : ''}`,
        ...troubled(answer.pipelines, asker),
        `As of ${sayDate(answer.now, asker.timeZone)}`,
      ]),
      limits.message.textAdvised,
    ),
    blocks: [header(title), ...sections.map(section), context(`${rest}${asOf}`)],
  };
}

/** Lines gathered into as few blocks as Slack allows, as many as fit. */
function packed(lines: string[]): { sections: string[]; shown: number } {
  const sections: string[] = [];
  let total = 0;
  let shown = 0;
  for (const each of lines) {
    if (total + each.length + 1 > listRoom) break;
    const last = sections.at(-1);
    if (last !== undefined && last.length + each.length + 1 <= limits.section.text) {
      sections[sections.length - 1] = `${last}\n${each}`;
    } else if (sections.length >= limits.message.blocks - 2) break;
    else sections.push(each);
    total += each.length + 1;
    shown += 1;
  }
  return { sections, shown };
}

function line(status: PipelineStatus, scope: StatusAnswer['scope'], asker: StatusContext): string {
  const { timeZone } = asker;
  const { openIncident: incident } = status;
  // Of one name there may be one in every connection.
  const where = scope === 'named' ? ` (${words(status.pipeline.connection, 60)})` : '';
  const name = `*${words(status.name, 100)}*${where}`;
  const owner = ` · owner ${ownerOf(status, asker)}`;
  const runs =
    status.lastRuns.length > 1 ? ` · last ${status.lastRuns.length} runs: ${countedRuns(status.lastRuns)}` : '';
  if (incident) {
    const cause = incident.causeLine ? `: ${code(incident.causeLine, 120)}` : '';
    const to = link(incident.permalink, 'alert');
    return `${stateOf(status)} ${name} since ${date(incident.since, timeZone)}${cause}${to.startsWith('<') ? ` · ${to}` : ''}${owner}${runs}`;
  }
  const [last] = status.lastRuns;
  const at = last?.endedAt ?? last?.startedAt;
  return `${stateOf(status)} ${name}${at ? ` ${date(at, timeZone)}` : last ? '' : ' (no run seen yet)'}${owner}${runs}`;
}

/** "4 succeeded, 1 failed": newest state first. */
function countedRuns(runs: LastRun[]): string {
  const counts = new Map<string, number>();
  for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

function stateOf(status: PipelineStatus): string {
  return status.openIncident ? sayIncidentState(status.openIncident.state) : sayRunState(status.state);
}

/** "2 Failed, 1 Running, 37 Succeeded", in the order in which they come: troubled ones first. */
function counted(pipelines: PipelineStatus[]): string {
  const counts = new Map<string, number>();
  for (const status of pipelines) counts.set(stateOf(status), (counts.get(stateOf(status)) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

function troubled(pipelines: PipelineStatus[], { timeZone }: StatusContext): string[] {
  const open = pipelines.filter(({ openIncident }) => openIncident !== undefined);
  return open.slice(0, 10).flatMap((status) => {
    const { openIncident: incident } = status;
    if (!incident) return [];
    const cause = incident.causeLine ? `: ${words(incident.causeLine, 120)}` : '';
    return [`${stateOf(status)}: ${words(status.name, 100)} since ${sayDate(incident.since, timeZone)}${cause}`];
  });
}

function card(status: PipelineStatus, asker: StatusContext): Message {
  const { pipeline, openIncident: incident } = status;
  const { facts } = pipeline;
  const [last] = status.lastRuns;
  const cannot = cannotOf(status);
  const open = linkButton(last?.url ?? facts.url, last?.url ? 'Open last run' : 'Open pipeline', status.name);
  const blocks: Message['blocks'] = [
    header(`${stateOf(status)}: ${status.name}`),
    ...(incident ? [section(incidentLine(incident, asker))] : []),
    fields([
      `*Owner*\n${ownerOf(status, asker)}`,
      `*Succeeded*\n${successOf(status)}`,
      `*Usually takes*\n${durationOf(status)}`,
      `*Where*\n${words(`${pipeline.connection}${facts.environment ? ` / ${facts.environment}` : ''}`, 100)}`,
      `*Schedule*\n${facts.schedule ? code(facts.schedule, 100) : 'unknown'}`,
    ]),
    section(runsOf(status, asker)),
    ...(cannot === '' ? [] : [section(cannot)]),
    ...(open ? [actions([open])] : []),
  ];
  const runbook = link(facts.runbook, 'Runbook');
  if (runbook.startsWith('<') && sizeOf(blocks) + runbook.length < limits.message.blocksTotal)
    blocks.push(context(runbook));
  return {
    text: cut(
      sentences([
        `${stateOf(status)}: ${words(status.name, 120)}`,
        incident
          ? `Since ${sayDate(incident.since, asker.timeZone)}${incident.causeLine ? `: ${words(incident.causeLine, 200)}` : ''}`
          : undefined,
        last ? `Last run: ${spokenRun(last, asker)}` : 'No run seen yet',
        `Owner: ${ownerOf(status, asker)}`,
        `Succeeded: ${successOf(status)}`,
        `Usually takes: ${durationOf(status)}`,
        ...sayMissing(status.missing).map((each) => `Cannot: ${each.replaceAll('*', '')}`),
      ]),
      limits.message.textAdvised,
    ),
    blocks,
  };
}

/** What people look for on an alert and this pipeline's connection cannot do, with the reason of each. */
function cannotOf({ missing }: PipelineStatus): string {
  if (missing.length === 0) return '';
  return cut(['*Cannot*', ...sayMissing(missing).map((each) => `• ${each}`)].join('\n'), limits.section.text);
}

function incidentLine(incident: NonNullable<PipelineStatus['openIncident']>, { timeZone }: StatusContext): string {
  const cause = incident.causeLine ? `: ${code(incident.causeLine, 300)}` : '';
  const to = link(incident.permalink, 'Open the alert');
  return `${sayIncidentState(incident.state)} since ${date(incident.since, timeZone)}${cause}${to.startsWith('<') ? ` · ${to}` : ''}`;
}

/** A mention in an answer to one person calls nobody; one in the channel would. */
function ownerOf({ owner, team }: PipelineStatus, { shared }: StatusContext): string {
  const named =
    owner !== undefined && isUserId(owner) ? (shared ? undefined : mention(owner)) : owner && words(owner, 80);
  if (!named) return team ? `team ${words(team, 80)}` : owner ? 'a person; ask in private to see whom' : 'unknown';
  return team && team !== owner ? `${named}, team ${words(team, 80)}` : named;
}

function successOf({ succeeded }: PipelineStatus): string {
  return succeeded ? `${succeeded.count} of the last ${succeeded.of} runs` : 'unknown';
}

function durationOf({ usuallyTakesMs }: PipelineStatus): string {
  if (!usuallyTakesMs) return 'unknown';
  const { median, n } = usuallyTakesMs;
  return `${sayDuration(median)} (median of ${n} ${n === 1 ? 'run' : 'runs'})`;
}

function runsOf(status: PipelineStatus, asker: StatusContext): string {
  if (status.lastRuns.length === 0) return 'No run seen yet. The first one that starts or ends will show here.';
  const lines = status.lastRuns.map((run) => {
    const linked = link(run.url, 'run');
    const at = run.startedAt ?? run.endedAt;
    return [
      sayRunState(run.status),
      at ? date(at, asker.timeZone) : '',
      tookOf(run),
      run.partition ? words(run.partition, 60) : '',
      linked.startsWith('<') ? linked : '',
    ]
      .filter((part) => part !== '')
      .join(' · ');
  });
  const title = '*Last runs, newest first*';
  let shown = title;
  for (const each of lines) {
    if (shown.length + each.length + 1 > limits.section.text) break;
    shown = `${shown}\n${each}`;
  }
  return shown;
}

function tookOf({ startedAt, endedAt }: LastRun): string {
  return startedAt && endedAt ? `took ${sayDuration(endedAt.getTime() - startedAt.getTime())}` : '';
}

function spokenRun(run: LastRun, { timeZone }: StatusContext): string {
  const at = run.startedAt ?? run.endedAt;
  return [sayRunState(run.status), at ? sayDate(at, timeZone) : '', tookOf(run)]
    .filter((part) => part !== '')
    .join(', ');
}
