import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { PlanAnswer, PlanWish } from '../src/actions';
import type { Missing } from '../src/domain/ability';
import type { ActionKind } from '../src/domain/action';
import type { ActionList, BulkState } from '../src/domain/action-list';
import type { Actor } from '../src/domain/actor';
import type { AuditAnswer } from '../src/domain/audit';
import type { AutoRetry } from '../src/domain/auto-retry';
import type { Audience, FeedbackItem, Theme } from '../src/domain/feedback';
import type { ChannelDigest, DigestChoice, DigestPlan, DigestRefusal } from '../src/domain/figures/digest-plan';
import type { WeekFigures } from '../src/domain/figures/week-figures';
import type { ImpactAnswer } from '../src/domain/impact';
import type { Interaction } from '../src/domain/interaction';
import type { Planned } from '../src/domain/maintenance';
import type { ParkedList } from '../src/domain/parked';
import type { PipelineRef } from '../src/domain/pipeline';
import type { StatusAnswer } from '../src/domain/pipeline-status';
import type { Plan } from '../src/domain/plan';
import type { Press } from '../src/domain/press';
import type { PulseResult } from '../src/domain/pulse';
import type { OpenWay } from '../src/domain/repair';
import type { RunRef } from '../src/domain/run';
import type { SubscriptionList } from '../src/domain/subscription';
import type { Clock } from '../src/lib/clock';
import type { Logger } from '../src/lib/logger';
import type { MetricsAnswer } from '../src/reporting/explore';
import type { BackfillAnswer } from '../src/slack/backfill-form';
import type { Needs } from '../src/slack/buttons';
import type { AskValue } from '../src/slack/dialogs';
import type { PinnedLine } from '../src/slack/pinned';
import type { VersionsAnswer } from '../src/slack/redeploy-form';
import type { RequestLine, RequestList } from '../src/slack/request-list';
import type { WrittenLine } from '../src/slack/request-reading';

interface PeopleNames {
  nameOf(personId: string): string | undefined;
}

/** Which dialog: by Slack's id, or by the one that we gave it. */
export type DialogAt = ({ id: string } | { externalId: string }) & { hash?: string };

