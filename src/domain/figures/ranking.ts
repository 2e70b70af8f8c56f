/** Ranks as in sports: 1, 2, 2, 4. */
export interface Ranked<T> {
  rank: number;
  value: number;
  name: string;
  item: T;
}

/** How many of a list, ordered by value, that is cut after `shown` have the value of the last one shown. */
export function tiedAfter(values: readonly number[], shown: number): number {
  const last = values[shown - 1];
  return values.slice(shown).filter((value) => value === last).length;
}

/**
 * The first of a list, by value (the largest first), then by name.
 * @returns `tied`: how many more have the value of the last one shown, so that no tie is cut silently
 */
export function rank<T>(
  items: readonly T[],
  of: { value(item: T): number; name(item: T): string },
  shown: number,
): { top: Ranked<T>[]; tied: number; left: number } {
  const sorted = items
    .map((item) => ({ item, value: of.value(item), name: of.name(item) }))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const ranked = sorted.map((each) => ({ ...each, rank: 1 + sorted.findIndex(({ value }) => value === each.value) }));
  const top = ranked.slice(0, shown);
  const tied = tiedAfter(
    ranked.map(({ value }) => value),
    shown,
  );
  return { top, tied, left: ranked.length - top.length };
}
