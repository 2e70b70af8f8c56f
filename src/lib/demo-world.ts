import type { Logger } from './logger';

/** What stands at the far ends in the demo: a workspace and an orchestrator. `src/demo` builds it; a production install has none. */
export interface DemoWorld {
  /** The page to open. */
  pageUrl: string;
  /** Environment for Pitcrew: tokens, Slack's address. */
  env: Record<string, string>;
  /** pitcrew.yaml for it, and the catalogue that it names, by their file names. */
  files: Record<'pitcrew.yaml' | 'catalogue.yaml', string>;
  /** Gone through by the smoke run; rejects when a step was not seen in time. */
  driveMainJob(say: (step: string) => void): Promise<void>;
  /** Starts the pipelines; after Pitcrew is up, so that the first failure is seen. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

export interface DemoWorldOptions {
  databaseUrl: string;
  /** Where Pitcrew will listen: the orchestrator's events go there. */
  pitcrewPort: number;
  /** Asked for first; a free one if it is taken. */
  pagePort: number;
  log: Logger;
}
