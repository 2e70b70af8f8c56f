import { z } from 'zod';
import type { Actor } from '../domain/actor';
import { type FeedbackAnswer, type ThumbSubject, type UnwantedMessages, unwantedMessages } from '../domain/feedback';
import type { Requests } from '../requests';
import type { Feedback } from '../requests/feedback';
import type { Pulse } from '../requests/pulse';
import type { Tx } from '../store/db';
import type { StoredPress } from '../store/press-rows';
import type { Done } from './done';
import { createPressReader, type Run } from './press-reader';

export interface FeedbackPressDeps {
  requests: Pick<Requests, 'isTeam'>;
  feedback: Feedback;
  pulse: Pick<Pulse, 'answer' | 'explain'>;
  actor(slackId: string): Promise<Actor>;
}

const CauseValue = z.object({ incidentId: z.uuid() });
const ActionValue = z.object({ id: z.uuid() });
const Typed = z.object({ text: z.string() });
const Given = z.object({
  origin: z.string(),
  source: z.enum(['command', 'form', 'home']),
  words: z.string().trim().min(1),
});
const Sorted = z.object({
  id: z.uuid(),
  status: z.enum(['new', 'planned', 'declined']),
  themeId: z.uuid().optional(),
  newTheme: z.string().trim().min(1).max(60).optional(),
});
const Answered = z.object({
  id: z.uuid(),
  scope: z.enum(['item', 'theme']),
  words: z.string().trim().min(1),
  link: z.string().optional(),
});
const Wanted = z.object({ what: z.enum(unwantedMessages) });
const PulseValue = z.object({ quarter: z.string() });
const PulseExplained = PulseValue.extend({ words: z.string().trim().min(1) });

const gone: Done = { outcome: 'gone', answer: { kind: 'gone' } };

/** What people press to say what they think, by the name of the press. */
export function createFeedbackPresses({ feedback, pulse, requests, actor }: FeedbackPressDeps): Map<string, Run> {
  const read = createPressReader(actor);
  const causeOf = (value: unknown): ThumbSubject | undefined => {
    const read = CauseValue.safeParse(value).data;
    return read && { kind: 'diagnosis', ...read };
  };
  const actionOf = (value: unknown): ThumbSubject | undefined => {
    const read = ActionValue.safeParse(value).data;
    return read && { kind: 'action', actionId: read.id };
  };
  return new Map<string, Run>([
    ['cause-right.v1', thumb(causeOf, true)],
    ['cause-wrong.v1', thumb(causeOf, false)],
    ['it-helped.v1', thumb(actionOf, true)],
    ['no-help.v1', thumb(actionOf, false)],
    ['command:feedback', read(Typed, (tx, who, { text }, { key }) => taken(tx, who, text, 'command', key))],
    [
      'give-feedback-form.v1',
      read(Given, (tx, who, { words, source, origin }) => taken(tx, who, words, source, `form:${origin}`)),
    ],
    ['sort-feedback-form.v1', read(Sorted, ofTeam(sorting))],
    ['send-answer.v1', read(Answered, ofTeam(answering))],
    ...['one', 'two', 'three', 'four', 'five'].map((word, index): [string, Run] => [
      `pulse-${word}.v1`,
      rating(index + 1),
    ]),
    ['explain-pulse-form.v1', read(PulseExplained, explaining)],
    ['unwanted.v1', read(Wanted, (tx, who, { what }) => wanting(tx, who, what, true))],
    ['wanted.v1', read(Wanted, (tx, who, { what }) => wanting(tx, who, what, false))],
  ]);

  function ofTeam<T>(run: (tx: Tx, who: Actor, value: T) => Promise<Done>) {
    return async (tx: Tx, who: Actor, value: T): Promise<Done> =>
      requests.isTeam(who) ? run(tx, who, value) : said('denied', { kind: 'not-team' });
  }

  function thumb(subjectOf: (value: unknown) => ThumbSubject | undefined, isUp: boolean): Run {
    return read(z.unknown(), async (tx, who, value, { receivedAt: at }) => {
      const subject = subjectOf(value);
      if (!subject || !(await feedback.thumb(tx, { actor: who, subject, isUp, at }))) return gone;
      return said('noted', { kind: 'thumb', about: subject.kind, isUp });
    });
  }

  async function taken(
    tx: Tx,
    who: Actor,
    words: string,
    source: 'command' | 'form' | 'home',
    origin: string,
  ): Promise<Done> {
    if (words.trim() === '') return said('empty', { kind: 'empty' });
    const number = await feedback.take(tx, { actor: who, source, words, origin });
    return said('taken', { kind: 'taken', number });
  }

  async function sorting(tx: Tx, _who: Actor, wish: z.infer<typeof Sorted>): Promise<Done> {
    const number = await feedback.sort(tx, wish);
    return number === undefined ? gone : said('sorted', { kind: 'sorted', number });
  }

  async function answering(tx: Tx, who: Actor, doing: z.infer<typeof Answered>): Promise<Done> {
    const answered = await feedback.answer(tx, { actor: who, ...doing });
    if (!answered) return gone;
    return 'already' in answered
      ? said('already', { kind: 'answered-already', number: answered.already })
      : said('answered', { kind: 'answered', ...answered });
  }

  function rating(score: number): Run {
    return read(PulseValue, async (tx, who, { quarter }, { receivedAt: at }) => {
      const isKept = await pulse.answer(tx, { actor: who, quarter, score, at });
      return isKept ? said('answered', { kind: 'pulse', quarter, score }) : said('over', { kind: 'pulse-over' });
    });
  }

  async function explaining(
    tx: Tx,
    who: Actor,
    { quarter, words }: z.infer<typeof PulseExplained>,
    { receivedAt: at }: StoredPress,
  ): Promise<Done> {
    const isKept = await pulse.explain(tx, { actor: who, quarter, words, at });
    return isKept ? said('explained', { kind: 'pulse-explained' }) : said('over', { kind: 'pulse-over' });
  }

  async function wanting(tx: Tx, who: Actor, what: UnwantedMessages, isOff: boolean): Promise<Done> {
    await feedback.want(tx, who, what, isOff);
    return said(isOff ? 'unwanted' : 'wanted', { kind: 'unwanted', what, isOff });
  }
}

const said = (outcome: string, answer: FeedbackAnswer): Done => ({
  outcome,
  answer: { kind: 'feedback', said: answer },
});