/** The use cases that listeners are given. */
export interface Services {
  presses: {
    /**
     * One INSERT. `too-late`: the signal went off before the row was certain, and it is not taken, now or later. `away`: the
     * database could not be reached, and it is not taken either. Rejects when the
     * database did; then nobody knows, and the listener looks.
     */
    storeOnce(press: Press, signal: AbortSignal): Promise<'stored' | 'repeat' | 'too-late' | 'away'>;
    whoAsked(key: string): Promise<{ slackId: string; at: Date; triggerId?: string } | undefined>;
  };
  /** @throws Failure */
  actors: { get(slackId: string): Promise<Actor> };
  pipelines: {
    status(question: {
      actor: Actor;
      channelId: string;
      channelName: string;
      isDirect: boolean;
    }): Promise<StatusAnswer>;
    find(question: { actor: Actor; name: string }): Promise<StatusAnswer>;
    impact(question: { name: string }): Promise<ImpactAnswer>;
  };
  /** Drawn and uploaded. Nothing where Slack or the pen failed: what they show is said in words as well. Never throws. */
  pictures: {
    plan(plan: Plan): Promise<{ fileId: string; alt: string } | undefined>;
    downstream(answer: Extract<ImpactAnswer, { kind: 'impact' }>): Promise<{ fileId: string; alt: string } | undefined>;
  };
  dialogs: {
    /** @throws Failure; Slack's trigger lives 3 s */
    open(triggerId: string, view: ModalView): Promise<{ id: string; hash: string }>;
    /** @param to.hash of the view that it is to take the place of; left out = whichever is there. @throws Failure */
    update(to: DialogAt & { view: ModalView }): Promise<{ hash: string }>;
  };
  /** Changes nothing; a plan is stored for its yes. @throws Failure */
  plans: {
    make(wish: PlanWish): Promise<PlanAnswer>;
    /** Why this person may not even ask for it, if so: nobody fills a form in vain. */
    refusal(wish: {
      actor: Actor;
      kind: ActionKind;
      pipeline: PipelineRef;
    }): Promise<{ why: string; whoMay: string } | undefined>;
    /** What can be done with a run besides going on where it failed, as it is now; with the days around its partition. */
    ways(run: RunRef & { partition?: string }): Promise<OpenWay[]>;
  };
  /** Changes that are not over. */
  changes: {
    underWay(question: { slackId: string; channelId: string }): Promise<ActionList>;
    bulk(question: { actor: Actor }): Promise<BulkState>;
  };
  /** May this person look after Pitcrew itself, and go over a freeze? */
  mayOperate(actor: Actor): { may: boolean; whoMay: string };
  /** What a person has to know before they ask for a backfill. @throws Failure */
  backfills: { named(name: string): Promise<BackfillAnswer>; about(pipeline: PipelineRef): Promise<BackfillAnswer> };
  /** Which versions there are to put in force. @throws Failure */
  versions: { named(name: string): Promise<VersionsAnswer> };
  /** What an alert is about now; `undefined` = it is gone. */
  alerts: {
    about(
      incidentId: string,
      channel: string,
    ): Promise<
      | {
          pipeline: PipelineRef;
          missing: Missing[];
          /** The version to go back to, while the one before the failure is in force. */
          back?: string;
        }
      | undefined
    >;
  };
  subscriptions: { list(question: { channelId: string; slackId: string }): Promise<SubscriptionList> };
  /** The audit trail, as the asker may see it. @throws Failure */
  audit: { ask(question: { actor: Actor; text: string; timeZone: string }): Promise<AuditAnswer> };
  /** What is retried by itself, with the names of those who allowed it. */
  autoRetries: { list(): Promise<{ list: AutoRetry[]; names: ReadonlyMap<string, string> }> };
  /** What people have planned from Slack and is in force. */
  maintenance: { list(): Promise<Planned[]> };
  /** Posts that were set aside, for those who may look after them. */
  parked: { list(question: { actor: Actor; page: number }): Promise<ParkedList | { whoMay: string }> };
  /** Figures of whole weeks, or a file of them by direct message. @throws Failure */
  metrics: { ask(question: { slackId: string; text: string }): Promise<MetricsAnswer> };
  /** The weekly digest of a channel. `nameOf`: of people, by surrogate id. @throws Failure */
  digests: {
    of(question: { actor: Actor; channel: string }): Promise<({ kind: 'found' } & ChannelDigest) | DigestRefusal>;
    /** What a choice would come to; nothing is changed. */
    would(question: {
      actor: Actor;
      channel: string;
      choice: DigestChoice;
    }): Promise<
      | ({ kind: 'would'; channelName: string; plan?: DigestPlan; next?: Date; week?: WeekFigures } & PeopleNames)
      | DigestRefusal
    >;
    /** As it would be posted now: the channel's, or that of the organisation where it has none. */
    preview(question: { actor: Actor; channel: string }): Promise<{ week: WeekFigures } & PeopleNames>;
  };
  /** Requests for help. */
  requests: {
    /** Does one live in the thread of this message? Slack's ids. */
    livesIn(channel: string, threadTs: string): Promise<boolean>;
    holds(channel: string, ts: string): Promise<boolean>;
    /** Is a post there one by itself? */
    takesPosts(channelId: string): Promise<boolean>;
    isTeam(actor: Actor): boolean;
    /** Does this person answer this request? */
    mayAnswer(actor: Actor, request: RequestLine): boolean;
    queue(question: {
      actor: Actor;
      limit: number;
      isLate?: boolean;
    }): Promise<{ requests: RequestLine[]; total: number }>;
    mine(question: { actor: Actor; limit: number }): Promise<RequestList>;
    /** As it stands; for the forms of the team. */
    find(id: string): Promise<RequestLine | undefined>;
    /** What was written in it, in order. */
    words(id: string): Promise<WrittenLine[]>;
    /** The alert that this message shows, if it is one. */
    alertAt(channel: string, ts: string): Promise<AskValue['about']>;
    /** The newest failed run of a pipeline, by what somebody calls it. */
    aboutNamed(name: string): Promise<AskValue['about']>;
    /** Of an entry for a runbook; nothing where its words are gone. */
    draft(groupId: string): Promise<{ question: string; answer: string; entry: string } | undefined>;
    pinned(limit: number): Promise<PinnedLine[]>;
    categories(): string[];
    /** Teams to whose queue it can be moved. */
    queuesBeside(request: RequestLine): string[];
    emoji(): string;
  };
  /** What people said of what is done for them. */
  feedback: {
    find(id: string): Promise<FeedbackItem | undefined>;
    /** @param question.page from 1 */
    waiting(question: {
      page: number;
      limit: number;
    }): Promise<{ items: FeedbackItem[]; total: number; fresh: number }>;
    themesFor(item: FeedbackItem): Promise<{ themes: Theme[]; suggested?: string }>;
    /** Who would hear that it is done. */
    audience(doing: { id: string; scope: 'item' | 'theme' }): Promise<Audience>;
  };
  /** The question of the quarter: what it came to, the newest round first. */
  pulse: { results(): Promise<{ results: PulseResult[]; minimum: number; isOn: boolean }> };
  /** @throws Failure where Slack does not take it */
  homes: { open(slackId: string): Promise<void> };
  /** Never throws. */
  interactions: { record(interaction: Interaction): Promise<void> };
  /** Names of commands, with their slash. */
  commands: { pipeline: string; support: string };
  clock: Clock;
  log: Logger;
}

/** One thing that is listened for. Tests walk the list of them. */
export interface Listener {
  kind: 'button' | 'command' | 'view' | 'event' | 'shortcut';
  /** Id of the button, dialog or shortcut, the command's key in `Services.commands`, or the name of the Slack event. */
  name: string;
  needs: Needs;
  register(app: App, services: Services): void;
}
