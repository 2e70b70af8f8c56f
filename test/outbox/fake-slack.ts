import { Failure } from '../../src/domain/failure';
import type { Sender } from '../../src/outbox';

export interface FakeMessage {
  ts: string;
  channel: string;
  threadTs?: string;
  replyBroadcast?: boolean;
  postId: string;
  text: string;
  blocks: unknown[];
  /** How often it was edited. */
  edits: number;
}

type Posting = Parameters<Sender['postMessage']>[0];
type Editing = Parameters<Sender['updateMessage']>[0];

/** What becomes of a call: an answer that is lost may have been taken before. */
export type Fate = { failure: Failure; taken?: boolean };

/** The end of the wire as the outbox sees it. Refuses what Slack refuses. */
export function createFakeSlack(clock: { now(): Date }) {
  const messages: FakeMessage[] = [];
  const channels = new Set(['C1', 'C2', 'C3']);
  const unreadable = new Set<string>();
  const searches: { channel: string; threadTs?: string; oldest: Date; postId: string }[] = [];
  const calls: string[] = [];
  let count = 0;
  const fates: { post: Fate[]; edit: Fate[]; search: Fate[] } = { post: [], edit: [], search: [] };
  /** Runs while a call is under way. */
  let during: (() => Promise<void>) | undefined;

  const refuse = (detail: string): never => {
    throw new Failure('rejected', 'Slack', { detail });
  };

  function check(message: { text: string; blocks: unknown[]; channel: string }): void {
    if (!channels.has(message.channel)) refuse('channel_not_found');
    if (message.text === '') refuse('no_text');
    if (message.text.length > 40_000) refuse('msg_too_long');
    if (message.blocks.length > 50) refuse('invalid_blocks: no more than 50 items allowed');
    if (JSON.stringify(message.blocks).length > 13_000) refuse('msg_blocks_too_long');
  }

  async function meet(fate: Fate | undefined, take: () => void): Promise<void> {
    const work = during;
    during = undefined;
    await work?.();
    if (!fate || fate.taken) take();
    if (fate) throw fate.failure;
  }

  const sender: Sender = {
    async postMessage(message: Posting) {
      calls.push(`post ${message.text}`);
      const posted: FakeMessage = { ...message, ts: '', edits: 0 };
      await meet(fates.post.shift(), () => {
        check(message);
        if (
          message.threadTs &&
          !messages.some(({ ts, channel }) => ts === message.threadTs && channel === message.channel)
        )
          refuse('thread_not_found');
        count += 1;
        posted.ts = `${Math.floor(clock.now().getTime() / 1_000)}.${String(count).padStart(6, '0')}`;
        messages.push(posted);
      });
      return { ts: posted.ts, channelId: message.channel };
    },
    async updateMessage(message: Editing) {
      calls.push(`edit ${message.text}`);
      await meet(fates.edit.shift(), () => {
        check(message);
        const known = messages.find(({ ts, channel }) => ts === message.ts && channel === message.channel);
        if (!known) return refuse('message_not_found');
        Object.assign(known, { text: message.text, blocks: message.blocks, edits: known.edits + 1 });
      });
    },
    async findPost(where) {
      searches.push(where);
      calls.push('search');
      await meet(fates.search.shift(), () => {
        if (unreadable.has(where.channel)) refuse('not_in_channel');
      });
      const found = messages.find(
        (each) =>
          each.channel === where.channel &&
          each.postId === where.postId &&
          each.threadTs === where.threadTs &&
          Number(each.ts) * 1_000 >= where.oldest.getTime() - 1,
      );
      return found && { ts: found.ts, channelId: found.channel };
    },
  };

  return {
    sender,
    messages,
    calls,
    searches,
    channels,
    unreadable,
    fates,
    whileCalled(work: () => Promise<void>) {
      during = work;
    },
    texts: (channel = 'C1') => messages.filter((each) => each.channel === channel).map(({ text }) => text),
  };
}

export const rateLimited = (retryAfterMs: number): Fate => ({
  failure: new Failure('rate-limited', 'Slack', { retryAfterMs }),
});
export const unavailable: Fate = { failure: new Failure('unavailable', 'Slack') };
export const refused = (detail: string): Fate => ({ failure: new Failure('rejected', 'Slack', { detail }) });
export const answerLost = (taken: boolean): Fate => ({ failure: new Failure('unsure', 'Slack'), taken });
