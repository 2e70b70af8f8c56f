type Block = (title: string, body: () => void) => void;
type Case = (title: string, body: jest.ProvidesCallback, timeoutMs?: number) => void;

/**
 * `describe` and `it` for what wants something that is not everywhere. Where it is not there they are skipped, and `why` stands in
 * the title, by which skipped tests are listed and counted.
 *
 * @param why  completes "skipped: …"
 */
export function onlyWhere(isThere: boolean, why: string): { describe: Block; it: Case } {
  if (isThere) return { describe, it };
  const named = (title: string) => `${title} (skipped: ${why})`;
  return {
    describe: (title, body) => describe.skip(named(title), body),
    it: (title, body) => it.skip(named(title), body),
  };
}
