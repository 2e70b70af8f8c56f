import type { Diagnoser } from './diagnosis';

/** The longest text that is kept, and how much is kept of texts in all, in characters; what comes with a text is about as long again. */
const textMax = 2_000;
const allMax = 500_000;
/** So many at least fit where they are short: more causes than fail at once in any storm that we know. */
const textsKept = 2_000;

/** Where much fails at once, much fails with the same words: the last short texts are not read twice. */
export function remembering(diagnoser: Diagnoser): Diagnoser {
  const known = new Map<string, ReturnType<Diagnoser['diagnoseText']>>();
  let size = 0;

  /** The one that was not asked for longest goes first, so that causes which take turns do not drive each other out. */
  function forgetOldest(): void {
    for (const oldest of known.keys()) {
      if (size <= allMax && known.size <= textsKept) return;
      known.delete(oldest);
      size -= oldest.length;
    }
  }

  return {
    ...diagnoser,
    diagnoseText(text) {
      const before = known.get(text);
      if (before) {
        known.delete(text);
        known.set(text, before);
        return before;
      }
      const diagnosis = diagnoser.diagnoseText(text);
      if (text.length > textMax) return diagnosis;
      known.set(text, diagnosis);
      size += text.length;
      forgetOldest();
      return diagnosis;
    },
  };
}
