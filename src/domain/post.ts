import type { Notice } from './notice';

/**
 * One message that Slack must show.
 * `state` posts show how things are: only the newest version is sent (posted once, then edited).
 * `story` posts tell what happened: each is sent once, in order, after their root.
 */
export type PostKind = 'state' | 'story';

/** Who waits for it; also the order in which the scarce edits are given out (design.md, Delivery). */
export const urgencies = ['press', 'change', 'final', 'progress'] as const;
export type Urgency = (typeof urgencies)[number];

/**
 * waiting → sending → sent
 *              ↘ doubtful (outcome unknown: looked for in Slack before it is sent again) → sent | waiting
 *              ↘ parked (refused for its content or its channel, or cannot be looked for: operators are told)
 */
export type PostState = 'waiting' | 'sending' | 'doubtful' | 'sent' | 'parked';

export interface Post {
  id: string;
  seq: number;
  kind: PostKind;
  /**
   * `parent` of an incident, `reply` in its thread, `direct` to a person, `card` of a storm, `action`: shows how an action goes,
   * `note` in a channel about no alert that is there, `request` where somebody asked for help, `triage`: the same for the team,
   * `moved`: what was that of a team which it has left.
   */
  role: 'parent' | 'reply' | 'direct' | 'card' | 'action' | 'note' | 'request' | 'triage' | 'moved';
  incidentId?: string;
  actionId?: string;
  requestId?: string;
  /** Slack's stamp of a message that is not ours, in whose thread it stands. */
  threadTs?: string;
  /** Slack channel id, or `#name` until the name is resolved. */
  channel: string;
  /** The post whose thread it belongs to. */
  rootId?: string;
  notice?: Notice;
  wantedVersion: number;
  sentVersion: number;
  urgency: Urgency;
  state: PostState;
  /** Slack's time stamp of the message once it is there, and the id of its channel. */
  ts?: string;
  channelId?: string;
  attempts: number;
  claimedAt?: Date;
  createdAt: Date;
}
