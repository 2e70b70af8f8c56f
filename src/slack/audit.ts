import type { AuditAnswer, AuditLine } from '../domain/audit';
import { context, header, type Message, sectionsOf, sentence, sentences } from './message';
import { code, date, sayDate, words } from './mrkdwn';

export interface AuditContext {
  /** With its slash, as this workspace calls it. */
  command: string;
  timeZone: string;
}

/** A page of the audit trail, to the asker alone. Never throws. */
export function renderAudit(answer: AuditAnswer, asker: AuditContext): Message {
  switch (answer.kind) {
    case 'page':
      return page(answer, asker);
    case 'file':
      return sentence(
        answer.total === 0
          ? 'Nothing in the trail fits, so the file holds its head alone. It is in your direct messages with me.'
          : `${answer.total} ${answer.total === 1 ? 'line' : 'lines'} of the trail are in a file, in your direct messages with me.`,
      );
    case 'denied':
      return sentence(
        `The trail of ${words(answer.name, 120)} is for ${words(answer.whoMay.replaceAll('*', ''), 300)}. ${code(`${asker.command} audit`)} shows what you did yourself.`,
      );
    case 'unknown':
      return sentence(
        answer.name.startsWith('@')
          ? `I know nobody by ${words(answer.name, 80)}. People are found by name, or by their e-mail address.`
          : `I know no pipeline ${code(answer.name, 120)}.${answer.didYouMean.length > 0 ? ` Did you mean ${answer.didYouMean.map((name) => code(name, 120)).join(', ')}?` : ''}`,
      );
  }
}

function page(answer: Extract<AuditAnswer, { kind: 'page' }>, { command, timeZone }: AuditContext): Message {
  const { lines, total, page: at, pages, ask, isOwnOnly } = answer;
  const of = ask.pipeline ? ` about ${words(ask.pipeline, 80)}` : isOwnOnly ? ' about you' : '';
  if (total === 0) return sentence(`Nothing in the trail${of} fits.`);
  const typed = [ask.pipeline, ask.person && `@${ask.person}`, ask.since?.toISOString().replace(/\.\d+Z$/, 'Z')].filter(
    Boolean,
  );
  const again = (word: string) => code([command, 'audit', ...typed, word].join(' '), 200);
  const headline = `${total} ${total === 1 ? 'line' : 'lines'} in the audit trail${of}`;
  const more = at < pages ? `: ${again(String(at + 1))} shows older ones` : '';
  return {
    text: sentences([
      headline,
      ...lines.map((line) => sayLine(line, sayDate(line.at, timeZone), (text) => words(text, 120))),
    ]),
    blocks: [
      header(headline),
      ...sectionsOf(lines.map((line) => sayLine(line, date(line.at, timeZone), (text) => code(text, 120)))),
      context(
        `Page ${at} of ${pages}, newest first${more}. ${again('csv')} brings all as a file.${isOwnOnly ? ' You see what you did yourself; name a pipeline of yours to see all about it.' : ''}`,
      ),
    ],
  };
}

function sayLine(line: AuditLine, when: string, name: (text: string) => string): string {
  const { person, personId, kind, what, pipeline, run } = line;
  const who = person ? words(`@${person}`, 60) : personId ? 'somebody who was erased' : 'Pitcrew';
  const where = pipeline ? ` ${name(pipeline)}` : '';
  const target = line.detail.what;
  const about = run ? `, run ${words(run, 60)}` : typeof target === 'string' ? `, ${words(target, 80)}` : '';
  const why = reasonIn(line.detail);
  return `${when} · ${who} · ${words(kind, 40)} ${words(what, 40)}${where}${about}${why ? `: ${words(why, 200)}` : ''}`;
}

/** What a person reads of the details; the file has all of them. */
function reasonIn(detail: Record<string, unknown>): string | undefined {
  const said = [detail.reason, detail.say, detail.why, detail.cause].find(
    (each) => typeof each === 'string' && each !== '',
  );
  const auto = detail.auto === undefined ? undefined : 'by itself';
  return [auto, said].filter(Boolean).join('; ') || undefined;
}
