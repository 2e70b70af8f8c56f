import { type MuteAsker, type MuteFlaw, readMute } from './mute';
import { type Filter, type FilterFlaw, readFilter } from './subscription';

/** Silence that is to be planned from now on: for which pipelines, until when, and why. */
export interface MaintenanceWish {
  filter: Filter;
  until: Date;
  reason?: string;
}

export type MaintenanceFlaw = MuteFlaw | FilterFlaw;

const longestReason = 120;

/**
 * Reads `orders_* for 2h because migration`: pipelines as in a subscription, an end as of a mute, which must be said, and a reason if you
 * like. Never throws.
 */
export function readMaintenance(typed: string, asker: MuteAsker): MaintenanceWish | MaintenanceFlaw {
  const [, planned = typed, why] = /^(.*?)\s+because:?\s+(.*)$/is.exec(typed) ?? [];
  const read = readMute(planned, { ...asker, mustSayWhen: true });
  if ('flaw' in read) return read;
  if (/^(?:for|end)$/i.test(read.name)) return { flaw: 'no-name', word: read.name };
  const filter = readFilter(read.name);
  if ('flaw' in filter) return filter;
  const reason = why?.trim().slice(0, longestReason) ?? '';
  return { filter, until: read.until, ...(reason === '' ? {} : { reason }) };
}

/** What came of a wish to plan silence or to end it; told to the person alone. */
export type MaintenanceAnswer =
  | {
      kind: 'planned';
      wording: string;
      reason?: string;
      until: Date;
      /** How many pipelines fit now, and the names of the first of them. */
      fits: number;
      names: string[];
      /** It was planned already, until then. */
      before?: { by: string; until: Date };
    }
  | { kind: 'ended'; wording: string }
  | { kind: 'not-planned'; asked: string; have: string[] }
  | { kind: 'not-allowed'; wording: string; whoMay: string }
  | { kind: 'unknown-pipeline'; asked: string; didYouMean: string[] }
  | { kind: 'unclear'; flaw: MaintenanceFlaw };
