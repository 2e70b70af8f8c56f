import type { Category, OwnerSide, Retryable } from '../domain/diagnosis';

export interface CategoryAdvice {
  title: string;
  retryable: Retryable;
  ownerSide: OwnerSide;
  /** For a practitioner who is not a platform engineer: what to do now. */
  nextStep: string;
}

/** What a category means for the person who reads it. A rule may say it more exactly. */
export const categoryAdvice: Record<Category | 'unknown', CategoryAdvice> = {
  out_of_memory: {
    title: 'Out of memory',
    retryable: 'after_change',
    ownerSide: 'platform',
    nextStep: 'Give the step more memory, or let it work on less data at a time. A plain retry seldom helps.',
  },
  disk_full: {
    title: 'Disk full',
    retryable: 'after_change',
    ownerSide: 'platform',
    nextStep: 'Make room on the disk that the line names, or ask the platform team to, then retry.',
  },
  timeout: {
    title: 'Timed out',
    retryable: 'yes',
    ownerSide: 'platform',
    nextStep: 'Retry once. If it times out again, look at what it waited for, or raise the limit.',
  },
  network: {
    title: 'Connection failed',
    retryable: 'yes',
    ownerSide: 'platform',
    nextStep: 'Retry once. If it fails again, check that the other side is up and that its address and port are right.',
  },
  dns: {
    title: 'Host name not found',
    retryable: 'yes',
    ownerSide: 'platform',
    nextStep: 'Retry once. If the name is still not found, check its spelling and the DNS of the machine.',
  },
  auth_expired_or_invalid: {
    title: 'Sign-in not accepted',
    retryable: 'after_change',
    ownerSide: 'credentials',
    nextStep: 'Renew the password, token, key or certificate that was used, then retry.',
  },
  permission_denied: {
    title: 'Permission missing',
    retryable: 'after_change',
    ownerSide: 'credentials',
    nextStep: 'Ask the owner of what the line names to grant the access, then retry.',
  },
  quota_or_rate_limit: {
    title: 'Limit reached',
    retryable: 'yes',
    ownerSide: 'quota',
    nextStep: 'Wait until the limit has room again and retry, or ask for a higher limit.',
  },
  resource_preempted_or_evicted: {
    title: 'Machine taken away',
    retryable: 'yes',
    ownerSide: 'platform',
    nextStep:
      'Retry: the platform took the machine away. If it happens often, ask for a machine that is not shared or spot.',
  },
  missing_dependency_or_import: {
    title: 'Missing package or import',
    retryable: 'after_change',
    ownerSide: 'user_code',
    nextStep: 'Install the package that the line names where the step runs, or correct the import.',
  },
  syntax_or_parse_error: {
    title: 'Syntax error',
    retryable: 'no',
    ownerSide: 'user_code',
    nextStep: 'Correct the code, SQL or template at the place that the line names. A retry fails the same way.',
  },
  schema_mismatch: {
    title: 'Schemas differ',
    retryable: 'after_change',
    ownerSide: 'data',
    nextStep: 'Compare the columns and types of the data with those of the target, and change one side.',
  },
  missing_table_or_column: {
    title: 'Missing table or column',
    retryable: 'after_change',
    ownerSide: 'user_code',
    nextStep: 'Check the spelling of the name in the line, and whether it was created, renamed or dropped.',
  },
  missing_input_data_or_partition: {
    title: 'Input not there',
    retryable: 'after_change',
    ownerSide: 'upstream',
    nextStep: 'Check whether the input has been delivered and whether its path is right; retry when it is there.',
  },
  data_quality_check_failed: {
    title: 'Data check failed',
    retryable: 'no',
    ownerSide: 'data',
    nextStep: 'Look at the rows that failed the check. Mend the data, or the check if it is wrong.',
  },
  type_or_cast_error: {
    title: 'Wrong type or value',
    retryable: 'no',
    ownerSide: 'user_code',
    nextStep: 'Find the value that does not fit its type, and clean or convert it. A retry fails the same way.',
  },
  constraint_violation_or_duplicate: {
    title: 'Duplicate or broken constraint',
    retryable: 'no',
    ownerSide: 'data',
    nextStep: 'Find the rows or the object that are there already, and make the step safe to run twice.',
  },
  deadlock_or_lock_timeout: {
    title: 'Blocked by another user of the same thing',
    retryable: 'yes',
    ownerSide: 'platform',
    nextStep: 'Retry: two runs were in each other’s way. If it happens often, keep them from running at the same time.',
  },
  upstream_failed: {
    title: 'An earlier step failed',
    retryable: 'after_change',
    ownerSide: 'upstream',
    nextStep: 'Look at the earlier step; when it is mended, run this one again.',
  },
  config_error_missing_variable: {
    title: 'Setting missing or wrong',
    retryable: 'after_change',
    ownerSide: 'platform',
    nextStep: 'Set or correct the variable, connection, path or option that the line names, then retry.',
  },
  image_or_container_start: {
    title: 'Container could not start',
    retryable: 'after_change',
    ownerSide: 'platform',
    nextStep: 'Check the image’s name, tag and access, and what the container needs at its start.',
  },
  service_unavailable_5xx: {
    title: 'Service not available',
    retryable: 'yes',
    ownerSide: 'upstream',
    nextStep: 'Retry in a few minutes. If it stays, look at the status page of the service that the line names.',
  },
  code_bug_exception: {
    title: 'Error in the code',
    retryable: 'no',
    ownerSide: 'user_code',
    nextStep: 'Look at the line of your code that the excerpt names. A retry fails the same way.',
  },
  killed_or_zombie_unknown: {
    title: 'Ended without a reason in the log',
    retryable: 'maybe',
    ownerSide: 'platform',
    nextStep:
      'The log does not say why it ended. Look at the log of the platform for that minute, or at an earlier step’s.',
  },
  unknown: {
    title: 'Cause not recognised',
    retryable: 'maybe',
    ownerSide: 'platform',
    nextStep: 'Read the excerpt; if it is no help, open the whole log.',
  },
};
