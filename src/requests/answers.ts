import type { Request } from '../domain/request';
import { findAnswers } from '../store/answer-rows';
import type { Tx } from '../store/db';
import * as pinnedRows from '../store/pinned-rows';

/** Of what solved the like before. */
const answersShown = 3;
const answerMax = 1_500;

/** What may answer this one at once: what the team has pinned, then what solved the like and what the runbooks say, each solution once. */
export async function likelyAnswers(tx: Tx, { id: requestId, question }: Pick<Request, 'id' | 'question'>) {
  const pinned = await pinnedRows.search(tx, question, answersShown);
  const found = await findAnswers(tx, question, { limit: 3 * answersShown, exceptId: requestId });
  const isFirst = ({ resolution }: { resolution: string }, index: number) =>
    found.findIndex((each) => each.resolution === resolution) === index;
  const others = found.filter(isFirst).filter(({ id }) => !pinned.some((each) => each.requestId === id));
  return [
    ...pinned.map(({ id, question, answer }) => ({
      id,
      pinned: true,
      question,
      resolution: answer.slice(0, answerMax),
    })),
    ...others.map(({ id, number, runbook, question, resolution }) => ({
      id,
      ...(runbook === undefined ? { number } : { runbook }),
      question: question.slice(0, answerMax),
      resolution: resolution.slice(0, answerMax),
    })),
  ].slice(0, answersShown);
}
