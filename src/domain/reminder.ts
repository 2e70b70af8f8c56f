/** What decides when nobody's alert is repeated in its thread. */
export interface ReminderFacts {
  /** When the alert was first seen in Slack. */
  firstSentAt: Date;
  /** Reminders so far. */
  reminded: number;
  /** The earliest moment that an earlier reminder, a hand-back or the office hours left. */
  notBefore?: Date;
  /** When something was last tried or the trouble came back: people look at it then by themselves. */
  stirredAt?: Date;
}

/**
 * When the next reminder is due: so many minutes after the alert, and never sooner after the last one, a try or a hand-back than
 * the list has between two reminders, so that the gaps keep growing whatever came between.
 *
 * @param minutes rising, counted from the alert
 * @returns undefined when there were as many as the list has
 */
export function reminderDueAt(facts: ReminderFacts, minutes: readonly number[]): Date | undefined {
  const wanted = minutes[facts.reminded];
  if (wanted === undefined) return undefined;
  const times = [facts.firstSentAt.getTime() + wanted * 60_000];
  if (facts.notBefore) times.push(facts.notBefore.getTime());
  if (facts.stirredAt) times.push(facts.stirredAt.getTime() + reminderGapMs(facts.reminded, minutes));
  return new Date(Math.max(...times));
}

/** Between the last of so many reminders (0 = the alert itself) and the next one; 0 when there is no next. In ms. */
export function reminderGapMs(reminded: number, minutes: readonly number[]): number {
  const next = minutes[reminded];
  return next === undefined ? 0 : (next - (minutes[reminded - 1] ?? 0)) * 60_000;
}
