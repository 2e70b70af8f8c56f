import type { Delivery } from '../store';

export type AttemptResult =
  | { outcome: 'acked'; body: unknown; noRetry?: boolean }
  | { outcome: 'timeout' | 'unreachable' | 'refused'; reason: string; noRetry?: boolean };

/** One way to bring a delivery to the app. */
export interface Transport {
  via: 'socket' | 'http';
  /**
   * Sends once and waits for the acknowledgement, at most the deadline.
   * @param onLate is called when the app acknowledges after the deadline
   */
  attempt(
    delivery: Delivery,
    retry: { number: number; reason: string },
    onLate: (body: unknown) => void,
  ): Promise<AttemptResult>;
}
