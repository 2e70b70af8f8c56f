import { z } from 'zod';
import type { Actor } from '../domain/actor';
import { Failure } from '../domain/failure';
import type { Notice } from '../domain/notice';
import { isPleasantry } from '../domain/pleasantry';
import { RequestAbout, Source, standIns } from '../domain/request';
import { answersIt, type RequestRefusal, type RequestWish } from '../domain/request-wish';
import type { Clock } from '../lib/clock';
import { type News, originOf, type WishAnswer } from '../requests';
import { aboutAlert } from '../requests/about';
import type { Feedback } from '../requests/feedback';
import { readMessage, timeOf, withoutCall } from '../requests/message';
import { createRewording } from '../requests/rewording';
import type { Tx } from '../store/db';
import type { StoredPress } from '../store/press-rows';
import * as pressRows from '../store/press-rows';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';
import type { Done } from './done';
import {
  createPinnedPresses,
  DismissQuestion,
  type PinnedPressDeps,
  PinQuestion,
  PinWish,
  UnpinWish,
} from './pinned-presses';
import { createPressReader, notUnderstood, type Run } from './press-reader';
import { Changed, createRequestChanges, type RequestChangeDeps } from './request-changes';
import { done } from './request-done';

export interface RequestPressDeps extends RequestChangeDeps, PinnedPressDeps {
  clock: Clock;
  feedback: Pick<Feedback, 'take' | 'erase'>;
  /** What somebody wrote, for a request that began with an emoji. @throws Failure */
  messageAt(channel: string, ts: string): Promise<{ user: string; text: string; threadTs?: string } | undefined>;
}

const RequestValue = z.object({ id: z.uuid() });
const Asked = z.object({
  origin: z.string(),
  source: Source,
  question: z.string().trim().min(1),
  threadTs: z.string().optional(),
  isDirect: z.boolean(),
  about: RequestAbout.optional(),
});
const Answered = RequestValue.extend({ answer: z.uuid() });
const Solved = RequestValue.extend({ resolution: z.string().trim().min(1) });
const Explained = RequestValue.extend({ words: z.string().trim().min(1) });
/** Without `as`, of forms of an earlier release, it is a question. */
const WroteBack = RequestValue.extend({
  question: z.string().trim().min(1),
  as: z.enum(['question', 'answer']).default('question'),
});
const Ticked = RequestValue.extend({ task: z.uuid() });
const Written = z.object({
  text: z.string(),
  ts: z.string(),
  threadTs: z.string().optional(),
  isDirect: z.boolean().optional(),
  /** What became of one that was written before; `changedTs`: when, in Slack's stamp. */
  change: z.enum(['edited', 'deleted']).optional(),
  changedTs: z.string().optional(),
});
const Forgotten = z.object({ slackId: z.string() });
const Reacted = z.object({ ts: z.string() });

type NoticeOf = Partial<Extract<Notice, { kind: 'request' }>>;

/** What they mean: it is so already. */
const likeThat = new Set<RequestRefusal['because']>(['yours-already', 'over', 'not-over']);
const doublePressMs = 10_000;
const lateMs = 30_000;
/** Whose message stands where one with a thread was deleted. */
const slackbot = 'USLACKBOT';

