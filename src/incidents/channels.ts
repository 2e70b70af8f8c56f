import { Failure } from '../domain/failure';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import {
  allChannels,
  type Channel,
  channelsReadAt,
  findChannel,
  findChannelByName,
  replaceChannels,
} from '../store/channel-rows';
import type { Db } from '../store/db';

const freshMs = 10 * 60_000;
/** What was found is not looked for again for so long: every batch of events and every post asks. */
const rememberedMs = 5_000;
/** Between two looks at Slack for a name that is not known: a wrong name in the settings is asked for with every alert. */
const restMs = 30_000;

export interface ChannelsDeps {
  db: Db;
  /** Every channel that the bot can see, archived ones too. @throws Failure */
  listChannels(): Promise<Channel[]>;
  clock: Clock;
  log: Logger;
}

/** The directory of channels: read from Slack now and then, kept in the database, so that it works while Slack does not. */
export function createChannels({ db, listChannels, clock, log }: ChannelsDeps) {
  let underWay: Promise<void> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  const remembered = new Map<string, { channel: Channel; until: number }>();
  /** By name, as last read; what `idOf` would say when it cannot be waited for. */
  let lastRead = new Map<string, string>();

  /** Never throws what Slack did: then the directory stays as it was. */
  function refresh(): Promise<void> {
    underWay ??= read().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  async function read(): Promise<void> {
    triedAt = clock.now().getTime();
    try {
      const channels = await listChannels();
      if (channels.length > 0) {
        lastRead = idsByName(channels);
        await replaceChannels(db, channels, clock.now());
      }
      remembered.clear();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ kind: error.kind }, 'channels.not-refreshed');
      if (lastRead.size === 0) lastRead = idsByName(await allChannels(db));
    }
  }

  const isRested = () => clock.now().getTime() - triedAt >= restMs;

  /** Asks the table; an unknown one is looked for in Slack at once, a known one is freshened behind the caller's back. */
  async function lookUp(asked: string, find: () => Promise<Channel | undefined>): Promise<Channel | undefined> {
    const before = remembered.get(asked);
    if (before && before.until > clock.now().getTime()) return before.channel;
    const found = await find();
    if (!found) {
      if (!underWay && !isRested()) return undefined;
      await refresh();
      return find();
    }
    const readAt = await channelsReadAt(db);
    const isStale = !readAt || clock.now().getTime() - readAt.getTime() >= freshMs;
    if (isStale && isRested()) {
      refresh().catch((error) => log.error({ err: error }, 'channels.refresh-broke'));
    }
    remembered.set(asked, { channel: found, until: clock.now().getTime() + rememberedMs });
    return found;
  }

  return {
    /** Of `#name` or `name`; an id is its own. Undefined when there is no such channel that the bot can see. */
    async idOf(channel: string): Promise<string | undefined> {
      if (isChannelId(channel)) return channel;
      const name = nameIn(channel);
      return (await lookUp(`#${name}`, () => findChannelByName(db, name)))?.id;
    },

    /** The same from what was read last, at once: whoever cannot wait must not take one channel for two. */
    lastIdOf(channel: string): string | undefined {
      return isChannelId(channel) ? channel : lastRead.get(nameIn(channel));
    },

    /** Without `#`. Undefined for direct messages too, which have no name. */
    async nameOf(id: string): Promise<string | undefined> {
      if (!/^[CG]/.test(id)) return undefined;
      return (await lookUp(id, () => findChannel(db, id)))?.name;
    },

    /** The list is read anew, for instance after Slack said that a channel was renamed. */
    refresh,
  };
}

const nameIn = (channel: string): string => channel.replace(/^#/, '').toLowerCase();

/** Of several with one name the one in use. */
function idsByName(channels: readonly Channel[]): Map<string, string> {
  const inUseLast = [...channels].sort((a, b) => Number(b.isArchived) - Number(a.isArchived));
  return new Map(inUseLast.map(({ name, id }) => [name, id]));
}

/** Channel, private channel of old, direct message; and of a person, to whom Slack opens one. */
function isChannelId(channel: string): boolean {
  return /^[CGDUW][A-Z0-9]{6,}$/.test(channel);
}
