export interface RowInput {
  program: string;
  random(): number;
}

export interface RowOutcome {
  faults: string[];
  counts: Record<string, unknown>;
}

/** One proof: it breaks something or lives through it, and says what was wrong in the end. */
export interface Row {
  name: string;
  says: string;
  /** Mostly waits, so it goes on beside the others. */
  isIdle?: boolean;
  /** A row that takes longer has failed. @default 20 minutes */
  withinMs?: number;
  run(input: RowInput): Promise<RowOutcome>;
}

/** What a row needs is not here. */
export class Skipped extends Error {}
