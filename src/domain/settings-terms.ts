/** What the keys of pitcrew.yaml are made of. */
import { z } from 'zod';

export const text = z.string().trim().min(1, 'must not be empty');
export const count = z.number().int().min(1);

/** One, or a list of some. */
export const oneOrMore = z.union([text.transform((one) => [one]), z.array(text).min(1)], {
  error: 'must be a text, or a list of texts',
});

export const UserId = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'must be a Slack member id such as U012AB3CD');
export const UsergroupId = z.string().regex(/^S[A-Z0-9]{2,}$/, 'must be a Slack user group id such as S012AB3CD');
export const Group = z.strictObject({ usergroup: UsergroupId });

/** A name that other parts of the file refer to; also a metric label and part of an address, hence the plain characters. */
export const Name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'must be 1 to 63 letters, digits, dots, dashes or underscores, starting with a letter or digit',
  );

/** Wall time in the workspace's zone, without an offset. */
export const LocalDateTime = z
  .string()
  .refine(
    (value) => /T([01]\d|2[0-3]):[0-5]\d$/.test(value) && isCalendarDay(value.slice(0, 10)) && value.length === 16,
    'must be a local time such as "2026-12-20T00:00"',
  );

export function isCalendarDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}
