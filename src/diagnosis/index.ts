/**
 * Says why a run failed. In: a log of any size, or an error text. Out: a Diagnosis — the line that shows the cause, its category,
 * what to do, a fingerprint that is the same for the same cause — with every secret taken out. Pure: no network, no Slack.
 */
export type { Diagnosis, OwnerSide, Retryable } from '../domain/diagnosis';
export { createDiagnosis, type Diagnoser } from './diagnosis';
export { notText } from './not-text';
export { remembering } from './remembering';
