/** What every printed figure is, in the words of "how is this computed?". */
export interface Definition {
  title: string;
  group: 'adoption' | 'reliability' | 'alerts' | 'paved path' | 'support';
  /** Of which kind its value is. */
  kind: 'count' | 'share' | 'spread' | 'mean' | 'total';
  formula: string;
  /** Where it is read from: a view or table that BI tools may read too. */
  from: string;
  /** Which way is better; left out where neither is, so that no arrow judges. */
  better?: 'up' | 'down';
}

export const defined = <T extends Record<string, Definition>>(all: T): T => all;
