/** Takes secrets out of text. In: any text. Out: the same text without them, and how many of each kind there were. */

export { redactWithin } from './redact-within';
export { createRedactor, type Redacted, type Redactor, type RedactRule } from './redactor';
export { rememberingHarmless } from './remembering-harmless';
export { secretKinds } from './secret-kinds';
