/** A length of time in the two largest units that matter: `45 s`, `12 min`, `1 h 5 min`, `2 d 3 h`. Never negative. */
export function sayDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How long ago, as said to a person who asks: `just now`, `2 min ago`. */
export function sayAgo(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime();
  return ms < 10_000 ? 'just now' : `${sayDuration(ms)} ago`;
}
