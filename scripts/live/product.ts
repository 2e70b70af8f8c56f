/** A real product that is kept on this machine for tests: installed when it is not there, started anew for each run. */
export interface LiveProduct {
  /** As it is named on the command line. */
  name: string;
  title: string;
  /** The kind of its adapter. */
  kind: string;
  version: string;
  /** The folder below test/live with its tests. Left out = those beside it. */
  tests?: string;
  /** Installs it below `folder` unless it is there. @throws Error with a reason for people */
  install(folder: string, say: (line: string) => void): Promise<void>;
  /** Starts it on this machine alone. `about` is what the tests need to know, as JSON. */
  start(folder: string, say: (line: string) => void): Promise<{ about: object; stop(): Promise<void> }>;
}
