import { z } from 'zod';
import { matchesGlob } from './glob';
import type { Pipeline } from './pipeline';
import { ownConnection } from './pipeline-event';
import { type Settings, teamOf } from './settings';

/** Which pipelines a channel has subscribed to: all that is named must fit. Capitals do not count. */
export const Filter = z.object({
  /** `*` and `?` as in routes, on the key, on `connection/key` and on the title. `*` = any. */
  pattern: z.string(),
  tags: z.array(z.string()).optional(),
  /** An owner or a team. */
  owner: z.string().optional(),
  tier: z.number().int().optional(),
});
export type Filter = z.infer<typeof Filter>;

/** Why what was typed is no filter. */
export type FilterFlaw = { flaw: 'empty' } | { flaw: 'unknown-filter' | 'bad-value'; word: string };

const longest = 200;

/** Reads `orders_* tag:finance owner:dana tier:1`: a name or pattern, filters, or both. Never throws. */
export function readFilter(typed: string): Filter | FilterFlaw {
  const filter: Filter = { pattern: '' };
  const name: string[] = [];
  for (const word of typed.slice(0, longest).split(/\s+/).filter(Boolean)) {
    const [, key, value = ''] = /^([a-z]+):(.*)$/i.exec(word) ?? [];
    switch (key?.toLowerCase()) {
      case 'tag':
        if (value === '') return { flaw: 'bad-value', word };
        filter.tags = [...new Set([...(filter.tags ?? []), value.toLowerCase()])].sort();
        break;
      case 'owner':
        if (bare(value) === '') return { flaw: 'bad-value', word };
        filter.owner = bare(value);
        break;
      case 'tier':
        if (!/^\d{1,3}$/.test(value)) return { flaw: 'bad-value', word };
        filter.tier = Number(value);
        break;
      case undefined:
        name.push(word);
        break;
      default:
        // A name may hold a colon; after it only filters come.
        if (name.length > 0) return { flaw: 'unknown-filter', word };
        name.push(word);
    }
  }
  const pattern = name.join(' ');
  const hasFilter = filter.tags !== undefined || filter.owner !== undefined || filter.tier !== undefined;
  if (pattern === '' && !hasFilter) return { flaw: 'empty' };
  return { ...filter, pattern: pattern === '' ? '*' : pattern };
}

/** The one way to write a filter, which `readFilter` reads again. */
export function sayFilter({ pattern, tags, owner, tier }: Filter): string {
  return [
    pattern,
    ...(tags ?? []).map((tag) => `tag:${tag}`),
    ...(owner === undefined ? [] : [`owner:${owner}`]),
    ...(tier === undefined ? [] : [`tier:${tier}`]),
  ].join(' ');
}

export function isPattern(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

export function fitsFilter(pipeline: Pipeline, filter: Filter, settings: Pick<Settings, 'teams'>): boolean {
  const { connection, key, facts } = pipeline;
  // What Pitcrew watches itself is for the platform's people.
  if (connection === ownConnection) return false;
  const pattern = filter.pattern.toLowerCase();
  const names = [key, `${connection}/${key}`, ...(facts.title === undefined ? [] : [facts.title])];
  if (!names.some((name) => matchesGlob(pattern, name.toLowerCase()))) return false;
  const tags = new Set(facts.tags?.map((tag) => tag.toLowerCase()));
  if (filter.tags?.some((tag) => !tags.has(tag.toLowerCase()))) return false;
  if (filter.tier !== undefined && facts.tier !== filter.tier) return false;
  return filter.owner === undefined || ownersOf(pipeline, settings).includes(bare(filter.owner));
}

/** As owner counts the person, by whatever the source calls them (an e-mail address also by the part before its @), and the team. */
function ownersOf({ facts }: Pipeline, settings: Pick<Settings, 'teams'>): string[] {
  const { owner, team } = facts;
  return [owner, owner?.split('@')[0], team, teamOf(facts, settings)?.name].flatMap((name) =>
    name === undefined ? [] : [bare(name)],
  );
}

function bare(name: string): string {
  return name.trim().replace(/^@/, '').toLowerCase();
}

/** What came of a wish to subscribe or to follow; told to the person alone. Names are names of pipelines. */
export type SubscriptionAnswer =
  | {
      kind: 'subscribed';
      wording: string;
      /** Who did it before, if anyone. */
      already?: { by?: string; at: Date };
      /** How many pipelines fit now, the names of the first of them, and how many come here anyway. */
      fits: number;
      names: string[];
      routedHere: number;
    }
  | { kind: 'unsubscribed'; wording: string }
  | { kind: 'not-subscribed'; wording: string; have: string[] }
  | { kind: 'unclear'; command: 'subscribe' | 'unsubscribe' | 'follow' | 'unfollow'; flaw: FilterFlaw }
  | { kind: 'unknown-pipeline'; command: 'subscribe' | 'follow'; asked: string; didYouMean: string[] }
  | { kind: 'no-channel' }
  | { kind: 'not-invited' }
  | { kind: 'followed'; name: string; key: string; since: Date; already: boolean }
  | { kind: 'nothing-to-follow'; name: string; key: string }
  | { kind: 'several'; names: string[] }
  | { kind: 'unfollowed'; names: string[] }
  | { kind: 'not-followed'; asked: string; have: string[] };

/** What a channel has subscribed to and has muted, and what the person who asks follows. */
export interface SubscriptionList {
  /** Missing in a direct message. */
  channel?: { wording: string; by?: string; at: Date; fits: number }[];
  /** Pipelines that are muted in the channel; missing in a direct message. */
  mutes?: { key: string; by: string; until: Date }[];
  follows: { key: string; at: Date }[];
}
