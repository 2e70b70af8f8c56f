import type { Db, Queryable } from './db';

/** A channel as Slack lists it. */
export interface Channel {
  id: string;
  /** Without `#`. */
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  /** The bot has joined it. */
  isMember: boolean;
}

const columns = `channel_id as id, name, is_private as "isPrivate", is_archived as "isArchived", is_member as "isMember"`;

/** Of several with one name (a new one may take the name of an archived one) the one in use. */
export async function findChannelByName(db: Queryable, name: string): Promise<Channel | undefined> {
  const [row] = await db.query<Channel>(
    `select ${columns} from channels where name = $1 order by is_archived, is_member desc, channel_id limit 1`,
    [name],
  );
  return row;
}

export async function findChannel(db: Queryable, id: string): Promise<Channel | undefined> {
  const [row] = await db.query<Channel>(`select ${columns} from channels where channel_id = $1`, [id]);
  return row;
}

export function allChannels(db: Queryable): Promise<Channel[]> {
  return db.query<Channel>(`select ${columns} from channels order by is_member, channel_id desc`, []);
}

/** Channels as they are given, and their Slack ids; of a name that several channels have had, all of them. */
export async function channelIds(db: Queryable, channels: readonly string[]): Promise<string[]> {
  if (channels.length === 0) return [];
  const names = channels.map((channel) => channel.replace(/^#/, ''));
  const rows = await db.query<{ id: string }>('select channel_id as id from channels where name = any($1)', [names]);
  return [...new Set([...channels, ...rows.map(({ id }) => id)])];
}

/** When the whole list was last read, by whichever replica. */
export async function channelsReadAt(db: Queryable): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date | null }>('select max(fetched_at) as at from channels');
  return row?.at ?? undefined;
}

/** What is not on the list any more is gone: deleted, or private and without us. */
export async function replaceChannels(db: Db, channels: readonly Channel[], at: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into channels (channel_id, name, is_private, is_archived, is_member, fetched_at)
       select c.id, c.name, c."isPrivate", c."isArchived", c."isMember", $2
       from jsonb_to_recordset($1::jsonb)
         as c (id text, name text, "isPrivate" boolean, "isArchived" boolean, "isMember" boolean)
       order by 1
       on conflict (channel_id) do update set name = excluded.name, is_private = excluded.is_private,
         is_archived = excluded.is_archived, is_member = excluded.is_member, fetched_at = excluded.fetched_at`,
      [JSON.stringify(channels), at],
    );
    await tx.query('delete from channels where fetched_at < $1', [at]);
  });
}
