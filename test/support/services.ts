type End = () => Promise<void>;

/** What globalSetup started, for globalTeardown to end. Both are loaded into jest's main process, and so share this list. */
const ends: End[] = [];

export function onEnd(end: End): void {
  ends.push(end);
}

/** Last started, first ended. One that fails does not keep the others alive. */
export async function endServices(): Promise<void> {
  for (let end = ends.pop(); end; end = ends.pop()) {
    await end().catch((error) => console.error(error));
  }
}
