import type { Clock } from '../../lib/clock';
import type { SlackClient } from '../../slack/client';
import type { Queryable } from '../../store/db';
import { findPerson } from '../../store/person-rows';

/** What one message would have shown. */
export interface Shown {
  first: string;
  last: string;
  edits: number;
}

/** A Slack that takes everything, keeps what top-level messages show, and knows of people and channels what was read before. */
export function createRecordedSlack({ db, clock }: { db: Queryable; clock: Clock }) {
  const byPost = new Map<string, Shown>();
  const byTs = new Map<string, Shown>();
  let stamps = 0;
  const nothing = async (): Promise<undefined> => undefined;

  const slack: SlackClient = {
    async postMessage({ channel, threadTs, text, postId }) {
      stamps += 1;
      const ts = `${Math.floor(clock.now().getTime() / 1_000)}.${String(stamps % 1_000_000).padStart(6, '0')}`;
      if (!threadTs) {
        const shown = { first: text, last: text, edits: 0 };
        byPost.set(postId, shown);
        byTs.set(ts, shown);
      }
      return { ts, channelId: channel };
    },
    async updateMessage({ ts, text }) {
      const shown = byTs.get(ts);
      if (!shown) return;
      shown.edits += 1;
      shown.last = text;
    },
    findPost: nothing,
    postEphemeral: nothing,
    respond: nothing,
    // None: the directory stays as it was read.
    async *listChannels() {},
    userByEmail: async () => undefined,
    async userInfo(slackId) {
      const known = await findPerson(db, slackId);
      return known ?? { name: slackId, isGuest: false, isBot: false, isDeactivated: false };
    },
    async listGroupMembers(groupId) {
      const [group] = await db.query<{ members: string[] }>('select members from user_groups where group_id = $1', [
        groupId,
      ]);
      return group?.members ?? [];
    },
    listGroups: () => db.query<{ id: string; members: string[] }>('select group_id as id, members from user_groups'),
    permalink: async () => 'https://slack.com/',
    authTest: async () => ({
      teamId: '',
      team: '',
      enterpriseId: undefined,
      userId: '',
      botId: undefined,
      url: undefined,
      scopes: [],
    }),
    openView: async () => ({ id: '', hash: '' }),
    updateView: async () => ({ hash: '' }),
    publishHome: async () => undefined,
    messageAt: async () => undefined,
    openDm: async (slackId) => slackId,
    uploadFile: async () => ({ fileId: 'replayed', permalink: undefined }),
  };
  return { slack, shownOf: (postId: string): Shown | undefined => byPost.get(postId) };
}
