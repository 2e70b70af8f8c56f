/** A product, nearly always the real one, that is kept on this machine for tests: installed when it is not there, started anew for each run. */
export interface LiveProduct {
  /** As it is named on the command line. */
  name: string;
  title: string;
  /** The kind of its adapter. */
  kind: string;
  version: string;
  /** Its tests, as a pattern below test/. */
  tests: string;
  /** Not the product itself: a server of the tests that speaks as it does. */
  isStandIn?: true;
  /** Installs it below `folder` unless it is there. @throws Error with a reason for people */
  install(folder: string, say: (line: string) => void): Promise<void>;
  /** Starts it on this machine alone. `about` is what the tests need to know, as JSON. */
  start(folder: string, say: (line: string) => void): Promise<{ about: object; stop(): Promise<void> }>;
}
