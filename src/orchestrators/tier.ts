const criticalities = new Map([
  ['CRITICAL', 1],
  ['HIGH', 2],
  ['MEDIUM', 3],
  ['LOW', 4],
]);

/** How much it matters, 1 the most: from a tag such as `tier1`, else from the workflow's own criticality. */
export function tierOf(tags: readonly string[], criticality?: string | null): number | undefined {
  for (const tag of tags) {
    const [, tier] = /^tier[-_: ]?(\d)$/i.exec(tag) ?? [];
    if (tier !== undefined) return Number(tier);
  }
  return criticalities.get((criticality ?? '').toUpperCase());
}
