/**
 * Nearest rank: of the sorted values the ceil(fraction × n)-th; one value is its own quantile. The same everywhere, so that
 * figures on a card and in the digest agree.
 *
 * @param fraction  above 0, at most 1; 0.5 is the median
 * @returns undefined for no values
 */
export function quantile(values: readonly number[], fraction: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(fraction * sorted.length)));
  return sorted[rank - 1];
}
