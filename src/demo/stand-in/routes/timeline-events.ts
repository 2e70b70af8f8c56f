import type { Clock } from '../../../lib/clock';
import { type JsonObject, present } from '../wire';

/** Timeline entries as answers to an action carry them. */
export function createTimelineEvents(clock: Clock) {
  const now = () => clock.now().getTime();
  const logEvent = (message: string): JsonObject => ({ timestamp: now(), type: 'LOG', level: 'INFO', message });
  const actionEvent = (action: string, author: string, message: string, reason?: string): JsonObject =>
    present({ timestamp: now(), type: 'ACTION', action, author, message, reason });
  return { logEvent, actionEvent };
}
