/**
 * Owns what is said in Slack: claims posts, has them rendered from present rows, sends them within the budgets, and settles
 * what became of each. In: post rows. Out: messages, and on each row the stamp, the version sent, or why it was parked.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure';
import type { Notice } from '../domain/notice';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { traced } from '../lib/tracing';
import { type Message, plainForm } from '../slack/message';
import type { Db } from '../store/db';
import type { Condition } from '../store/due';
import type { DuePost, SendablePost } from '../store/post-rows';
import * as postRows from '../store/post-rows';
import type { Presence } from '../store/presence';
import type { Budgets } from './budgets';
import { createOutage, silentKinds } from './outage';
import type { Storms } from './storms';

/** The one Slack client, as far as posts need it. */
export interface Sender {
  /** @throws Failure `unsure` if it may have been posted */
  postMessage(
    message: Message & { channel: string; threadTs?: string; replyBroadcast?: boolean; postId: string },
  ): Promise<{ ts: string; channelId: string }>;
  updateMessage(message: Message & { channel: string; ts: string }): Promise<void>;
  /** A message of ours with this post id in its metadata, at or after `oldest`. @throws Failure `rejected` if the history cannot be read */
  findPost(where: {
    channel: string;
    threadTs?: string;
    oldest: Date;
    postId: string;
  }): Promise<{ ts: string; channelId: string } | undefined>;
}

export interface OutboxDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  sender: Sender;
  budgets: Budgets;
  /** From present rows. `undefined` = there is nothing to show any more. */
  render(post: SendablePost): Promise<(Message & { replyBroadcast?: boolean }) | undefined>;
  /** One fact as a sentence. */
  say(notice: Notice): string;
  /** Slack id of `#name`, where it is known by now. */
  channelId(channel: string): Promise<string>;
  /** For metrics; `ms` from the wish to Slack's acceptance. */
  sent(post: SendablePost, ms: number): void;
  /** Of channels that would get more than their pace allows. */
  storms: Pick<Storms, 'watch' | 'isGoingOn' | 'nextMs'>;
  /** That this process lives; left out = only the lease of a claim tells. */
  presence?: Pick<Presence, 'name'>;
  failed(kind: string): void;
  random?: () => number;
  /** Between two looks for what may have been posted. */
  wait?: (ms: number) => Promise<unknown>;
}

/** Longer than any one call to Slack may take (10 s), so that a claim older than this has lost its holder. */
const claimLeaseMs = 15_000;
/** What the holder of a younger claim sent before it was gone may still be on its way. */
const goneAfterMs = 3_000;
/** Claims without a holder are looked for so often at most. */
const releaseEveryMs = 1_000;
/** A claim that is older than this when the message is ready is renewed: what is left of the lease covers a call of 10 s. */
const renewAfterMs = 2_000;
/** Slack's own stamp may be a little before our claim. */
const searchSlackMs = 5_000;
/** A message that was taken may need a moment to show up in the history. */
const searchAgainMs = 2_000;
const inFlightMax = 8;
/** Firsts of lanes, of which those that may not go now cost no more than a look. */
const mostLookedAt = 24;
/** Of what happened before an alert could be sent. */
const factsShown = 12;
/** What is sent sooner than this after its wish has not waited: its stories follow one by one. */
const waitedMs = 5_000;
/** What happens in a storm by the dozen, and calls nobody: of that, what waits in one thread is told as one. */
const toldTogether: readonly Notice['kind'][] = ['joined', 'member-recovered', 'recovered', 'caught-up'];
/** While something is in flight, what became due meanwhile is looked for so often. */
const lookEveryMs = 100;
/** What is due and held back by nothing of ours: another process sends in its lane. */
const busyMs = 1_000;

/** A refusal that we do not know, or a fault of ours, is tried this often before the post is parked. */
const triesBeforeParked = 8;

/** Slack's words for "your content is wrong": sent again in the plain form, then parked. */
const contentRefusals =
  /^(invalid_blocks|invalid_blocks_format|msg_blocks_too_long|msg_too_long|no_text|invalid_attachments|metadata_too_large|invalid_metadata_format|only_one_table_allowed|invalid_arguments)/;
