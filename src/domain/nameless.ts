/** What is written for everybody names nobody. */

/**
 * Takes people out of a text: mentions, addresses of mail, and these names, each as a whole word, whatever its capitals. Names of fewer
 * than three letters are left, since they are words as well. Never throws.
 */
export function withoutNames(text: string, names: readonly string[] = []): string {
  const told = text
    .replace(/<@[UW][A-Z0-9]+(\|[^>]*)?>/g, someone)
    .replace(/<!subteam\^[A-Z0-9]+(\|[^>]*)?>/g, 'the team')
    .replace(/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu, someone);
  return [...names]
    .flatMap((name) => [name, ...name.split(/\s+/)])
    .filter((name) => [...name].length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((said, name) => said.replace(wordOf(name), someone), told);
}

const someone = 'someone';

function wordOf(name: string): RegExp {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])@?${quoted}(?![\\p{L}\\p{N}_])`, 'giu');
}
