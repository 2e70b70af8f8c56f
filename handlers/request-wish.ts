import { createHash } from 'node:crypto';
import type { Filled } from '../src/slack/form';

/** The same dialog, filled in alike, is the same wish, however often it is delivered; opened anew it is another. */
export function wishOfForm(dialogId: string, filled: Filled): string {
  return `${dialogId}:${createHash('sha256').update(JSON.stringify(filled)).digest('base64url').slice(0, 22)}`;
}
