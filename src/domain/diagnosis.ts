/** What kind of thing went wrong. The list is closed: rules, advice and reports are keyed by it. */
export const categories = [
  'out_of_memory',
  'disk_full',
  'timeout',
  'network',
  'dns',
  'auth_expired_or_invalid',
  'permission_denied',
  'quota_or_rate_limit',
  'resource_preempted_or_evicted',
  'missing_dependency_or_import',
  'syntax_or_parse_error',
  'schema_mismatch',
  'missing_table_or_column',
  'missing_input_data_or_partition',
  'data_quality_check_failed',
  'type_or_cast_error',
  'constraint_violation_or_duplicate',
  'deadlock_or_lock_timeout',
  'upstream_failed',
  'config_error_missing_variable',
  'image_or_container_start',
  'service_unavailable_5xx',
  'code_bug_exception',
  'killed_or_zombie_unknown',
] as const;

export type Category = (typeof categories)[number];

/**
 * Whether another run helps: `yes` unchanged; `after_change` once something outside the code was changed; `no`: the same code
 * on the same data fails again; `maybe`: the log does not settle it.
 */
export type Retryable = 'yes' | 'no' | 'after_change' | 'maybe';

/** Who acts first. */
export type OwnerSide = 'user_code' | 'data' | 'platform' | 'upstream' | 'credentials' | 'quota';

/** Why a Run failed, with the log lines that show it. Every text in it is redacted. */
export interface Diagnosis {
  category: Category | 'unknown';
  /** The category in plain words, e.g. "Missing table or column". */
  title: string;
  retryable: Retryable;
  ownerSide: OwnerSide;
  /** The line that shows the cause, without the logger's prefix and colour codes; at most 500 characters. */
  causeLine: string;
  /** The same line as it stands in the log, without colour codes; at most 4,000 characters. */
  causeLineInFull: string;
  /** Counted from 1. */
  causeLineNo: number;
  /** 16 hex digits; the same for the same thing to fix, whatever the time, the host, the id or the attempt. */
  fingerprint: string;
  /** At most 15 lines around the cause line. */
  excerpt: string;
  /** Line number of the excerpt's first line, counted from 1. */
  excerptFromLineNo: number;
  /** What to do, in a sentence or two of plain words. */
  nextStep: string;
  /** 0 to 1: how sure the category is. */
  confidence: number;
  /** Secrets taken out of the text that was read, by kind. */
  redactions: Record<string, number>;
  /** The rule that decided; absent where none did. */
  ruleId?: string;
}
