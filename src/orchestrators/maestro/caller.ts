import type { Call } from '../orchestrator';
import type { Caller } from './api';

/** @param user  named as the caller when the call names nobody */
export function callerOf(call: Call, user: string): Caller {
  return { user: call.actor || user, signal: call.signal };
}
