import { createHash } from 'node:crypto';
import type { Filled } from '../src/slack/form';

/** The same form about the same request, filled in alike, is the same wish. */
export function wishOfForm(id: string, filled: Filled): string {
  return `${id}:${createHash('sha256').update(JSON.stringify(filled)).digest('base64url').slice(0, 22)}`;
}
