import type { DisplayState } from '../domain/incident';
import type { RunStatus } from '../domain/run';

/** Emoji and word of every state, in one place: messages, Home and digest all read it here. Never the one without the other. */
export const incidentStates = {
  failed: { emoji: '🔴', word: 'Failed' },
  late: { emoji: '🟠', word: 'Late' },
  flapping: { emoji: '🔁', word: 'Flapping' },
  retrying: { emoji: '🟡', word: 'Retrying' },
  acknowledged: { emoji: '👀', word: 'Acknowledged' },
  muted: { emoji: '🔕', word: 'Muted' },
  recovered: { emoji: '🟢', word: 'Recovered' },
  skipped: { emoji: '⚪', word: 'Skipped' },
} as const satisfies Record<DisplayState, { emoji: string; word: string }>;

/** What a check found is a failure of its own kind: the run itself may have gone through. */
export const checkFailed = { emoji: incidentStates.failed.emoji, word: 'Check failed' } as const;

const runStates = {
  queued: { emoji: '⏳', word: 'Queued' },
  running: { emoji: '🔵', word: 'Running' },
  succeeded: { emoji: '🟢', word: 'Succeeded' },
  failed: { emoji: '🔴', word: 'Failed' },
  cancelled: { emoji: '⚪', word: 'Cancelled' },
  skipped: { emoji: '⚪', word: 'Skipped' },
  unknown: { emoji: '❔', word: 'Unknown' },
} as const satisfies Record<RunStatus, { emoji: string; word: string }>;

export function sayIncidentState(state: DisplayState): string {
  return `${incidentStates[state].emoji} ${incidentStates[state].word}`;
}

export function sayRunState(state: RunStatus): string {
  return `${runStates[state].emoji} ${runStates[state].word}`;
}
