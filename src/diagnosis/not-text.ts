import type { Diagnosis } from '../domain/diagnosis';
import { fingerprintOf } from './fingerprint';

/** So much of the start is looked at, in bytes or characters. */
const LOOKED_AT = 8 << 10;
/** A log may hold a few control characters; a program, a picture or a packed file holds more. */
const CONTROLS_SHARE = 0.04;
const CONTROLS_MIN = 8;
const CONTROLS = /[\u0000-\u0006\u000e-\u001a\u001c-\u001f]/g;

/** What is answered for a program, a picture or a packed file in the place of a log: nothing of it is shown. */
export const notText: Diagnosis = {
  category: 'unknown',
  title: 'Not a text log',
  retryable: 'maybe',
  ownerSide: 'platform',
  causeLine: '',
  causeLineInFull: '',
  causeLineNo: 1,
  fingerprint: fingerprintOf('not a text log'),
  excerpt: '',
  excerptFromLineNo: 1,
  nextStep: 'Give the log as text: what was read is a program, a picture or a packed file.',
  confidence: 0,
  redactions: {},
};

/** @param start the beginning of what is to be read, as UTF-8 */
export function isNoText(start: Buffer | string): boolean {
  const text = typeof start === 'string' ? start.slice(0, LOOKED_AT) : start.toString('latin1', 0, LOOKED_AT);
  return (text.match(CONTROLS)?.length ?? 0) > Math.max(CONTROLS_MIN, text.length * CONTROLS_SHARE);
}
