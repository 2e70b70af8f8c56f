import { readInstant } from '../domain/since';
import { UsageFault } from './io';

/**
 * @param option  its name, for the sentence
 * @throws UsageFault
 */
export function instantIn(
  text: string,
  { option, now, timeZone }: { option: string; now: Date; timeZone: string },
): Date {
  const at = readInstant(text, { now, timeZone });
  if (at) return at;
  throw new UsageFault(`--${option} wants a time such as 7d, 36h, 2026-11-01 or 2026-11-01T09:30, not "${text}".`);
}
