import type { Rule } from '../rule';

/** Flink, Kafka and its connectors, NiFi, Beam and Dataflow. */
export const streamingRules: readonly Rule[] = [
  {
    id: 'flink.state-schema',
    category: 'schema_mismatch',
    pattern:
      'StateMigrationException|state serializer .{0,40}(?:incompatible|must not)|serializer snapshot.{0,60}incompatible',
    example: 'StateMigrationException: The new state serializer cannot be incompatible.',
  },
  {
    id: 'flink.savepoint-map',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'cannot map (?:checkpoint/)?savepoint state|failed to rollback to (?:checkpoint/)?savepoint|operator is not available in the new program',
    example: 'IllegalStateException: Failed to rollback to savepoint x. Cannot map savepoint state for operator 7.',
  },
  {
    id: 'flink.metadata-file',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    pattern:
      'cannot find meta ?data file|(?:savepoint|checkpoint) (?:path|file|directory) .{0,200}(?:does not exist|not found)',
    example: "FileNotFoundException: Cannot find meta data file '_metadata' in directory 'sp-1'.",
  },
  {
    id: 'flink.fetcher',
    category: 'code_bug_exception',
    strength: 'generic',
    says: ['one or more fetchers have encountered exception', 'could not forward element to next operator'],
    example: 'RuntimeException: One or more fetchers have encountered exception',
  },
  {
    id: 'kafka.fenced',
    category: 'deadlock_or_lock_timeout',
    strength: 'settles',
    pattern:
      'ProducerFenced\\w*|InvalidProducerEpoch\\w*|FencedInstanceId\\w*|newer producer with the same transactional',
    example: 'ProducerFencedException: There is a newer producer with the same transactionalId.',
  },
  {
    id: 'kafka-connect.table-missing',
    category: 'missing_table_or_column',
    strength: 'settles',
    pattern:
      'table \\S{1,200} is missing and auto-creation is disabled|is missing (?:required )?(?:fields|columns) .{0,200}(?:auto-evolution|evolution is disabled)',
    example: 'ConnectException: Table "acme" is missing and auto-creation is disabled',
  },
  {
    id: 'kafka-connect.options',
    category: 'config_error_missing_variable',
    pattern:
      '\\b(?:may|can|must|should)(?:not| not|n.t) be (?:combined|used (?:together|in combination|at the same time|along)|set (?:together|at the same time))|mutually exclusive|cannot be combined|conflicting (?:options|settings|configuration)',
    example: 'ConnectException: table and query may not be combined with each other.',
  },
  {
    id: 'kafka-connect.start',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern:
      'failed to transition connector|failed to (?:start|create job for) (?:connector|config/)|error while starting connector|is not in state STARTED|not in state STARTED',
    example: 'ConnectException: Failed to transition connector acme to state STARTED',
  },
  {
    id: 'debezium.history',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    pattern:
      '(?:db|schema|database) history topic .{0,80}missing|no longer available on the (?:server|database)|could not (?:open|find first) log file|error code: 1236|binlog .{0,120}(?:no longer|not) available|the log position .{0,80}(?:not available|purged)',
    example: 'DebeziumException: The db history topic or its content is fully or partially missing.',
  },
  {
    id: 'debezium.server-setting',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'is not configured to use a ROW binlog_format|binlog_row_image|wal_level .{0,60}(?:must|should|is not)|logical decoding requires|CDC (?:is not|isn.t) enabled|ARCHIVELOG|supplemental logging',
    example: 'DebeziumException: The server is not configured to use a ROW binlog_format.',
  },
  {
    id: 'nifi.sensitive-key',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'blank sensitive properties key|nifi\\.sensitive\\.props\\.key',
    example: 'StringEncryptor * A blank sensitive properties key was provided *',
  },
  {
    id: 'nifi.flow-differs',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'UninheritableFlowException|local flow is different than|not inheritable by the flow controller',
    example: 'UninheritableFlowException: local flow is different than cluster flow.',
  },
  {
    id: 'nifi.component-invalid',
    category: 'config_error_missing_variable',
    pattern:
      '(?:processor|controller service|reporting task|component|port) .{0,160}(?:is not valid|is invalid|is disabled|cannot be started)|.{1,120} is invalid because .{1,120}',
    example:
      "Processor cannot be started because it is not valid: 'Pool' is invalid because Controller Service is disabled",
  },
  {
    id: 'nifi.proxy',
    category: 'auth_expired_or_invalid',
    says: ['untrusted proxy'],
    example: 'Untrusted proxy CN=acme, OU=NIFI',
  },
  {
    id: 'dataflow.quota',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern: 'insufficient quota\\(s\\)|quota summary \\(required|failed to bring up any of the desired',
    example: 'Workflow failed. Causes: Project acme has insufficient quota(s) to execute this workflow.',
  },
  {
    id: 'dataflow.network',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      '(?:sub)?network \\S{1,200} is not accessible to|subnetwork .{0,120}(?:does not exist|not found|invalid)|private google access',
    example: 'Workflow failed. Causes: Network acme is not accessible to Dataflow Service account or does not exist',
  },
  {
    id: 'dataflow.act-as',
    category: 'permission_denied',
    strength: 'settles',
    pattern: 'cannot act as service account|iam\\.serviceAccounts\\.actAs|Enforced by Org Policy',
    example: 'Workflow failed. Causes: Current user cannot act as service account acme.',
  },
  {
    id: 'dataflow.file-pattern',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    pattern:
      'unable to expand file pattern|no files? (?:found|match\\w*) (?:based on |for )?the (?:file )?(?:pattern|spec|glob)',
    example: 'Workflow failed. Causes: Unable to expand file pattern acme/*.csv.',
  },
  {
    id: 'dataflow.create',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    says: ['the workflow could not be created'],
    retryable: 'maybe',
    example: 'RuntimeException: Failed to create a workflow job: The workflow could not be created.',
  },
  {
    id: 'dataflow.stuck',
    category: 'timeout',
    strength: 'suggests',
    pattern: 'timed out waiting for an update from the worker|processing stuck in step',
    retryable: 'maybe',
    example: 'Root cause: Timed out waiting for an update from the worker.',
  },
  {
    id: 'beam.options',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'no runner was specified|missing required value for \\[|is required for (?:the )?\\w*runner|unknown .?runner.? specified',
    example: 'IllegalArgumentException: No Runner was specified and the DirectRunner was not found on the classpath.',
  },
  {
    id: 'beam.coder',
    category: 'type_or_cast_error',
    pattern: 'CoderException|cannot encode a null|unable to (?:return a default|infer a) coder',
    example: 'CoderException: cannot encode a null String',
  },
  {
    id: 'datax.setting',
    category: 'config_error_missing_variable',
    pattern: 'Code:\\[(?:Common-0\\d|Framework-0[0-3]|\\w*Reader-0[0-4]|\\w*Writer-0[0-4])\\]',
    example: 'DataXException: Code:[Common-00], Describe:[acme]',
  },
  {
    id: 'datax.connection',
    category: 'network',
    pattern: 'Code:\\[DBUtilErrorCode-10\\]',
    example: 'DataXException: Code:[DBUtilErrorCode-10], Description:[acme]',
  },
  {
    id: 'airbyte.configuration',
    category: 'config_error_missing_variable',
    pattern: 'failed to validate configuration|is missing but it is required|config validation error',
    example: 'WorkerException: Failed to validate configuration: $.host: is missing but it is required',
  },
  {
    id: 'kafka-connect.bigquery-schema',
    category: 'schema_mismatch',
    pattern: 'destination table has no schema|after BQ schema update|failed to update (?:the )?(?:table )?schema',
    example: 'BigQueryConnectException: Failed to write rows after BQ schema update within 5 attempts',
  },
  {
    id: 'mysql.same-server-id',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: '(?:slave|replica) with the same server_(?:uuid|id)',
    example: 'A replica with the same server_uuid/server_id as this replica has connected to the source',
  },
  {
    id: 'flink.table-source',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'Unable to create a (?:source|sink) for (?:reading|writing)|Unsupported options found|One or more required options are missing|Missing required options are',
    example: "ValidationException: Unable to create a source for reading table 'acme'.",
  },
  {
    id: 'flink.sql-object',
    category: 'missing_table_or_column',
    strength: 'settles',
    pattern: 'SQL validation failed\\..{0,200}(?:Object|Column|Table) .{1,120} not found',
    example:
      "ValidationException: SQL validation failed. From line 1, column 15 to line 1, column 20: Object 'acme' not found",
  },
  {
    id: 'flink.sql',
    category: 'code_bug_exception',
    strength: 'suggests',
    pattern: 'SQL validation failed',
    example: 'ValidationException: SQL validation failed. Query uses unsupported SQL feature.',
  },
  {
    id: 'postgres.slot-active',
    category: 'deadlock_or_lock_timeout',
    strength: 'settles',
    retryable: 'yes',
    pattern:
      'replication slot "?[^"]{1,80}"? is active for PID|obtain valid replication slot|concurrent tx probably blocks',
    example: 'PSQLException: ERROR: replication slot "acme" is active for PID 77',
  },
];
