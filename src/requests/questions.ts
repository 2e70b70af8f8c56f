/**
 * Owns questions that come again and again: notices them, asks the team once whether they are worth an entry in a runbook, and drafts it.
 * In: the clock, or a person of the team. Out: a suggestion in the team's channel, a draft.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { withoutNames } from '../domain/nameless';
import { answerOf, draftRunbook } from '../domain/runbook-draft';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Db, Tx } from '../store/db';
import * as postRows from '../store/post-rows';
import * as questionRows from '../store/question-rows';
import type { Requests } from '.';
import type { Pinned, PinOutcome } from './pinned';

export interface QuestionDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  requests: Requests;
  pinned: Pick<Pinned, 'pin'>;
  /** Secrets are taken out once more: a draft is made to be kept. */
  redact(text: string): string;
}

/** What the team is shown before it decides. */
export interface QuestionDraft {
  question: string;
  answer: string;
  /** Markdown. */
  entry: string;
}

export type Questions = ReturnType<typeof createQuestions>;

const days = 28;
const windowMs = days * 86_400_000;
/** So often it is no chance any more. */
const timesWorthIt = 3;
const comparedAtOnce = 20;
const numbersShown = 10;

export function createQuestions({ db, clock, settings, requests, pinned, redact }: QuestionDeps) {
  const since = (at: Date) => new Date(at.getTime() - windowMs);

  /** One trouble that many ask about is one question. */
  const timesOf = (alike: readonly questionRows.AlikeRequest[]) =>
    new Set(alike.map(({ id, incidentId }) => incidentId ?? id)).size;

  async function suggest(
    tx: Tx,
    channel: string,
    { id, question }: { id: string; question: string },
  ): Promise<boolean> {
    const now = clock.now();
    const alike = await questionRows.alike(tx, question, since(now));
    if (timesOf(alike) < timesWorthIt) return false;
    await questionRows.lock(tx);
    if (await questionRows.isKnown(tx, question)) return false;
    const groupId = randomUUID();
    const postId = randomUUID();
    const notice = {
      kind: 'asked-often' as const,
      at: now,
      groupId,
      question: withoutNames(question),
      times: timesOf(alike),
      days,
      numbers: alike.slice(-numbersShown).map(({ number }) => number),
    };
    await postRows.addNote(tx, { id: postId, channel, notice }, now);
    await questionRows.suggest(tx, { id: groupId, requestId: id, question, postId }, now);
    return true;
  }

  /** Of two who settle it, the first one does, and the message says so. */
  async function settle(
    tx: Tx,
    { actor, id, how }: { actor: Actor; id: string; how: 'pinned' | 'dismissed' },
  ): Promise<boolean> {
    const now = clock.now();
    const settled = await questionRows.settle(tx, { id, state: how, by: actor.personId }, now);
    if (!settled) return false;
    const notice = settled.postId ? await postRows.noticeOf(tx, settled.postId) : undefined;
    if (settled.postId && notice?.kind === 'asked-often')
      await postRows.changeNote(
        tx,
        { id: settled.postId, notice: { ...notice, settled: { how, by: actor.slackId } }, urgency: 'press' },
        now,
      );
    return true;
  }

  return {
    /** @returns how many suggestions are new */
    async sweep(): Promise<number> {
      const { triageChannel } = settings().support;
      if (!triageChannel) return 0;
      return db.transaction(async (tx) => {
        const now = clock.now();
        const fresh = await questionRows.toCompare(tx, since(now), comparedAtOnce);
        if (fresh.length === 0) return 0;
        let suggested = 0;
        for (const request of fresh) if (await suggest(tx, triageChannel, request)) suggested += 1;
        await questionRows.markCompared(
          tx,
          fresh.map(({ id }) => id),
          now,
        );
        return suggested;
      });
    },

    /** What an entry could be, from what solved them, else from what was said; nothing where the words are gone. */
    async draft(groupId: string): Promise<QuestionDraft | undefined> {
      const group = await questionRows.find(db, groupId);
      if (!group || group.question === '') return undefined;
      const alike = await questionRows.alike(db, group.question, since(group.at));
      // What was said in a direct message stays there.
      const open = alike.filter(({ isDirect }) => !isDirect);
      const { said, names } = await questionRows.saidIn(
        db,
        open.map(({ id }) => id),
      );
      const forAll = (text: string) => redact(withoutNames(text, names));
      const solutions = open.flatMap(({ resolution }) => (resolution ? [resolution] : []));
      const answers = (solutions.length > 0 ? solutions : said).map(forAll);
      const question = forAll(group.question);
      const asked = open.map((each) => forAll(each.question));
      const entry = draftRunbook({ question, asked, answers, times: timesOf(alike), days });
      return { question, answer: answerOf(answers), entry };
    },

    /** Saves it as a pinned answer. Of two who do, the first one does. */
    async pin(tx: Tx, of: { actor: Actor; groupId: string; question: string; answer: string }): Promise<PinOutcome> {
      const { actor, groupId: id, question, answer } = of;
      if (!requests.isTeam(actor)) return 'not-team';
      if (!(await settle(tx, { actor, id, how: 'pinned' }))) return 'settled-already';
      return pinned.pin(tx, { actor, question, answer });
    },

    /** It is not asked again for questions like these. */
    async dismiss(tx: Tx, { actor, groupId: id }: { actor: Actor; groupId: string }): Promise<PinOutcome> {
      if (!requests.isTeam(actor)) return 'not-team';
      return (await settle(tx, { actor, id, how: 'dismissed' })) ? 'dismissed' : 'settled-already';
    },
  };
}
