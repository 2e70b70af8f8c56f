/**
 * Slack's numbers, once. Source: Slack's reference for blocks, elements, composition objects, chat.postMessage, "Handling user
 * interaction" and "Rate limits", as of November 2026; where sources differ, the stricter number. Characters unless the name says otherwise.
 */
export const limits = {
  message: {
    blocks: 50,
    /** Above this, people see a cut text in notifications. */
    textAdvised: 4_000,
    /** All blocks of a message together. Field reports: about 13,000 was refused though every block was legal. */
    blocksTotal: 12_000,
  },
  textObject: 3_000,
  header: 150,
  section: { text: 3_000, fields: 10, fieldText: 2_000 },
  /** About 30 characters of a button's text are shown. */
  button: { shownText: 30, value: 2_000, url: 3_000, accessibilityLabel: 75 },
  option: { value: 75, text: 75, description: 75 },
  overflow: { options: 5 },
  image: { altText: 2_000, title: 2_000 },
  confirm: { title: 100, text: 300, confirm: 30, deny: 30 },
  view: { title: 24, submit: 24, close: 24, privateMetadata: 3_000, blocks: 100 },
  input: { label: 2_000, hint: 2_000, text: 3_000 },
  ackMs: 3_000,
} as const;

/** Targets of our own for the message that everybody scans. */
export const alertTargets = {
  blocks: 6,
  /** All text objects of the blocks together, as sent. */
  characters: 1_200,
  buttons: 3,
} as const;
