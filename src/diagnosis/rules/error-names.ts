import type { Category } from '../../domain/diagnosis';
import type { Rule, Strength } from '../rule';

// What a rule `says` here is what stands around the names and is rare: hundreds of names would make the sieve large.

/** Trino and Presto name an error in `type=USER_ERROR, name=X` and `errorName": "X"`; here by what its cause is. */
function trino(what: string, category: Category, names: string, strength: Strength = 'broad'): Rule {
  const example = `TrinoUserError(type=USER_ERROR, name=${names.replace(/\|.*$/, '')}, message="acme")`;
  const pattern = `(?:, name=|error_?name['"]{0,2}[:=] ?u?['"]?)(?-i:${names})\\b`;
  return {
    id: `trino.named-${what}`,
    category,
    strength,
    says: [', name=', 'errorname', 'error_name'],
    pattern,
    example,
  };
}

/** ClickHouse ends a message with the name of its code: `Code: 60. DB::Exception: … (UNKNOWN_TABLE)`. */
function clickhouse(what: string, category: Category, names: string): Rule {
  const example = `Code: 7. DB::Exception: acme. (${names.replace(/\|.*$/, '')})`;
  return {
    id: `clickhouse.named-${what}`,
    category,
    strength: 'broad',
    says: ['db::exception'],
    pattern: `\\((?-i:${names})\\)`,
    example,
  };
}

/** The names of Kafka's protocol errors, as the clients' exceptions and librdkafka's codes spell them. */
function kafka(what: string, category: Category, names: string, strength: Strength = 'names'): Rule {
  const example = `org.apache.kafka.common.errors.${names.replace(/\|.*$/, '')}Exception: acme`;
  const says = ['kafka.common.errors.', 'kafka.errors.', 'error: [error ', 'kafkaerror{code='];
  const pattern = `\\b(?-i:${names})(?:Exception|Error)\\b`;
  return { id: `kafka.named-${what}`, category, strength, says, pattern, example };
}

/** AWS puts the name of the error into brackets, or after "Error Code". Families of names that its services share. */
function aws(what: string, category: Category, names: string, example: string): Rule {
  const pattern = `(?:An error occurred \\(|Error ?Code:? ?["']?|"__type": ?"(?:[\\w.#]{1,80}#)?)(?-i:${names})(?:Exception|Fault|Error)?\\b`;
  return {
    id: `aws.named-${what}`,
    category,
    strength: 'broad',
    says: ['an error occurred (', 'error code', 'errorcode', '"__type"'],
    pattern,
    example: `An error occurred (${example}) when`,
  };
}

/**
 * The names that products give their errors, from their own lists (Spark and Delta: error-conditions.json; Trino: StandardErrorCode;
 * ClickHouse: ErrorCodes; Kafka: protocol Errors; AWS: the services' models). They say less than the message beside them, so most are
 * broad.
 */
