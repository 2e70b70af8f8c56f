import type { Clock } from '../lib/clock';
import { limits, type Tier } from './limits';
import type { BudgetOptions } from './options';

const perTier: Record<Tier, number> = { ...limits.tiersPerMinute, special: Number.POSITIVE_INFINITY };

export interface BudgetDeps {
  clock: Clock;
  rules: 'slack' | 'off' | BudgetOptions;
}

/** Slack's rate limits: calls of each method in any 60 s, and for posts one a second in each channel with a short burst. */
export function createBudgets({ clock, rules }: BudgetDeps) {
  const calls = new Map<string, number[]>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  const custom = typeof rules === 'object' ? rules : {};
  const perSecond = custom.postsPerSecondPerChannel ?? limits.posting.perChannelPerSecond;
  const burst = custom.postBurstPerChannel ?? limits.posting.burstPerChannel;
  const postsPerMinute = custom.postsPerMinute ?? limits.posting.perWorkspacePerMinute;

  /** @returns seconds to wait, or 0 after counting the call. */
  function takeFromWindow(key: string, perMinute: number, now: number): number {
    const recent = (calls.get(key) ?? []).filter((at) => now - at < 60_000);
    calls.set(key, recent);
    const oldest = recent[0];
    if (recent.length >= perMinute && oldest !== undefined)
      return Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000));
    recent.push(now);
    return 0;
  }

  function takeFromChannel(channel: string, now: number): number {
    const bucket = buckets.get(channel) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    if (tokens < 1) {
      buckets.set(channel, { tokens, at: now });
      return Math.max(1, Math.ceil((1 - tokens) / perSecond));
    }
    buckets.set(channel, { tokens: tokens - 1, at: now });
    return 0;
  }

  return {
    /** @returns 0 when the call may go on, else the whole seconds that `Retry-After` says. */
    take(method: string, tier: Tier, channel?: string): number {
      if (rules === 'off') return 0;
      const now = clock.now().getTime();
      if (method === 'chat.postMessage') {
        const wait = channel === undefined ? 0 : takeFromChannel(channel, now);
        return wait || takeFromWindow('chat.postMessage', postsPerMinute, now);
      }
      const usual = method === 'apps.connections.open' ? limits.connectionsOpenPerMinute : perTier[tier];
      const perMinute = custom.perMinute?.[method] ?? usual;
      return Number.isFinite(perMinute) ? takeFromWindow(method, perMinute, now) : 0;
    },
  };
}

export type Budgets = ReturnType<typeof createBudgets>;
