import type { Clock } from '../lib/clock';
import { limits } from './limits';
import { Refusal } from './refusal';
import type { Stamps } from './stamps';

export interface Trigger {
  userId: string;
  /** Where the person was, for `response_url_enabled` inputs. */
  channelId?: string;
  /** The modal in which the control was, if any. */
  viewId?: string;
}

/** Trigger ids: three seconds, one use. */
export function createTriggers({ clock, stamps }: { clock: Clock; stamps: Stamps }) {
  const issued = new Map<string, Trigger & { at: number; used: boolean }>();
  return {
    issue(trigger: Trigger): string {
      const id = `${clock.now().getTime()}.${stamps.id('').slice(3)}.${stamps.secret()}`;
      issued.set(id, { ...trigger, at: clock.now().getTime(), used: false });
      return id;
    },
    /** @throws Refusal when unknown, used or too old. */
    exchange(id: string): Trigger {
      const found = issued.get(id);
      if (!found) throw new Refusal('invalid_trigger_id');
      if (found.used) throw new Refusal('exchanged_trigger_id');
      if (clock.now().getTime() - found.at > limits.triggerIdMs) throw new Refusal('expired_trigger_id');
      found.used = true;
      return found;
    },
  };
}

export type Triggers = ReturnType<typeof createTriggers>;
