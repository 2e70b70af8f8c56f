import { quantile } from '../quantile';
import { type Share, share } from './share';
import { type Spread, spreadOf } from './spread';

export interface Told {
  /** When the engine recorded the failure. */
  failedAt: Date;
  /** Slack's own stamp of the first message that names the run. */
  toldAt?: Date;
  /** The first acknowledgement, assignment or action of a person. */
  touchedAt?: Date;
}

/** Slack's stamp less the engine's record of the failure. Clocks that disagree make no negative time. */
export function timeToNotice(alerts: readonly Told[]): { spread: Spread; p95?: number; neverTold: number } {
  const waits = alerts.flatMap(({ failedAt, toldAt }) =>
    toldAt ? [Math.max(0, toldAt.getTime() - failedAt.getTime())] : [],
  );
  const p95 = quantile(waits, 0.95);
  return {
    spread: spreadOf(waits),
    ...(p95 === undefined ? {} : { p95 }),
    neverTold: alerts.length - waits.length,
  };
}

/** From the first notice on. Those that nobody took up are a count of their own. */
export function timeToAcknowledge(alerts: readonly Told[]): { spread: Spread; never: number } {
  const told = alerts.filter(({ toldAt }) => toldAt !== undefined);
  const waits = told.flatMap(({ toldAt, touchedAt }) =>
    toldAt && touchedAt ? [Math.max(0, touchedAt.getTime() - toldAt.getTime())] : [],
  );
  return { spread: spreadOf(waits), never: told.length - waits.length };
}

/** Alerts that nobody touched and that went away by themselves / alerts. A muted channel looks the same. */
export function noise(alerts: readonly { isTouched: boolean; recoveredByItself: boolean }[]): Share {
  return share(
    alerts.filter(({ isTouched, recoveredByItself }) => !isTouched && recoveredByItself).length,
    alerts.length,
  );
}