export const errorNameRules: readonly Rule[] = [
  trino('killed', 'killed_or_zombie_unknown', 'ADMINISTRATIVELY_KILLED|ABANDONED_QUERY|ABANDONED_TASK|USER_CANCELED'),
  trino('preempted', 'resource_preempted_or_evicted', 'ADMINISTRATIVELY_PREEMPTED'),
  trino('memory', 'out_of_memory', 'CLUSTER_OUT_OF_MEMORY'),
  trino('room', 'disk_full', 'OUT_OF_SPILL_SPACE|EXCEEDED_SPILL_LIMIT'),
  trino(
    'limit',
    'quota_or_rate_limit',
    'QUERY_REJECTED|QUERY_QUEUE_FULL|TOO_MANY_REQUESTS_FAILED|QUERY_HAS_TOO_MANY_STAGES|EXCEEDED_CPU_LIMIT|EXCEEDED_SCAN_LIMIT|GENERIC_INSUFFICIENT_RESOURCES|QUERY_TEXT_TOO_LARGE|COMPILER_ERROR',
  ),
  trino(
    'conflict',
    'deadlock_or_lock_timeout',
    'TRANSACTION_CONFLICT|AUTOCOMMIT_WRITE_CONFLICT|MULTI_CATALOG_WRITE_CONFLICT',
  ),
  trino('constraint', 'constraint_violation_or_duplicate', 'CONSTRAINT_VIOLATION|SCHEMA_NOT_EMPTY|\\w+_ALREADY_EXISTS'),
  trino(
    'setting',
    'config_error_missing_variable',
    'CATALOG_NOT_FOUND|MISSING_(?:CATALOG|SCHEMA)_NAME|CONFIGURATION_\\w+|INVALID_(?:SESSION|CATALOG|SCHEMA)_PROPERTY|EXCHANGE_MANAGER_NOT_CONFIGURED|INVALID_RESOURCE_GROUP',
  ),
  trino(
    'away',
    'service_unavailable_5xx',
    'REMOTE_BUFFER_CLOSE_FAILED|CATALOG_(?:NOT_AVAILABLE|UNAVAILABLE|STORE_ERROR)',
  ),
  trino(
    'missing',
    'missing_table_or_column',
    'MISSING_TABLE|(?:TABLE|COLUMN|SCHEMA)_NOT_FOUND|MISSING_COLUMN_NAME|VIEW_IS_STALE',
  ),
  trino('syntax', 'syntax_or_parse_error', 'SYNTAX_ERROR'),
  trino(
    'type',
    'type_or_cast_error',
    'TYPE_MISMATCH|INVALID_CAST_ARGUMENT|NUMERIC_VALUE_OUT_OF_RANGE|INVALID_LITERAL|JSON_\\w+_ERROR|TYPE_NOT_FOUND',
  ),
  trino('shape', 'schema_mismatch', 'MISMATCHED_COLUMN_ALIASES|TABLE_HAS_NO_COLUMNS'),
  trino('grant', 'permission_denied', 'PERMISSION_DENIED|READ_ONLY_VIOLATION|INVALID_PRIVILEGE|ROLE_NOT_FOUND'),
  trino(
    'code',
    'code_bug_exception',
    'DIVISION_BY_ZERO|FUNCTION_NOT_\\w+|NOT_SUPPORTED|INVALID_FUNCTION_ARGUMENT|(?:AMBIGUOUS|DUPLICATE|EXPRESSION_NOT|NESTED|TOO_MANY|INVALID)_\\w+|SUBQUERY_MULTIPLE_ROWS',
    'generic',
  ),
  clickhouse('memory', 'out_of_memory', 'MEMORY_LIMIT_EXCEEDED|CANNOT_ALLOCATE_MEMORY'),
  clickhouse('room', 'disk_full', 'NOT_ENOUGH_SPACE'),
  clickhouse('time', 'timeout', 'TIMEOUT_EXCEEDED|SOCKET_TIMEOUT|TOO_SLOW|BARRIER_TIMEOUT'),
  clickhouse(
    'link',
    'network',
    'NETWORK_ERROR|ALL_CONNECTION_TRIES_FAILED|CANNOT_(?:READ_FROM|WRITE_TO)_SOCKET|ATTEMPT_TO_READ_AFTER_EOF|NO_FREE_CONNECTION',
  ),
  clickhouse('name', 'dns', 'DNS_ERROR'),
  clickhouse(
    'sign-in',
    'auth_expired_or_invalid',
    'AUTHENTICATION_FAILED|(?:WRONG|REQUIRED)_PASSWORD|UNKNOWN_USER|IP_ADDRESS_NOT_ALLOWED|SESSION_NOT_FOUND',
  ),
  clickhouse(
    'grant',
    'permission_denied',
    'ACCESS_DENIED|DATABASE_ACCESS_DENIED|NOT_ENOUGH_PRIVILEGES|READONLY|TABLE_IS_READ_ONLY|QUERY_IS_PROHIBITED',
  ),
  clickhouse(
    'limit',
    'quota_or_rate_limit',
    'LIMIT_EXCEEDED|QUOTA_(?:EXPIRED|EXCEEDED)|TOO_MANY_(?:SIMULTANEOUS_QUERIES|PARTS|ROWS|BYTES|PARTITIONS|ROWS_OR_BYTES)|SET_SIZE_LIMIT_EXCEEDED|RECEIVED_ERROR_TOO_MANY_REQUESTS|QUERY_IS_TOO_LARGE|TABLE_SIZE_EXCEEDS_\\w+',
  ),
  clickhouse(
    'lock',
    'deadlock_or_lock_timeout',
    'DEADLOCK_AVOIDED|SESSION_IS_LOCKED|PART_IS_TEMPORARILY_LOCKED|QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING|DDL_GUARD_IS_ACTIVE',
  ),
  clickhouse(
    'table',
    'missing_table_or_column',
    'NO_SUCH_COLUMN_IN_TABLE|UNKNOWN_(?:TABLE|IDENTIFIER|DATABASE)|THERE_IS_NO_COLUMN|NOT_FOUND_COLUMN_IN_BLOCK|TABLE_IS_DROPPED',
  ),
  clickhouse(
    'exists',
    'constraint_violation_or_duplicate',
    'VIOLATED_CONSTRAINT|(?:TABLE|DATABASE|REPLICA|DICTIONARY)_ALREADY_EXISTS?|DATABASE_NOT_EMPTY|CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN|DUPLICATE_\\w+',
  ),
  clickhouse(
    'shape',
    'schema_mismatch',
    'NUMBER_OF_COLUMNS_DOESNT_MATCH|INCORRECT_NUMBER_OF_COLUMNS|SIZES_OF_COLUMNS_\\w+|BLOCKS_HAVE_DIFFERENT_STRUCTURE|UNION_ALL_RESULT_STRUCTURES_MISMATCH|INCOMPATIBLE_COLUMNS',
  ),
  clickhouse(
    'type',
    'type_or_cast_error',
    'TYPE_MISMATCH|CANNOT_(?:PARSE|CONVERT)_\\w+|BAD_CAST|NO_COMMON_TYPE|ILLEGAL_TYPE_OF_ARGUMENT|VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE|INCORRECT_DATA|UNKNOWN_TYPE|TOO_LARGE_STRING_SIZE|DECIMAL_OVERFLOW',
  ),
  clickhouse('syntax', 'syntax_or_parse_error', 'SYNTAX_ERROR|EMPTY_QUERY|INCORRECT_QUERY'),
  clickhouse(
    'input',
    'missing_input_data_or_partition',
    'FILE_DOESNT_EXIST|NO_DATA_TO_INSERT|PARTITION_DOESNT_EXIST|NO_SUCH_DATA_PART|S3_ERROR|CANNOT_EXTRACT_TABLE_STRUCTURE',
  ),
  clickhouse(
    'setting',
    'config_error_missing_variable',
    'NO_ELEMENTS_IN_CONFIG|UNKNOWN_(?:SETTING|STORAGE|FORMAT|COMPRESSION_METHOD)|INVALID_CONFIG_PARAMETER|CANNOT_LOAD_CONFIG|CLIENT_HAS_CONNECTED_TO_WRONG_PORT|SUPPORT_IS_DISABLED|NO_ZOOKEEPER|DIRECTORY_DOESNT_EXIST',
  ),
  clickhouse(
    'away',
    'service_unavailable_5xx',
    'KEEPER_EXCEPTION|NO_ACTIVE_REPLICAS|TOO_(?:LESS|FEW)_LIVE_REPLICAS|ALL_REPLICAS_ARE_STALE|NO_AVAILABLE_REPLICA|UNSATISFIED_QUORUM_\\w+',
  ),
  clickhouse(
    'code',
    'code_bug_exception',
    'NOT_AN_AGGREGATE|UNKNOWN_(?:AGGREGATE_)?FUNCTION|NUMBER_OF_ARGUMENTS_DOESNT_MATCH|TOO_(?:MANY|LESS|FEW)_ARGUMENTS_FOR_FUNCTION|BAD_ARGUMENTS|NOT_IMPLEMENTED|LOGICAL_ERROR|AMBIGUOUS_\\w+|ILLEGAL_\\w+',
  ),
  kafka(
    'leader',
    'service_unavailable_5xx',
    'LeaderNotAvailable|(?:Preferred|Eligible)Leaders?NotAvailable|ReplicaNotAvailable|NotCoordinator|NotController|ControllerMoved|Coordinator(?:LoadInProgress|NotAvailable)|GroupCoordinatorNotAvailable|GroupLoadInProgress|FencedLeaderEpoch|UnknownLeaderEpoch|OffsetNotAvailable|StaleBrokerEpoch|NewLeaderElected|UnknownServer|NotLeaderOrFollower|NotLeaderForPartition|BrokerNotAvailable',
    'broad',
  ),
  kafka(
    'rebalance',
    'timeout',
    'IllegalGeneration|UnknownMemberId|RebalanceInProgress|StaleMemberEpoch|FencedMemberEpoch',
    'broad',
  ),
  kafka(
    'fenced',
    'deadlock_or_lock_timeout',
    'ProducerFenced|InvalidProducerEpoch|FencedInstanceId|UnreleasedInstanceId|TransactionCoordinatorFenced|ConcurrentTransactions|ReassignmentInProgress',
  ),
  kafka(
    'setting',
    'config_error_missing_variable',
    'InvalidReplicationFactor|InvalidPartitions|InvalidReplicaAssignment|InvalidGroupId|PolicyViolation|SecurityDisabled|TopicDeletionDisabled|DelegationTokenDisabled|InvalidConfiguration|UnsupportedSaslMechanism|InvalidRequiredAcks|UnsupportedVersion|UnsupportedForMessageFormat',
  ),
  kafka('limit', 'quota_or_rate_limit', 'RecordBatchTooLarge|GroupMaxSizeReached|ThrottlingQuotaExceeded'),
  kafka('data', 'schema_mismatch', 'CorruptRecord|InvalidTimestamp|InvalidRecord'),
  kafka('disk', 'disk_full', 'KafkaStorage|LogDirNotFound', 'suggests'),
  aws(
    'busy',
    'deadlock_or_lock_timeout',
    'Concurrent\\w+|\\w*(?:In|Already)Progress|\\w*(?:Running|Transitioning|Stopping|Scheduler|SessionBusy)|TransactionConflict|TransactionCanceled|OperationAborted|EntityTemporarilyUnmodifiable|ResourceInUse|VersionMismatch',
    'CrawlerRunningException',
  ),
  aws(
    'condition',
    'constraint_violation_or_duplicate',
    'ConditionalCheckFailed|ConditionCheckFailure|PreconditionFailed|\\w+NotEmpty|\\w*NameExists|ResourceExists',
    'ConditionalCheckFailedException',
  ),
  aws(
    'capacity',
    'quota_or_rate_limit',
    'Insufficient\\w*Capacity|Active\\w+Exceeded|\\w*LimitReached|InsufficientAvailableIPs\\w*|OverLimit|InsufficientFreeAddresses\\w*',
    'InsufficientClusterCapacity',
  ),
  aws(
    'setting',
    'config_error_missing_variable',
    '\\w*(?:KMSDisabled|KmsDisabled|FeatureDisabled|NotActive|NotRunning|Disabled|OptIn\\w*|NotEnabled)|EFSMountFailure',
    'KMSDisabledException',
  ),
  aws(
    'key',
    'permission_denied',
    '\\w*(?:KMSKeyNotAccessible|UnableTo(?:AccessSecret|DecryptSecretValue)|BlockedByOrganizationPolicy|AccessTo\\w+Denied|IamRoleMissingPermissions)\\w*',
    'UnableToAccessSecretException',
  ),
  aws('link', 'network', '\\w*(?:Connectivity|Unreachable|CommunicationError)', 'ClusterConnectivityException'),
  {
    id: 'spark.state-code',
    category: 'code_bug_exception',
    strength: 'generic',
    pattern: 'SQLSTATE: (?:42[0-9A-Z]{3}|0A[0-9A-Z]{3}|38000|XXK[0-9A-Z]{2}|21[0-9A-Z]{3})\\b',
    example: '[RECURSIVE_VIEW] Recursive view `acme` detected. SQLSTATE: 42K0H',
  },
  {
    id: 'spark.state-data',
    category: 'type_or_cast_error',
    strength: 'generic',
    pattern: 'SQLSTATE: 22[0-9A-Z]{3}\\b',
    example: '[MALFORMED_VARIANT] Variant binary is malformed. SQLSTATE: 22023',
  },
  {
    id: 'delta.condition-code',
    category: 'code_bug_exception',
    strength: 'generic',
    pattern: '\\[DELTA_\\w+(?:\\.\\w+)?\\] ',
    example: '[DELTA_CLUSTERING_WITH_ZORDER_BY] OPTIMIZE of a clustered table cannot specify ZORDER BY.',
  },
  {
    id: 'delta.condition-log',
    category: 'missing_input_data_or_partition',
    strength: 'suggests',
    pattern:
      '\\[DELTA_(?:LOG_FILE_NOT_FOUND\\w*|TRUNCATED_TRANSACTION_LOG|STATE_RECOVER_ERROR|MISSING_\\w*(?:FILES?|LOG)\\w*|STREAMING_TRAILING_COMMIT_MISSING|TIMESTAMP_\\w+|CANNOT_RESTORE_\\w+|CDC_START_VERSION\\w*|VERSION_NOT\\w*)\\]',
    example: '[DELTA_TRUNCATED_TRANSACTION_LOG] Unable to reconstruct state at version 7',
  },
  {
    id: 'delta.condition-exists',
    category: 'constraint_violation_or_duplicate',
    strength: 'suggests',
    pattern: '\\[DELTA_(?:\\w+_NON_EMPTY_\\w+|UNSUPPORTED_NON_EMPTY_\\w+|EXCEED_CHAR_VARCHAR_LIMIT|NOT_NULL_\\w+)\\]',
    example: '[DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION] Cannot create table (`acme`).',
  },
  {
    id: 'delta.condition-schema',
    category: 'schema_mismatch',
    strength: 'suggests',
    pattern:
      '\\[DELTA_(?:\\w*(?:CREATE_TABLE_WITH_DIFFERENT|PARTITIONING_MISMATCH|CLUSTERING_COLUMNS_MISMATCH|METADATA_EVOLUTION|PROTOCOL_METADATA|FAILED_MERGE_SCHEMA|FAILED_INFER_SCHEMA|TYPE_CHANGE|CHANGE_DATA_TYPE)\\w*)\\]',
    example: '[DELTA_CREATE_TABLE_WITH_DIFFERENT_PARTITIONING] The specified partitioning does not match',
  },
  {
    id: 'delta.condition-setting',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      '\\[DELTA_(?:CONFIGURE_\\w+|\\w+_REQUIRE\\w*|\\w+_DISABLED\\w*|INCORRECT_LOG_STORE\\w*|\\w+NOT_ENABLED\\w*)\\]',
    example: '[DELTA_CONFIGURE_SPARK_SESSION_WITH_EXTENSION_AND_CATALOG] This needs the extension',
  },
];
