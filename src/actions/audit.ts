import { stringify } from 'csv-stringify/sync';
import type { Actor } from '../domain/actor';
import { type AuditAnswer, type AuditLine, readAuditAsk } from '../domain/audit';
import { isNamedOwner } from '../domain/ownership';
import { nameOf, type Pipeline } from '../domain/pipeline';
import { type Settings, teamOf } from '../domain/settings';
import type { Clock } from '../lib/clock';
import { findSurrogates, newestLines, readAudit } from '../store/audit-reads';
import type { Db } from '../store/db';

const pageLines = 10;
/** Of a file; who wants more asks for less time, or uses the command line. */
const fileLines = 20_000;

export interface AuditDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  lookUp(name: string): Promise<{ found: Pipeline[]; didYouMean: string[] }>;
  mayOperate(actor: Actor): { may: boolean; whoMay: string };
  /** Brings a file to this person alone. @throws Failure */
  bring(slackId: string, file: { name: string; title: string; content: string }): Promise<void>;
}

/**
 * The audit trail, as people may see it: operators all of it, others what they did themselves and all about pipelines that are theirs
 * or their team's.
 */
export function createAudit({ db, clock, settings, lookUp, mayOperate, bring }: AuditDeps) {
  return {
    /** @throws Failure when a file cannot be brought */
    async ask({ actor, text, timeZone }: { actor: Actor; text: string; timeZone: string }): Promise<AuditAnswer> {
      const ask = readAuditAsk(text, { now: clock.now(), timeZone });
      const operates = mayOperate(actor);
      const { found, didYouMean } = ask.pipeline === undefined ? nothing : await lookUp(ask.pipeline);
      const [pipeline] = found;
      if (ask.pipeline !== undefined && !pipeline) return { kind: 'unknown', name: ask.pipeline, didYouMean };
      const maySeeAll = operates.may || (pipeline !== undefined && found.every((each) => isOf(actor, each)));
      const asked = ask.person === undefined ? undefined : await findSurrogates(db, ask.person);
      if (asked?.length === 0) return { kind: 'unknown', name: `@${ask.person}`, didYouMean: [] };
      const isSelf = asked?.every((id) => id === actor.personId) ?? false;
      if (!maySeeAll && !isSelf && (pipeline || asked)) {
        const owners = pipeline && teamOf(pipeline.facts, settings())?.name;
        return {
          kind: 'denied',
          name: pipeline ? nameOf(pipeline) : `@${ask.person}`,
          whoMay: owners ? `members of *${owners}* or ${operates.whoMay}` : operates.whoMay,
        };
      }
      const isOwnOnly = !maySeeAll;
      const personIds = isOwnOnly ? [actor.personId] : asked;
      const key = pipeline && (found.length === 1 ? `${pipeline.connection}/${pipeline.key}` : pipeline.key);
      const question = { since: ask.since, personIds, pipeline: key };
      if (ask.isFile) return file(actor, question);
      const { lines, total } = await newestLines(db, question, {
        skip: (ask.page - 1) * pageLines,
        limit: pageLines,
      });
      const pages = Math.max(1, Math.ceil(total / pageLines));
      return { kind: 'page', lines, total, page: ask.page, pages, ask, isOwnOnly };
    },
  };

  function isOf(actor: Actor, { facts }: Pipeline): boolean {
    const team = teamOf(facts, settings())?.name.toLowerCase();
    return isNamedOwner(actor, facts) || actor.teams.some((mine) => mine.toLowerCase() === team);
  }

  async function file(actor: Actor, question: Parameters<typeof readAudit>[1]): Promise<AuditAnswer> {
    let total = 0;
    async function* counted(): AsyncGenerator<AuditLine> {
      for await (const line of readAudit(db, question)) {
        total += 1;
        yield line;
        if (total >= fileLines) return;
      }
    }
    let content = '';
    for await (const record of asCsv(counted())) content += record;
    await bring(actor.slackId, { name: 'audit.csv', title: 'Audit trail', content });
    return { kind: 'file', total };
  }
}

const nothing = { found: [], didYouMean: [] };

/** One record for each line, after a head; a spreadsheet opens it and calculates nothing in it. */
export async function* asCsv(lines: AsyncIterable<AuditLine>): AsyncGenerator<string> {
  const record = (cells: (string | number | undefined)[]) => stringify([cells], { escape_formulas: true });
  yield record([
    'seq',
    'at',
    'what',
    'kind',
    'person',
    'slackId',
    'personId',
    'connection',
    'pipeline',
    'run',
    'actionId',
    'detail',
  ]);
  for await (const line of lines) {
    const { seq, at, what, kind, person, slackId, personId, connection, pipeline, run, actionId, detail } = line;
    const cells = [seq, at.toISOString(), what, kind, person, slackId, personId, connection, pipeline, run, actionId];
    yield record([...cells, JSON.stringify(detail)]);
  }
}
