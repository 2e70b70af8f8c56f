import { z } from 'zod';
import type { Abilities } from '../domain/ability';
import type { ActionKind, ActionState } from '../domain/action';
import type { Actor } from '../domain/actor';
import type { Verdict } from '../domain/authorise';
import type { Downstream } from '../domain/downstream';
import type { Story } from '../domain/notice';
import type { Pipeline, PipelineRef } from '../domain/pipeline';
import type { Urgency } from '../domain/post';
import type { Target } from '../domain/target';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Orchestrator } from '../orchestrators/orchestrator';
import type { StoredAction } from '../store/action-rows';
import type { Db, Tx } from '../store/db';

export interface ActionDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  orchestrator(connection: string): Orchestrator | undefined;
  abilitiesOf(connection: string): Abilities;
  /** How the person is named to the connection (`actAs`). */
  nameFor(connection: string, actor: Actor): string;
  actor(slackId: string): Promise<Actor>;
  /** @param size runs that the whole action would touch */
  authorise(actor: Actor, kind: ActionKind, pipeline: Pipeline, size: number): Promise<Verdict>;
  /** Does this person's yes count for what the asker wishes? Never for one's own. */
  mayApprove(approver: Actor, asker: Actor, kind: ActionKind, pipeline: Pipeline, size: number): Promise<boolean>;
  /** Until when a second person is waited for who is asked now. */
  approvalUntil(at: Date): Date;
  /** May this person hold all bulk work, and go over a freeze or a missing yes with a reason? `whoMay` is a part of a sentence. */
  mayOperate(actor: Actor): { may: boolean; whoMay: string };
  profile(pipeline: PipelineRef): Promise<Pipeline>;
  downstream(pipelines: readonly PipelineRef[]): Promise<Downstream>;
  /** Where what everybody must hear is told; left out = nowhere. */
  platformChannel(): string | undefined;
  /** The address of a message. */
  messageUrl(channelId: string, ts: string): string;
  /** Uploads a text file without showing it anywhere. @throws Failure */
  uploadFile(file: {
    name: string;
    title: string;
    content: string;
  }): Promise<{ fileId: string; permalink?: string | undefined }>;
  /** What the incidents do for us, in our transaction. */
  refresh(tx: Tx, incidentId: string, channels: string[] | undefined, urgency: Urgency): Promise<void>;
  tell(tx: Tx, stories: Story[]): Promise<void>;
  /** The inbox has something new. */
  wakeDecider(): Promise<void>;
  /** Look at this action at that time. */
  wake(actionId: string, delayMs: number): Promise<void>;
  wakeOutbox(): Promise<void>;
}

/** Who asks, and where it is to be told how it goes. */
export interface Asking {
  actor: Actor;
  incidentId?: string;
  channel?: string;
  responseUrl?: string;
}

/** One change that is asked for at once; its plan is made, and stored, when it is done. */
export interface Wish extends Asking {
  kind: ActionKind;
  target: Target;
  /** Tells one wish from the next on the same target: the attempt seen and how many actions went before. */
  turn: string;
  /** What lets it go by itself; then the actor is who allowed that. */
  autoId?: string;
}

/** What became of a wish. Each refusal says what to do next. */
export type Answer =
  | { outcome: 'asked'; actionId: string }
  /** Nothing happens before somebody else has said yes. `by` is a part of a sentence. */
  | { outcome: 'awaiting-approval'; actionId: string; by: string; until: Date }
  | { outcome: 'already'; by: string; at: Date; state: ActionState }
  /** `freeze`: it is one that stands in the way, and who may can break it with a reason. */
  | { outcome: 'denied'; why: string; whoMay: string; freeze?: string }
  | { outcome: 'cannot'; say: string };

/** How a second person has answered: a yes, unless it says otherwise. Stored as `actions.approval`. */
export const Approval = z.object({
  by: z.string(),
  personId: z.string(),
  at: z.coerce.date(),
  say: z.string().optional(),
  /** Without being asked for: over a freeze or a missing yes, for this reason. */
  broke: z.boolean().optional(),
  declined: z.boolean().optional(),
});
export type Approval = z.infer<typeof Approval>;

/** Where there is no item and no target of its own: a large action. */
export const itemsTarget = { kind: 'items' } as const;

/** An action that this worker holds until then; the time is also what tells its hold from that of the next one. */
export type Held = StoredAction & { heldUntil: Date };
