import type { JsonObject } from '../wire';
import { isObject } from '../wire';

export interface Flaw {
  /** JSON pointer to the place. */
  pointer: string;
  code: string;
  message: string;
  constraint?: JsonObject;
}
export const checkBlocks = (blocks: unknown[], _surface: 'message' | 'modal' | 'home', at = '/blocks'): Flaw[] =>
  blocks.flatMap((block, index) =>
    isObject(block) ? [] : [{ pointer: `${at}/${index}`, code: 'invalid', message: 'must be an object' }],
  );
export const checkAttachments = (_attachments: unknown[]): Flaw[] => [];
export const checkMetadata = (_metadata: JsonObject): Flaw[] => [];
export const checkView = (_view: JsonObject): Flaw[] => [];
