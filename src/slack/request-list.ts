import type { Request } from '../domain/request';
import { context, type Message, section, sectionsOf } from './message';
import { asked, code, date, words } from './mrkdwn';
import { sayRequestState } from './request-card';

/** A request as a list shows it. */
export type RequestLine = Request & { requesterName?: string; assigneeName?: string };

/** What is asked for, and what the asker has still to do about others. */
export interface RequestList {
  requests: RequestLine[];
  total: number;
  tasks?: { id: string; requestId: string; number: number; words: string }[];
}

export interface ListContext {
  timeZone: string;
  /** `/support` */
  command: string;
  now: Date;
}

export type ListKind = 'mine' | 'queue' | 'overdue';

const titles: Record<ListKind, string> = {
  mine: 'Your requests',
  queue: 'What waits for the team',
  overdue: 'What is late',
};

const empty: Record<ListKind, (command: string) => string> = {
  mine: (command) => `You have no requests. ${code(`${command} my table is late`)} asks for help.`,
  queue: () => 'Nothing waits for the team. 🎉',
  overdue: () => 'Nothing is late. 🎉',
};

/** One line each, the most pressing first. Never throws. */
export function renderRequests(
  kind: ListKind,
  { requests, total, tasks = [] }: RequestList,
  { timeZone, command, now }: ListContext,
): Message {
  if (requests.length === 0 && tasks.length === 0) {
    const said = empty[kind](command);
    return { text: said.replaceAll('`', ''), blocks: [section(said)] };
  }
  const lines = requests.map((request) => sayLine(request, timeZone, now));
  const more = total - requests.length;
  const rest = more > 0 ? `… and ${more} more` : undefined;
  const todo = tasks.map((task) => `☐ ${words(task.words, 200)} (#${task.number})`);
  const todoTitle = `Your follow-ups (${todo.length})`;
  const title = `${titles[kind]} (${total})`;
  return {
    text: [title, ...lines.slice(0, 10).map(plainly), rest, ...(todo.length > 0 ? [todoTitle, ...todo] : [])]
      .filter(Boolean)
      .join('\n'),
    blocks: [
      section(`*${title}*`),
      ...sectionsOf(lines),
      ...(rest ? [context(rest)] : []),
      ...(todo.length > 0 ? [section(`*${todoTitle}*`), ...sectionsOf(todo)] : []),
    ],
  };
}

function sayLine(request: RequestLine, timeZone: string, now: Date): string {
  const owner = request.assignee ? words(`@${request.assigneeName ?? 'someone who left'}`, 60) : 'nobody yet';
  const isLate = request.dueAt !== undefined && request.dueAt <= now;
  const due = request.dueAt ? `${isLate ? '⚠️ was due' : 'due'} ${date(request.dueAt, timeZone)}` : undefined;
  return [
    `${sayRequestState(request)} *#${request.number}* ${asked(request.question, 120)}`,
    `asked by ${words(`@${request.requesterName ?? 'someone who left'}`, 60)}`,
    `with ${owner}`,
    ...(request.priority === 'urgent' || request.priority === 'high' ? [request.priority] : []),
    ...(due ? [due] : []),
  ].join(' · ');
}

/** For those who hear it: dates in words, no marks. */
function plainly(line: string): string {
  return line.replace(/<!date\^[^|]*\|([^>]*)>/g, '$1').replaceAll('*', '');
}
