import { standIns } from '../domain/request';
import type { Queryable } from './db';

/** What solved a request like the one that is asked now, or what a runbook says of it. */
export interface FoundAnswer {
  id: string;
  /** Of the request. */
  number?: number;
  /** The file of the runbook, from the folder of all. */
  runbook?: string;
  /** Or the headings of the runbook. */
  question: string;
  resolution: string;
}

/** Of this many that hold a word it tells nothing any more. */
const commonest = 400;
const wordsAsked = 10;
const rarest = 6;

/**
 * What solved requests that share the rare words of this one, and the sections of runbooks that do, the best first: each word counts the
 * more, the fewer hold it, and one word alone is not enough unless it is all there is. Where none does, what is spelt alike. What was
 * asked in a direct message is never shown to others, and what was opened again solved nothing.
 *
 * @param exceptId the request itself
 */
export async function findAnswers(
  db: Queryable,
  question: string,
  of: { limit: number; exceptId?: string },
): Promise<FoundAnswer[]> {
  const rows = await db.query<Record<string, unknown>>(
    `with asked as (
       select lexeme as word from unnest(to_tsvector('english', $1)) where length(lexeme) between 3 and 40
       order by length(lexeme) desc limit ${wordsAsked}
     ), counted as materialized (
       select word, (select count(*) from (
         select from requests r where r.words @@ to_tsquery('simple', quote_literal(word)) and r.resolution is not null
           and r.state = 'solved' and not r.is_direct limit ${commonest + 1}) held)::int
         + (select count(*) from (
         select from runbook_sections s where s.words @@ to_tsquery('simple', quote_literal(word)) limit ${commonest + 1}) told)::int as held
       from asked
     ), rare as materialized (
       select word, ln(1 + 50000.0 / held) as weight from counted where held between 1 and ${commonest} order by held limit ${rarest}
     ), hits as (
       select r.request_id, sum(rare.weight) as score, count(*) as shared
       from rare join requests r on r.words @@ to_tsquery('simple', quote_literal(rare.word))
       where r.resolution is not null and r.state = 'solved' and not r.is_direct and r.request_id is distinct from $3
       group by r.request_id
     ), best as (
       select request_id, score from hits where shared >= least(2, (select count(*) from asked)) order by score desc limit 20
     ), told as (
       select s.section_id, sum(rare.weight) as score, count(*) as shared
       from rare join runbook_sections s on s.words @@ to_tsquery('simple', quote_literal(rare.word)) group by s.section_id
     )
     select id, number, runbook, question, resolution from (
       select r.request_id as id, r.number, null as runbook, r.question, r.resolution,
              best.score * (0.5 + similarity(r.question, $1)) as score, r.solved_at
       from best join requests r on r.request_id = best.request_id where r.question <> '${standIns.deleted}'
       union all
       select s.section_id, null, s.path, s.title, s.body, told.score * (0.5 + similarity(s.title, $1)), null
       from told join runbook_sections s on s.section_id = told.section_id
       where told.shared >= least(2, (select count(*) from asked))
     ) ranked order by score desc, solved_at desc nulls first, id limit $2`,
    [question, of.limit, of.exceptId ?? null],
  );
  const isShort = question.length <= shortMax;
  const found = rows.length > 0 || !isShort ? rows : await spelledAlike(db, question, of);
  return found.map(
    (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as FoundAnswer,
  );
}

/** Of a longer one some words are spelt well; and to compare all its letters takes too long. In characters. */
const shortMax = 60;
/** Letters in threes: 0 = nothing alike, 1 = the same. */
const alikeFrom = 0.45;
/** What is longer than this shares too few of its threes with a short one: 60 / 0.45. The index `requests_letters_short` holds no more. In characters. */
const alikeLongest = 140;

async function spelledAlike(
  db: Queryable,
  question: string,
  of: { limit: number; exceptId?: string },
): Promise<Record<string, unknown>[]> {
  await db.query(`select set_config('pg_trgm.similarity_threshold', $1, true)`, [String(alikeFrom)]);
  const rows = await db.query<Record<string, unknown> & { apart: number }>(
    `(select r.request_id as id, r.number, null as runbook, r.question, r.resolution, r.question <-> $1 as apart
      from requests r where r.resolution is not null and r.state = 'solved' and not r.is_direct and r.request_id is distinct from $3 and r.question % $1
        and length(r.question) <= ${alikeLongest}
      order by r.question <-> $1 limit $2)
     union all
     (select s.section_id, null, s.path, s.title, s.body, s.heading <-> $1
      from (select *, regexp_replace(title, '^.* › ', '') as heading from runbook_sections) s where s.heading % $1
      order by s.heading <-> $1 limit $2)
     order by apart limit $2`,
    [question, of.limit, of.exceptId ?? null],
  );
  return rows.flatMap(({ apart, ...row }) => (apart <= 1 - alikeFrom ? [row] : []));
}
