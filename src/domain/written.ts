/** What somebody wrote in Slack: names in place of ids, addresses as they are, and the characters that Slack escapes. */

const person = /<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>/g;

/** Slack ids of the people whom a message calls by name, each once. */
export function peopleCalledIn(wire: string): string[] {
  return [...new Set([...wire.matchAll(person)].flatMap(([, id]) => (id ? [id] : [])))];
}

/**
 * The text as people read it, of the form in which Slack delivers it. Never throws.
 *
 * @param nameOf the name of a person by their Slack id, without the `@`
 */
export function readWritten(wire: string, nameOf: (slackId: string) => string | undefined): string {
  const read = wire
    .replace(person, (_, id: string, label?: string) => `@${nameOf(id) ?? (label || 'someone')}`)
    .replace(/<#[CG][A-Z0-9]+(?:\|([^<>]*))?>/g, (_, name?: string) => (name ? `#${name}` : 'a channel'))
    .replace(/<!subteam\^[A-Z0-9]+(?:\|@?([^<>]*))?>/g, (_, handle?: string) => `@${handle || 'a group'}`)
    .replace(/<!(here|channel|everyone)(?:\|[^<>]*)?>/g, '@$1')
    .replace(/<!date\^[^<>|]*\|([^<>]*)>/g, '$1')
    .replace(/<((?:https?|mailto):[^<>|]*)(?:\|([^<>]*))?>/g, (_, address: string, label?: string) =>
      label && !address.includes(label) ? `${label} (${address})` : address.replace(/^mailto:/, ''),
    );
  return unescapeText(read);
}

/** What was typed before Slack escaped it. */
export function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
