/** What a channel waits for and got lately, and the card that stands for it, if there is one. */
export interface LaneFacts {
  /** New alerts that Slack has not got yet. */
  waiting: number;
  /** Top-level posts of the last minute. */
  sentLastMinute: number;
  storm?: {
    openedAt: Date;
    /** When it last hit more pipelines. */
    grewAt: Date;
    /** How many pipelines it hits, and how many of them the newest message told of, when. */
    total: number;
    toldTotal: number;
    toldAt: Date;
    /** Pipelines that still fail. */
    live: number;
    /** What the card shows, in short, and what it was asked to show last, when. */
    shows: string;
    shown: string;
    shownAt: Date;
    /** How many pipelines the newest file lists, and when it was made. */
    filedTotal: number;
    filedAt?: Date;
    ended: boolean;
  };
}

export interface StormPolicy {
  stormAbovePostsPerMinute: number;
  postsPerSecondPerChannel: number;
}

/** What is to be done about a channel's storm, all of it. */
export interface StormSteps {
  /** A card that stands for all that waits. */
  open: boolean;
  /** The card takes in what came since. */
  takeIn: boolean;
  /** A reply tells the growth. */
  tell: boolean;
  /** The card is edited. */
  show: boolean;
  /** A file with the full list. */
  file: boolean;
  /** The card takes no more in: the next storm gets a card of its own. */
  end: boolean;
  /** All is over and said. */
  settle: boolean;
}

/** An alert that waits longer than this for its channel is told by a card meanwhile. */
const laneMs = 5_000;
const tellEveryMs = 2_500;
/** A storm that goes on is told less often. */
const tellSeldomMs = 10_000;
const longMs = 60_000;
/** Edits are scarce; replies tell the growth. */
const showEveryMs = 10_000;
/** The list is made when the storm stands still, and again when it has grown since. */
const stillMs = 5_000;
const fileEveryMs = 60_000;
const listTriesMs = 10 * 60_000;
const overAfterMs = 60_000;
const longestMs = 30 * 60_000;

const nothing: StormSteps = {
  open: false,
  takeIn: false,
  tell: false,
  show: false,
  file: false,
  end: false,
  settle: false,
};

/** Would the channel get more than its pace allows? Pure. */
export function stormSteps({ waiting, sentLastMinute, storm }: LaneFacts, policy: StormPolicy, now: Date): StormSteps {
  const since = (at: Date): number => now.getTime() - at.getTime();
  if (!storm) {
    const inTime = Math.max(1, Math.floor((policy.postsPerSecondPerChannel * laneMs) / 1_000));
    const isTooMany = waiting > 0 && waiting + sentLastMinute > policy.stormAbovePostsPerMinute;
    return { ...nothing, open: waiting > inTime || isTooMany };
  }
  const isOver = storm.live === 0 && waiting === 0;
  const isStill = since(storm.grewAt) >= stillMs;
  const gapMs = since(storm.openedAt) < longMs ? tellEveryMs : tellSeldomMs;
  const hasGrown = storm.total > storm.toldTotal;
  // Where Slack takes no file, we stop asking.
  const isListDue = storm.total > storm.filedTotal && since(storm.grewAt) < listTriesMs;
  const isStale = storm.shows !== storm.shown;
  const end =
    !storm.ended && ((waiting === 0 && since(storm.grewAt) >= overAfterMs) || since(storm.openedAt) >= longestMs);
  return {
    open: false,
    takeIn: !storm.ended,
    tell: hasGrown && (storm.toldTotal === 0 || since(storm.toldAt) >= gapMs),
    show: isStale && (isOver ? isStill : since(storm.shownAt) >= showEveryMs),
    file: isListDue && isStill && (!storm.filedAt || since(storm.filedAt) >= fileEveryMs),
    end,
    settle: storm.ended && isOver && !isStale && !hasGrown && !isListDue,
  };
}

/** One line of a card: a problem, how many pipelines it hits in this channel, and how many of them still fail. */
export interface StormLine {
  incidentId: string;
  title?: string;
  line?: string;
  /** A pipeline that it hits. */
  lead: string;
  count: number;
  live: number;
  /** Failed runs of the problem, in all channels, that can be retried. */
  retriable: number;
  /** Has it an alert of its own in the channel? */
  posted: boolean;
}

/** All that a card shows, read at the moment of sending. */
export interface StormView {
  openedAt: Date;
  /** Most pipelines first; what still fails before what is over. */
  lines: StormLine[];
  /** An incident that was over before its turn gets no alert of its own. */
  timeZone: string;
}