/** What people press, write and fill in about requests for help, by the name of the press. */
export function createRequestPresses(deps: RequestPressDeps): Map<string, Run> {
  const { requests, feedback, clock, actor, messageAt } = deps;
  const read = createPressReader(actor);
  const pinning = createPinnedPresses(deps);
  const rewording = createRewording({ requests, clock, actor });
  return new Map<string, Run>([
    ['ask-form.v1', read(Asked, asking)],
    [
      'claim-request.v1',
      wishing(
        RequestValue,
        () => ({ do: 'claim' }),
        ({ slackId }) => ({ what: 'claimed', by: slackId }),
      ),
    ],
    ['request-solved.v1', wishing(RequestValue, () => ({ do: 'solve', how: 'requester' }))],
    ['answer-solved.v1', read(Answered, answered)],
    ['need-help-still.v1', read(RequestValue, needingHelp)],
    ['reopen-request.v1', read(RequestValue, reopening)],
    ['solve-form.v1', read(Solved, solving)],
    ['ask-back-form.v1', read(WroteBack, writingBack)],
    ['change-request-form.v1', read(Changed, createRequestChanges(deps))],
    ['pin-answer-form.v1', read(PinWish, pinning.pin)],
    ['pin-question-form.v1', read(PinQuestion, pinning.pinQuestion)],
    ['dismiss-question.v1', read(DismissQuestion, pinning.dismiss)],
    ['unpin-answer.v1', read(UnpinWish, pinning.unpin)],
    ['finish-task.v1', read(Ticked, ticking(true))],
    ['reopen-task.v1', read(Ticked, ticking(false))],
    ...['one', 'two', 'three', 'four', 'five'].map((word, index): [string, Run] => [
      `rate-request-${word}.v1`,
      read(RequestValue, (tx, who, { id }) => rating(tx, who, id, index + 1)),
    ]),
    ['explain-rating-form.v1', read(Explained, explaining)],
    ['forget-me.v1', read(Forgotten, forgetting)],
    ['slack:message', heard(Written, written)],
    ['slack:app_mention', heard(Written, mentioned)],
    ['slack:reaction_added', heard(Reacted, reacted)],
  ]);

  /** What was written to nobody in particular is answered to nobody. */
  function heard<T>(
    schema: z.ZodType<T>,
    run: (tx: Tx, who: Actor, value: T, press: StoredPress) => Promise<Done>,
  ): Run {
    const reading = read(schema, run);
    return async (tx, press) => ({ outcome: (await reading(tx, press)).outcome });
  }

  function wishing(
    schema: typeof RequestValue,
    wishOf: () => RequestWish,
    told?: (who: Actor) => NoticeOf & { what: NonNullable<NoticeOf['what']> },
  ): Run {
    return read(schema, async (tx, who, { id }) =>
      settled(
        tx,
        who,
        await requests.wish(tx, {
          requestId: id,
          by: requests.byOf(who),
          wish: wishOf(),
          ...(told ? { tell: tells(told(who)) } : {}),
        }),
      ),
    );
  }

  /** The second of two presses of a nervous finger is refused without a word. */
  async function settled(tx: Tx, who: Actor, said: WishAnswer): Promise<Done> {
    if (said.outcome !== 'refused' || !likeThat.has(said.refusal.because)) return done(said);
    const happened = await requestRows.events(tx, said.request.id);
    const last = happened.filter(({ by }) => by === who.personId).at(-1);
    const isJustDone = last !== undefined && clock.now().getTime() - last.at.getTime() < doublePressMs;
    return isJustDone ? { outcome: 'a repeat' } : done(said);
  }

  /** In its thread. */
  function tells({ what, ...more }: NoticeOf & { what: NonNullable<NoticeOf['what']> }) {
    return (after: StoredRequest): News[] => [{ under: 'request', notice: requests.noticeOf(after, what, more) }];
  }

  async function asking(tx: Tx, who: Actor, value: z.infer<typeof Asked>, press: StoredPress): Promise<Done> {
    const { isDirect, threadTs, source, question, origin, about } = value;
    const channel = isDirect || !press.channel ? who.slackId : press.channel;
    const { outcome, number } = await requests.ask(tx, {
      requester: who,
      source,
      question,
      channel,
      origin: `form:${origin}`,
      ...(threadTs && !isDirect ? { threadTs } : {}),
      ...(about ? { about } : {}),
    });
    return { outcome, answer: { kind: 'request', said: { kind: 'asked', number, isDirect } } };
  }

  /** Of a request that the clock or an answer of ours has held up. */
  async function needingHelp(tx: Tx, who: Actor, { id }: { id: string }): Promise<Done> {
    const said = await requests.wish(tx, {
      requestId: id,
      by: requests.byOf(who),
      wish: { do: 'need-help-still' },
      tell: (after) => [{ under: 'triage', notice: requests.noticeOf(after, 'needs-help-still', { by: who.slackId }) }],
    });
    return done(said);
  }

  /** An answer that was offered was enough: nobody of the team had to. Once somebody has answered, it is the requester's word alone. */
  async function answered(tx: Tx, who: Actor, { id, answer }: z.infer<typeof Answered>): Promise<Done> {
    const by = requests.byOf(who);
    const before = await requests.find(id);
    if (before && before.requester !== who.personId)
      return done({ outcome: 'refused', refusal: { because: 'not-yours' }, request: before });
    const how = before?.firstResponseAt ? 'requester' : 'deflected';
    return settled(tx, who, await requests.wish(tx, { requestId: id, by, wish: { do: 'solve', how, answer } }));
  }

  async function forgetting(tx: Tx, who: Actor, { slackId }: { slackId: string }): Promise<Done> {
    if (slackId !== who.slackId)
      return { outcome: 'denied', answer: { kind: 'denied', why: 'Only you can erase what is yours.', whoMay: '' } };
    await feedback.erase(tx, who);
    await requests.forget(tx, who);
    return {
      outcome: 'erased',
      answer: { kind: 'cannot', say: 'Your words are erased, and nothing here leads to you any more' },
    };
  }

  async function reopening(tx: Tx, who: Actor, { id }: { id: string }): Promise<Done> {
    const said = await requests.wish(tx, {
      requestId: id,
      by: requests.byOf(who),
      wish: { do: 'reopen' },
      tell: (after) => [{ under: 'triage', notice: requests.noticeOf(after, 'reopened', { by: who.slackId }) }],
    });
    return settled(tx, who, said);
  }

  async function solving(tx: Tx, who: Actor, { id, resolution }: z.infer<typeof Solved>): Promise<Done> {
    const by = requests.byOf(who);
    const before = await requests.find(id);
    if (!before) return done({ outcome: 'gone' });
    const because = before.state === 'solved' ? 'over' : answersIt(by, before) ? undefined : 'not-team';
    if (because) return done({ outcome: 'refused', refusal: { because }, request: before });
    // What solved it is told in the thread, and so is an answer.
    const said = await requests.wish(tx, {
      requestId: id,
      by,
      wish: { do: 'say', words: resolution.replaceAll('?', '.') },
      words: { kind: 'said', words: resolution },
    });
    if (said.outcome !== 'done') return done(said);
    return done(
      await requests.wish(tx, {
        requestId: id,
        by,
        wish: { do: 'solve', how: 'team' },
        resolution,
        tell: tells({ what: 'solved', by: who.slackId, say: resolution }),
      }),
    );
  }

  /** To who asked, in the name of who answers: a question stops the clock, an answer does not. */
  async function writingBack(tx: Tx, who: Actor, { id, question: text, as }: z.infer<typeof WroteBack>): Promise<Done> {
    const by = requests.byOf(who);
    const before = await requests.find(id);
    if (before && !answersIt(by, before))
      return done({ outcome: 'refused', refusal: { because: 'not-team' }, request: before });
    const isQuestion = as === 'question';
    const words = isQuestion && !/[?？؟]\s*$/.test(text) ? `${text}?` : text;
    const what = isQuestion ? 'asked-back' : 'answered';
    return done(
      await requests.wish(tx, {
        requestId: id,
        by,
        wish: { do: 'say', words: isQuestion ? words : words.replace(/[?？؟]/g, '.') },
        words: { kind: 'said', words },
        tell: (after) => {
          const said = { by: who.slackId, say: words };
          const to = after.requesterSlackId ? { to: after.requesterSlackId } : {};
          return [
            { under: 'request', notice: requests.noticeOf(after, what, { ...said, ...to }) },
            // The team cannot look into a direct message.
            ...(after.isDirect ? [{ under: 'triage' as const, notice: requests.noticeOf(after, what, said) }] : []),
          ];
        },
      }),
    );
  }

  async function rating(tx: Tx, who: Actor, id: string, score: number): Promise<Done> {
    const said = await requests.wish(tx, { requestId: id, by: requests.byOf(who), wish: { do: 'rate', score } });
    if (said.outcome !== 'done') return done(said);
    const { number } = said.request;
    return { outcome: 'rated', answer: { kind: 'request', said: { kind: 'rated', score, requestId: id, number } } };
  }

  /** Told to the team alone, where its card stands. */
  async function explaining(
    tx: Tx,
    who: Actor,
    { id, words }: z.infer<typeof Explained>,
    { key }: StoredPress,
  ): Promise<Done> {
    const said = await requests.wish(tx, {
      requestId: id,
      by: requests.byOf(who),
      wish: { do: 'explain' },
      scoreWords: words,
      tell: (after) => [
        {
          under: 'triage',
          notice: requests.noticeOf(after, 'rating-explained', {
            ...(after.score ? { score: after.score } : {}),
            ...(after.scoreWords ? { say: after.scoreWords } : {}),
          }),
        },
      ],
    });
    if (said.outcome === 'done')
      await feedback.take(tx, { actor: who, source: 'rating', words, requestId: id, origin: `rating:${key}` });
    return said.outcome === 'done'
      ? { outcome: 'explained', answer: { kind: 'request', said: { kind: 'explained' } } }
      : done(said);
  }

  function ticking(isDone: boolean) {
    return async (tx: Tx, who: Actor, { id, task }: z.infer<typeof Ticked>): Promise<Done> => {
      const by = requests.byOf(who);
      const of = { requestId: id, taskId: task, by, bySlackId: who.slackId, isDone };
      return done(await deps.requestTasks.tick(tx, of));
    };
  }

  async function written(tx: Tx, who: Actor, value: z.infer<typeof Written>, press: StoredPress): Promise<Done> {
    const { text, ts, threadTs, isDirect, change, changedTs } = value;
    if (!press.channel) return notUnderstood;
    if (change) {
      await pressRows.holdMessage(tx, press.channel, ts);
      const at = changedTs === undefined ? clock.now() : timeOf(changedTs);
      const of = { by: who, channel: press.channel, ts, at };
      return {
        outcome: await (change === 'edited' ? rewording.edited(tx, { ...of, text }) : rewording.deleted(tx, of)),
      };
    }
    const now = await asItIs(tx, press, ts, text);
    if (now === undefined) return { outcome: 'deleted since' };
    if (threadTs || isDirect) {
      const words = await readMessage(now, actor);
      const said = await requests.said(tx, { actor: who, channel: press.channel, threadTs, ts, wire: now, words });
      if (said || threadTs) return { outcome: said?.outcome ?? 'no request there' };
      // A thanks behind the end asks nothing.
      if (isPleasantry(now)) return { outcome: 'a thanks' };
    }
    return opened(tx, who, { channel: press.channel, ts, text: now, source: isDirect ? 'mention' : 'channel' });
  }

  /**
   * What we heard of late (Slack tells it again when we were away), or after a change of it, may be another text by now, or none. A
   * change that comes meanwhile waits until this one is carried out.
   */
  async function asItIs(
    tx: Tx,
    { channel, receivedAt }: StoredPress,
    ts: string,
    text: string,
  ): Promise<string | undefined> {
    if (channel === undefined) return text;
    await pressRows.holdMessage(tx, channel, ts);
    const { isEdited, isDeleted } = await pressRows.changesUnheard(tx, channel, ts);
    if (isDeleted) return undefined;
    const isLate = receivedAt.getTime() - timeOf(ts).getTime() >= lateMs;
    if (!isLate && !isEdited) return text;
    try {
      const message = await messageAt(channel, ts);
      return message?.user === slackbot ? undefined : message?.text;
    } catch (error) {
      if (error instanceof Failure) return text;
      throw error;
    }
  }

  async function mentioned(tx: Tx, who: Actor, value: z.infer<typeof Written>, press: StoredPress): Promise<Done> {
    const { text, ts, threadTs } = value;
    if (!press.channel) return notUnderstood;
    // It is heard as a message as well; whichever comes first makes the request.
    const now = await asItIs(tx, press, ts, text);
    if (now === undefined) return { outcome: 'deleted since' };
    const words = withoutCall(now);
    return opened(tx, who, { channel: press.channel, ts, headTs: threadTs, text: words, source: 'mention' });
  }

  /** Who wrote the message is who asks, whoever put the emoji there. */
  async function reacted(tx: Tx, who: Actor, { ts }: z.infer<typeof Reacted>, press: StoredPress): Promise<Done> {
    if (!press.channel) return notUnderstood;
    if (who.isGuest) return { outcome: 'denied' };
    await pressRows.holdMessage(tx, press.channel, ts);
    const message = await messageAt(press.channel, ts);
    if (!message) return { outcome: 'no message of a person' };
    const requester = await actor(message.user);
    if (requester.isBot) return { outcome: 'no message of a person' };
    const { text, threadTs: headTs } = message;
    return opened(tx, requester, { channel: press.channel, ts, headTs, text, source: 'emoji' });
  }

  async function opened(
    tx: Tx,
    requester: Actor,
    of: { channel: string; ts: string; headTs?: string; text: string; source: z.infer<typeof Source> },
  ): Promise<Done> {
    const { channel, ts, text, source } = of;
    const threadTs = of.headTs ?? ts;
    const about = await aboutAlert(tx, channel, threadTs);
    const { outcome } = await requests.ask(tx, {
      requester,
      source,
      question: text.trim() === '' ? standIns.wordless : await readMessage(text, actor),
      channel,
      threadTs,
      askedAt: timeOf(ts),
      origin: originOf(channel, ts),
      ...(about ? { about } : {}),
    });
    return { outcome };
  }
}
