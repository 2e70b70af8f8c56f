import type { SectionBlock } from '@slack/types';
import type { ChangedBefore } from '../domain/change';
import { sayChanged } from './changed';
import { section } from './message';
import { asked, code, link, words } from './mrkdwn';
import type { NameOf } from './people';
import { incidentStates } from './states';

/** What is known about a request without asking anybody; each part left out where it is not known. */
export interface RequestContext {
  /** What people call the pipeline. */
  title?: string;
  /** Of the incident that it belongs to. */
  trouble?: { state: 'open' | 'recovered' | 'skipped'; since: Date; closedAt?: Date };
  cause?: { title: string; line: string };
  /** What the run itself said, where there is no diagnosis. */
  error?: string;
  runUrl?: string;
  alertUrl?: string;
  runbook?: string;
  owner?: string;
  team?: string;
  changed?: ChangedBefore;
  /** Solved before, the best first. */
  similar: { number: number; question: string; url?: string }[];
}

const troubles = { open: incidentStates.failed, recovered: incidentStates.recovered, skipped: incidentStates.skipped };

/** The part of the team's card with what they would look up first; nothing where nothing is known. */
export function contextBlocks(
  request: { pipeline?: string; run?: string },
  known: RequestContext,
  nameOf: NameOf | undefined,
): SectionBlock[] {
  const lines = [aboutLine(request, known), causeLine(known, code), ownerLine(known), changeLine(known, nameOf)];
  const about = [...lines, linksLine(known)].filter((line) => line !== undefined);
  return [
    ...(about.length > 0 ? [section(about.join('\n'))] : []),
    ...(known.similar.length > 0 ? [section(['*Solved before, and alike*', ...similarLines(known)].join('\n'))] : []),
  ];
}

/** The same for those who hear it: no marks, no links. */
export function sayContext(
  request: { pipeline?: string; run?: string },
  known: RequestContext,
  nameOf: NameOf | undefined,
): (string | undefined)[] {
  return [
    aboutLine(request, known)?.replaceAll('*', ''),
    causeLine(known, words)?.replaceAll('*', ''),
    ownerLine(known),
    changeLine(known, nameOf)?.replace('🔧 ', ''),
    known.similar.length > 0
      ? `Solved before, and alike: ${known.similar.map(({ number }) => `#${number}`).join(', ')}`
      : undefined,
  ];
}

function aboutLine({ pipeline, run }: { pipeline?: string; run?: string }, known: RequestContext): string | undefined {
  if (!pipeline && !known.trouble) return undefined;
  const state = known.trouble && troubles[known.trouble.state];
  const what = pipeline
    ? `*${words(known.title ?? pipeline, 120)}*${run ? `, run ${words(run, 80)}` : ''}`
    : 'An alert';
  return state ? `${state.emoji} ${state.word}: ${what}` : `About ${what}`;
}

function causeLine({ cause, error }: RequestContext, shown: (text: string, max: number) => string): string | undefined {
  if (cause) return `*${words(cause.title, 60)}*: ${shown(cause.line, 200)}`;
  return error ? shown(error, 200) : undefined;
}

function ownerLine({ owner, team }: RequestContext): string | undefined {
  const names = [...new Set([owner, team].filter((name) => name !== undefined))].map((name) => words(name, 60));
  return names.length > 0 ? `Owner: ${names.join(', team ')}` : undefined;
}

const changeLine = ({ changed, trouble }: RequestContext, nameOf: NameOf | undefined): string | undefined =>
  changed && sayChanged(changed, nameOf, 60).replace('before it broke', trouble ? 'before it broke' : 'before this');

function linksLine({ alertUrl, runUrl, runbook }: RequestContext): string | undefined {
  const links = [
    alertUrl && link(alertUrl, 'Alert'),
    runUrl && link(runUrl, 'Run'),
    runbook && link(runbook, 'Runbook'),
  ].filter(Boolean);
  return links.length > 0 ? links.join(' · ') : undefined;
}

const similarLines = ({ similar }: RequestContext): string[] =>
  similar.map(({ number, question, url }) => `${url ? link(url, `#${number}`) : `#${number}`} ${asked(question, 120)}`);