/** Slack's words for "not there": no form of it would be taken. */
const placeRefusals =
  /^(channel_not_found|not_in_channel|is_archived|restricted_action|message_not_found|thread_not_found|cant_update_message|edit_window_closed|user_not_found)/;

/** Waits for `work`, and no longer than `ms`: then it goes on by itself. */
async function forAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms).unref();
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}

/** Wait before the next try: doubles from 1 s, at most 5 min, full jitter on the upper half. @param tries made so far, from 1 */
export function nextDelayMs(tries: number, askedMs: number | undefined, random: () => number): number {
  const ceiling = Math.min(300_000, 1_000 * 2 ** (tries - 1));
  return Math.max(askedMs ?? 0, Math.round(ceiling / 2 + (random() * ceiling) / 2));
}

export function createOutbox(deps: OutboxDeps) {
  const { db, clock, log, sender, budgets, storms, random = Math.random, wait = (ms: number) => sleep(ms) } = deps;
  /**
   * Lanes that must rest (budget used up, or Slack's 429), until when in ms. A lane is a channel, `posts` of all channels, `edits`,
   * or `progress`: those edits that may wait, so that they never make the others wait.
   */
  const resting = new Map<string, number>();
  const outage = createOutage({ clock, random });
  let releasedAt = Number.NEGATIVE_INFINITY;

  const later = (ms: number): Date => new Date(clock.now().getTime() + ms);
  const laneOf = (post: DuePost): string =>
    post.ts ? (post.urgency === 'progress' ? 'progress' : 'edits') : post.channel;

  function rest(lane: string, ms: number): void {
    const until = clock.now().getTime() + ms;
    // What stops the edits that people wait for stops progress as well.
    for (const each of lane === 'edits' ? ['edits', 'progress'] : [lane]) {
      resting.set(each, Math.max(until, resting.get(each) ?? 0));
    }
  }

  function restingLanes(): string[] {
    const now = clock.now().getTime();
    for (const [lane, until] of resting) if (until <= now) resting.delete(lane);
    return [...resting.keys()];
  }

  /** The search for a doubtful post costs no post, so it waits for no budget. */
  const isSearch = ({ ts, state }: DuePost): boolean => !ts && state === 'doubtful';
  const isResting = (post: DuePost): boolean =>
    !isSearch(post) && (resting.has(laneOf(post)) || (!post.ts && resting.has('posts')));

  /**
   * Sends all that is due and may go now.
   * @returns ms until more will be due; `undefined` = nothing waits
   */
  async function deliver(): Promise<number | undefined> {
    const inFlight = new Set<Promise<void>>();
    let ended = 0;
    let failed = 0;
    for (;;) {
      const before = { ended, failed };
      const isWatched = storms.isGoingOn();
      if (isWatched) await watch();
      const free = outage.room(inFlightMax) - inFlight.size;
      const most = free > 0 ? mostLookedAt : 0;
      const outlook = await postRows.due(db, clock.now(), most, restingLanes(), later(-goneAfterMs));
      const { posts } = outlook;
      if (outlook.isAnyAbandoned && (await releaseAbandoned())) continue;
      if (outlook.isAnythingToWatch && !isWatched && (await watch())) continue;
      let moved = false;
      for (const post of posts) {
        if (isResting(post)) continue;
        if (inFlight.size >= outage.room(inFlightMax)) break;
        if (!(await mayGo(post))) continue;
        moved = true;
        const claimId = randomUUID();
        const claimed = await postRows.claim(db, post, claimId, clock.now(), await deps.presence?.name());
        if (!claimed) continue;
        const sending = attempt(claimed, post.state === 'doubtful', claimId).then((isDone) => {
          inFlight.delete(sending);
          ended += 1;
          if (!isDone) failed += 1;
        });
        inFlight.add(sending);
      }
      // Each lane has given its first. Where all of those rest now and none failed, another look would find no more.
      const isSpent = posts.length > 0 && posts.length < mostLookedAt && posts.every(isResting);
      if (inFlight.size > 0) {
        await forAtMost(lookEveryMs, isSpent ? Promise.all(inFlight) : Promise.race(inFlight));
        if (isSpent && inFlight.size === 0 && failed === before.failed) return untilMs(outlook);
      }
      // What ended while we looked may have let others go.
      else if (!moved && ended === before.ended) return untilMs(outlook);
    }
  }

  /** Alerts are sent without cards rather than not at all. */
  function watch(): Promise<boolean> {
    return storms.watch().catch((error) => {
      log.error({ err: error }, 'storm.fault');
      return false;
    });
  }

  /** @returns whether there was any */
  async function releaseAbandoned(): Promise<boolean> {
    const now = clock.now();
    if (now.getTime() - releasedAt < releaseEveryMs) return false;
    releasedAt = now.getTime();
    const before = { lease: later(-claimLeaseMs), gone: later(-goneAfterMs) };
    const released = await postRows.releaseAbandoned(db, before, now);
    if (released > 0) log.info({ released }, 'outbox.claims-given-up');
    return released > 0;
  }

  function untilMs({ isAnyDue, nextAt }: postRows.Outlook): number | undefined {
    const now = clock.now().getTime();
    const rests = [...resting.values()].map((until) => until - now).filter((ms) => ms > 0);
    const heldMs = outage.restMs() || Math.max(50, rests.length > 0 ? Math.min(...rests) : busyMs);
    const waits = [storms.nextMs(), nextAt && nextAt.getTime() - now, isAnyDue ? heldMs : undefined];
    const soonest = Math.min(...waits.filter((ms) => ms !== undefined));
    return Number.isFinite(soonest) ? Math.max(0, soonest) : undefined;
  }

  /** Takes what it needs of the budgets. Where nothing is left for the next one, its lane rests. */
  async function mayGo(post: DuePost): Promise<boolean> {
    if (post.ts) {
      const waitMs = await budgets.takeEdit(post.urgency);
      if (waitMs > 0) rest(laneOf(post), waitMs);
      return waitMs === 0;
    }
    if (isSearch(post)) return true;
    const { isTaken, hold } = await budgets.takePost(post.channel);
    // All channels rest together, so that what becomes free goes to the most urgent of all and not to who asks next.
    if (hold) rest(hold.isForAll ? 'posts' : laneOf(post), hold.waitMs);
    return isTaken;
  }

  /** @returns whether it went as it should */
  async function attempt(post: SendablePost, doubtful: boolean, claimId: string): Promise<boolean> {
    const about = { 'pitcrew.post': post.id, 'pitcrew.incident': post.incidentId, 'pitcrew.channel': post.channel };
    const name = doubtful ? 'post.look' : post.ts ? 'post.edit' : 'post.send';
    try {
      await traced(name, { ...about, 'pitcrew.role': post.role }, () =>
        doubtful ? settleDoubt(post, claimId) : send(post, claimId),
      );
      return true;
    } catch (error) {
      const settling = doubtful ? searchFailed(post, claimId, error) : sendFailed(post, claimId, error);
      await settling.catch((fault) => log.error({ err: fault, postId: post.id }, 'outbox.fault'));
      return false;
    }
  }

  /** One call to Slack. A refusal is an answer as well. */
  async function heard<T>(post: SendablePost, call: Promise<T>): Promise<T> {
    const error: unknown = await call.then(
      () => undefined,
      (refusal) => refusal,
    );
    const isSilent = error instanceof Failure && silentKinds.includes(error.kind);
    if (isSilent && outage.unanswered(post.id)) log.warn({ restMs: outage.restMs() }, 'slack.away');
    if (!isSilent && outage.answered()) log.info({}, 'slack.back');
    return call;
  }

  async function send(claimed: SendablePost, claimId: string): Promise<void> {
    if (claimed.role === 'parent' && !claimed.ts) await catchUp(claimed);
    const post = await withWhatIsBehind(claimed, claimId);
    const rich = await deps.render(post);
    if (!rich) return postRows.park(db, post.id, claimId, 'nothing to show any more', clock.now());
    const message = post.plain ? { ...plainForm(rich), replyBroadcast: rich.replyBroadcast } : rich;
    const hash = createHash('sha256').update(JSON.stringify(message)).digest('base64url');
    // The lease covers the call to Slack, however long the rendering took.
    const claimedMs = post.claimedAt?.getTime() ?? 0;
    const isOld = clock.now().getTime() - claimedMs > renewAfterMs;
    if (isOld && !(await postRows.renewClaim(db, post.id, claimId, clock.now()))) return;
    try {
      await settle(post, claimId, { ...(await put(post, message, hash)), hash });
    } catch (error) {
      if (error instanceof Failure) throw error;
      // Slack may have taken it: the database went away before that could be noted.
      log.error({ err: error, postId: post.id }, 'post.fault');
      throw new Failure('unsure', 'Slack', { cause: error });
    }
  }

  async function settle(
    post: SendablePost,
    claimId: string,
    shown: { ts: string; channelId: string; hash: string },
  ): Promise<void> {
    const at = clock.now();
    const fields = { postId: post.id, incidentId: post.incidentId, role: post.role, ts: shown.ts };
    if (!(await postRows.markSent(db, post, claimId, { ...shown, at }))) {
      log.warn(fields, 'post.claim-lost');
      return;
    }
    deps.sent(post, at.getTime() - post.createdAt.getTime());
    log.info({ ...fields, version: post.wantedVersion }, 'post.sent');
  }

  const hasWaited = (createdAt: Date): boolean => clock.now().getTime() - createdAt.getTime() >= waitedMs;

  /** What happened while the parent waited for its turn becomes one reply under it. */
  async function catchUp({ incidentId, createdAt, behind = [] }: SendablePost): Promise<void> {
    const [first, second] = behind;
    if (!incidentId || !first || !second || !hasWaited(createdAt)) return;
    const notice = asOne(behind.map((story) => story.notice));
    await postRows.tellAsOne(db, { id: first.id, incidentId, notice, told: behind }, clock.now());
  }

  /**
   * Where a thread is told less than happens, a reply takes in what waits behind it. An end comes last, and may be read by the channel as
   * well. What cannot be taken in just now follows by itself.
   */
  async function withWhatIsBehind(post: SendablePost, claimId: string): Promise<SendablePost> {
    const { id, incidentId, role, notice, createdAt, behind = [] } = post;
    if (role !== 'reply' || !incidentId || !notice || behind.length === 0 || !hasWaited(createdAt)) return post;
    if (!toldTogether.includes(notice.kind) || notice.kind === 'recovered') return post;
    if (!behind.every((story) => toldTogether.includes(story.notice.kind) && !story.isForChannel)) return post;
    const told = asOne([notice, ...behind.map((story) => story.notice)]);
    const now = clock.now();
    const isTaken = await postRows.tellAsOne(db, { id, claimId, incidentId, notice: told, told: behind }, now);
    return isTaken ? { ...post, notice: told, claimedAt: now } : post;
  }

  function asOne(notices: readonly Notice[]): Notice {
    const facts = notices.flatMap((notice) => (notice.kind === 'caught-up' ? notice.facts : [deps.say(notice)]));
    const shown = facts.slice(0, factsShown);
    const more = facts.length - shown.length;
    return {
      kind: 'caught-up',
      at: clock.now(),
      facts: more > 0 ? [...shown, `and ${more} more, all of them part of what this alert shows now`] : shown,
    };
  }

  async function put(
    post: SendablePost,
    message: Message & { replyBroadcast?: boolean },
    hash: string,
  ): Promise<{ ts: string; channelId: string }> {
    if (post.ts && post.channelId) {
      // An edit that changes nothing would only use up the budget.
      if (hash !== post.sentHash)
        await heard(post, sender.updateMessage({ ...message, channel: post.channelId, ts: post.ts }));
      return { ts: post.ts, channelId: post.channelId };
    }
    const channel = post.rootChannelId ?? (await deps.channelId(post.channel));
    const threadTs = post.rootTs ?? post.threadTs;
    return heard(post, sender.postMessage({ ...message, channel, threadTs, postId: post.id }));
  }

  /** Looks twice, 2 s apart, for what may have been posted, before it is sent again. */
  async function settleDoubt(post: SendablePost, claimId: string): Promise<void> {
    const channel = post.rootChannelId ?? (await deps.channelId(post.channel));
    const oldest = new Date((post.doubtfulSince ?? post.createdAt).getTime() - searchSlackMs);
    const threadTs = post.rootTs ?? post.threadTs;
    const look = () => heard(post, sender.findPost({ channel, threadTs, oldest, postId: post.id }));
    const found = (await look()) ?? (await wait(searchAgainMs).then(look));
    if (!found) {
      log.info({ postId: post.id }, 'post.not-found');
      // At once the first time; while Slack keeps losing answers, at growing gaps.
      const ms = post.attempts <= 2 ? 0 : nextDelayMs(post.attempts - 1, undefined, random);
      return postRows.giveBack(db, post.id, claimId, { state: 'waiting', nextAt: later(ms) });
    }
    log.info({ postId: post.id, ts: found.ts }, 'post.found');
    // Which version it shows is not known: it counts as an older one, so that an edit brings it to what is true now.
    const wantedVersion = post.kind === 'state' ? post.wantedVersion - 1 : post.wantedVersion;
    await settle({ ...post, wantedVersion }, claimId, { ...found, hash: '' });
  }

  async function searchFailed(post: SendablePost, claimId: string, error: unknown): Promise<void> {
    const failure = told(post, error);
    // Nobody can tell whether it is there, so a person decides.
    if (failure?.kind === 'rejected' || failure?.kind === 'not-allowed') {
      return park(post, claimId, `may have been posted; the history cannot be read: ${failure.detail}`);
    }
    const nextAt = later(nextDelayMs(post.attempts, failure?.retryAfterMs, random));
    return postRows.giveBack(db, post.id, claimId, { state: 'doubtful', nextAt });
  }

  async function sendFailed(post: SendablePost, claimId: string, error: unknown): Promise<void> {
    const failure = told(post, error);
    const detail = failure?.detail ?? '';
    const back = (ms: number, more: { state?: 'doubtful'; plain?: boolean; keepAttempts?: boolean } = {}) =>
      postRows.giveBack(db, post.id, claimId, { state: 'waiting', nextAt: later(ms), ...more });

    switch (failure?.kind) {
      case 'rate-limited': {
        const waitMs = failure.retryAfterMs ?? 1_000;
        rest(post.ts ? 'edits' : post.channel, waitMs);
        log.warn({ lane: laneOf(post), waitMs }, 'post.rate-limited');
        return back(waitMs, { keepAttempts: false });
      }
      case 'unsure':
        // An edit is simply made again.
        return post.ts ? back(nextDelayMs(post.attempts, undefined, random)) : back(0, { state: 'doubtful' });
      case 'unavailable':
      case 'not-allowed':
        return back(nextDelayMs(post.attempts, failure.retryAfterMs, random));
      default: {
        const isRefusal = failure?.kind === 'rejected';
        if (isRefusal && contentRefusals.test(detail) && !post.plain) {
          log.warn({ postId: post.id, detail }, 'post.refused-for-content');
          return back(0, { plain: true });
        }
        const isFinal = isRefusal && (contentRefusals.test(detail) || placeRefusals.test(detail));
        if (isFinal || post.attempts >= triesBeforeParked) {
          return park(post, claimId, detail || 'a fault of ours, see the log');
        }
        return back(nextDelayMs(post.attempts, failure?.retryAfterMs, random));
      }
    }
  }

  function told(post: SendablePost, error: unknown): Failure | undefined {
    const failure = error instanceof Failure ? error : undefined;
    deps.failed(failure?.kind ?? 'fault');
    if (!failure) log.error({ err: error, postId: post.id }, 'post.fault');
    return failure;
  }

  function park(post: SendablePost, claimId: string, reason: string): Promise<void> {
    log.warn({ postId: post.id, channel: post.channel, reason }, 'post.parked');
    return postRows.park(db, post.id, claimId, reason, clock.now());
  }

  return {
    deliver,
    isDue: (): Condition => postRows.isAnythingToDo(clock.now(), later(-goneAfterMs)),
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
