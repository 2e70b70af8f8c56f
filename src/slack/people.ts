import { isUserId, mention, words } from './mrkdwn';

/** The name of a person by their Slack id, where it is known; from the rows that are at hand when a message is rendered. */
export type NameOf = (slackId: string) => string | undefined;

/**
 * A person in a message that is not meant to call them: their name. Where it is not known, a mention, which calls them once in a
 * new post and never in an edit.
 */
export function who(id: string, nameOf: NameOf | undefined): string {
  const name = nameOf?.(id);
  if (name !== undefined) return words(`@${name}`, 60);
  return isUserId(id) ? mention(id) : words(id, 60);
}

/** The same where nobody may be called, such as on recovery. */
export function whoQuietly(id: string, nameOf: NameOf | undefined): string {
  const name = nameOf?.(id);
  if (name !== undefined) return words(`@${name}`, 60);
  return isUserId(id) || id.startsWith('<') ? 'a teammate' : words(id, 60);
}
