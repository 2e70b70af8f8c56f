import type { Diagnoser } from './diagnosis';

/** Texts that are kept, and the longest of them in characters: half a megabyte at most. */
const textsKept = 250;
const textMax = 2_000;

/** Where much fails at once, much fails with the same words: the last short texts are not read twice. */
export function remembering(diagnoser: Diagnoser): Diagnoser {
  const known = new Map<string, ReturnType<Diagnoser['diagnoseText']>>();
  return {
    ...diagnoser,
    diagnoseText(text) {
      const before = known.get(text);
      if (before) return before;
      const diagnosis = diagnoser.diagnoseText(text);
      if (text.length > textMax) return diagnosis;
      if (known.size >= textsKept) known.clear();
      known.set(text, diagnosis);
      return diagnosis;
    },
  };
}
