import type { Rule } from '../rule';

/** Trino, Cassandra, Elasticsearch, MongoDB, and what their clients raise. */
export const storeRules: readonly Rule[] = [
  {
    id: 'redshift.serializable',
    category: 'deadlock_or_lock_timeout',
    strength: 'suggests',
    pattern: '(?:ERROR|Invalid operation): 1023\\b',
    example: 'commit failed: ERROR: 1023 (SQLSTATE XX000)',
  },
  {
    id: 'databricks.cloud-storage',
    category: 'permission_denied',
    strength: 'suggests',
    pattern: 'UC_CLOUD_STORAGE_ACCESS_FAILURE|failed to access cloud storage',
    example: '[UC_CLOUD_STORAGE_ACCESS_FAILURE] Failed to access cloud storage: AbfsRestOperationException',
  },
  {
    id: 'trino.catalog',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'catalog .{1,80} (?:not found|does not exist)|CATALOG_NOT_FOUND|no factory for connector|catalog must be specified|schema must be set',
    example: "Catalog 'acme' not found",
  },
  {
    id: 'trino.operands',
    category: 'type_or_cast_error',
    pattern:
      'cannot be applied to \\w+|unexpected parameters \\(|must evaluate to a \\w+|value expression and result of subquery must be of the same type|all .{1,40} (?:must be|are not) the same type|differing types|argument data types? .{0,60}(?:is|are) invalid',
    example: "line 1:30: '=' cannot be applied to varchar, bigint",
  },
  {
    id: 'elastic.rejected',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern: 'es_rejected_execution|EsRejectedExecution\\w*|rejected execution of .{0,200}queue capacity',
    example: 'es_rejected_execution_exception: rejected execution of acme (queue capacity = 200)',
  },
  {
    id: 'elastic.boot',
    category: 'config_error_missing_variable',
    pattern:
      'max virtual memory areas vm\\.max_map_count|bootstrap checks? failed|max file descriptors .{0,80}too low|master_not_discovered_or_elected|the default discovery settings are unsuitable|node lock.{0,60}failed|failed to obtain node lock',
    example: 'bootstrap check failure: max virtual memory areas vm.max_map_count [65530] is too low',
  },
  {
    id: 'elastic.analyser',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      '(?:analyzer|tokenizer|filter|similarity|pipeline) \\[[^\\]]{1,80}\\] (?:not found|does not exist|has not been configured)|unknown (?:analyzer|setting) ',
    example: 'analyzer [acme] has not been configured in mappings',
  },
  {
    id: 'mongo.primary',
    category: 'service_unavailable_5xx',
    pattern:
      'NotWritablePrimary|NotPrimary(?:NoSecondaryOk|OrSecondary|Exception|Error)?\\b|not master and slaveOk|no primary (?:available|found)|node is recovering',
    example: "MongoNotPrimaryException: Command failed with error 10107 (NotWritablePrimary): 'not primary'",
  },
  {
    id: 'deequ.constraint',
    category: 'data_quality_check_failed',
    pattern: 'does not meet the constraint requirement|constraint \\w+Constraint\\(',
    example:
      'constraint CompletenessConstraint(Completeness(acme,None)) failed: does not meet the constraint requirement',
  },
  {
    id: 'teradata.spool',
    category: 'out_of_memory',
    strength: 'settles',
    pattern: 'no more spool space|no more room in database',
    example: '[Error 2646] [SQLState HY000] No more spool space in acme.',
  },
  {
    id: 'db2.code-missing',
    category: 'missing_table_or_column',
    pattern: 'SQLCODE[=:] ?-(?:204|205|206|727)\\b',
    example: 'DB2 SQL Error: SQLCODE=-204, SQLSTATE=42704',
  },
  {
    id: 'db2.code-lock',
    category: 'deadlock_or_lock_timeout',
    pattern: 'SQLCODE[=:] ?-(?:911|913)\\b',
    example: 'DB2 SQL Error: SQLCODE=-911, SQLSTATE=40001',
  },
  {
    id: 'db2.code-duplicate',
    category: 'constraint_violation_or_duplicate',
    pattern: 'SQLCODE[=:] ?-(?:803|530|407)\\b',
    example: 'DB2 SQL Error: SQLCODE=-803, SQLSTATE=23505',
  },
  {
    id: 'db2.code-data',
    category: 'type_or_cast_error',
    pattern: 'SQLCODE[=:] ?-(?:302|420|180|181|433)\\b',
    example: 'DB2 SQL Error: SQLCODE=-420, SQLSTATE=22018',
  },
  {
    id: 'clickhouse.tries',
    category: 'network',
    pattern: 'all connection tries failed',
    example: 'DB::Exception: All connection tries failed.',
  },
  {
    id: 'hudi.compatible',
    category: 'schema_mismatch',
    pattern: 'SchemaCompatibility\\w*|schema is not compatible|incompatible dataset',
    example: 'SchemaCompatibilityException: Incoming batch schema is not compatible',
  },
  {
    id: 'delta.check',
    category: 'data_quality_check_failed',
    strength: 'settles',
    pattern:
      'DELTA_VIOLATE_CONSTRAINT\\w*|CHECK constraint .{1,120} violated by row|DELTA_NOT_NULL_CONSTRAINT_VIOLATED',
    example: 'CHECK constraint acme (qty > 0) violated by row with values: qty : -1',
  },
  {
    id: 'elastic.shards',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    pattern:
      'unavailable_shards_exception|not enough active copies|NoNodesLeftException|no other nodes left|all shards failed|cluster_block_exception.{0,80}(?:no master|state not recovered)',
    example: 'unavailable_shards_exception: Not enough active copies',
  },
  {
    id: 'elastic.overloaded',
    category: 'quota_or_rate_limit',
    pattern: 'maybe ES was overloaded|could not write all entries',
    example: 'Could not write all entries (maybe ES was overloaded?). Bailing out...',
  },
  {
    id: 'jdbc.http-denied',
    category: 'permission_denied',
    strength: 'settles',
    pattern: 'communication (?:link )?failure.{0,200}HTTP Response code: 403',
    example: 'Communication link failure. Failed to connect to server. Reason: HTTP Response code: 403',
  },
  {
    id: 'jdbc.http-unauthorised',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: 'communication (?:link )?failure.{0,200}HTTP Response code: 401',
    example: 'Communication link failure. Failed to connect to server. Reason: HTTP Response code: 401',
  },
  {
    id: 'trino.server-away',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    pattern: 'failed communicating with server|unexpected response status \\(|unable to reach the origin service',
    example:
      'TrinoQueryError(name=GENERIC_INTERNAL_ERROR, message="Failed communicating with server: https://acme.example")',
  },
  {
    id: 'solr.leader',
    category: 'service_unavailable_5xx',
    pattern: 'no registered leader was found|no live (?:SolrServers|nodes) available',
    example: 'SolrException: No registered leader was found after waiting for 4000ms',
  },
  {
    id: 'postgres.damaged',
    category: 'schema_mismatch',
    pattern:
      'could not read blocks? |invalid page in block|missing chunk number|unexpected chunk number|could not access status of transaction',
    example: 'ERROR:  could not read block 7 in file "base/1/7": read only 0 of 8192 bytes',
    ownerSide: 'platform',
    nextStep:
      'The database’s own files are damaged: a retry fails the same way. Ask those who run it to restore or repair the table that the line names.',
  },
  {
    id: 'postgres.panic',
    category: 'service_unavailable_5xx',
    pattern: '\\bPANIC:  \\w',
    example: 'PANIC:  could not locate a valid checkpoint record',
    ownerSide: 'platform',
    retryable: 'maybe',
  },
  {
    id: 'compute.stopped',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      '(?:warehouse|cluster|database|endpoint|capacity|integration runtime|SQL pool)\\b.{0,80} (?:(?:is|was|being|been|currently) (?:suspended|paused|stopped)|is in (?:an? )?(?:unexpected state )?(?:terminated|stopped|suspended|paused)(?: state)?)\\b',
    example: "000608: Warehouse 'ACME' is suspended.",
    nextStep: 'Start or resume what the line names, or set it to resume by itself, then retry.',
  },
  {
    id: 'store.unknown-field',
    category: 'schema_mismatch',
    strength: 'broad',
    pattern: '(?:unrecogni[sz]ed|additional|unmapped) (?:columns?|fields?|propert(?:y|ies))\\b|not marked as ignorable',
    example: 'JSON values map contains unrecognized column: acme',
  },
  {
    id: 'tls.plain-port',
    category: 'config_error_missing_variable',
    pattern:
      'WRONG_VERSION_NUMBER|appears to only use HTTP and not HTTPS|HTTP response to HTTPS client|HTTP request was sent to HTTPS port|unrecognized SSL message|SSL: UNKNOWN_PROTOCOL',
    example: 'http: server gave HTTP response to HTTPS client',
    nextStep:
      'One side speaks TLS and the other does not: correct http or https, or the port, in the address or the proxy’s setting.',
  },
  {
    id: 'tls.other-name',
    category: 'auth_expired_or_invalid',
    pattern:
      'hostname .{1,120} doesn.t match|certificate is (?:not valid for|valid for .{1,200}, not)|subject name .{1,80} does not match (?:target )?host',
    example: "connection error: hostname 'proxy.acme' doesn't match either of 'acme', 'www.acme'",
    nextStep:
      'The certificate is for another name: check the host name and the proxy, or have a certificate made for this name.',
  },
  {
    id: 'postgres.no-role',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: 'FATAL: +role "[^"]{1,100}" (?:does not exist|is not permitted to log in)',
    example: 'psql: error: connection to server failed: FATAL:  role "acme" does not exist',
  },
  {
    id: 'snowflake.identity-provider',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: 'SAML (?:2\\.0 )?(?:Identity Provider|response|assertion)',
    example: 'There was an error related to the SAML Identity Provider account parameter.',
  },
  {
    id: 'database.setting-off',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      '\\brequires? [\\w.]{2,60} to be (?:on|off|set|enabled|disabled)\\b|\\b(?:type|feature|function|operation|support) is disabled\\b|use option .{1,120} to enable',
    example: 'acme.ReaderException: a standby requires WAL_LEVEL to be ON',
  },
  {
    id: 'sql.aggregate-place',
    category: 'syntax_or_parse_error',
    strength: 'settles',
    pattern: 'aggregate may not appear in the where clause|aggregate functions? (?:are|is) not allowed in where',
    example: 'An aggregate may not appear in the WHERE clause unless it is in a subquery',
  },
  {
    id: 'pattern.near-index',
    category: 'syntax_or_parse_error',
    strength: 'suggests',
    pattern: '\\bnear index \\d{1,6}\\b',
    example: 'PatternSyntaxException: Unclosed group near index 7',
  },
  {
    id: 'iceberg.conflict',
    category: 'deadlock_or_lock_timeout',
    retryable: 'yes',
    pattern:
      'Found (?:new )?conflicting (?:delete )?files|Cannot commit, (?:missing data files|found new)|CommitStateUnknownException|metadata location .{0,200} has changed',
    example: 'ValidationException: Found conflicting files that can contain records matching true',
  },
  {
    id: 'iceberg.catalog',
    category: 'config_error_missing_variable',
    pattern:
      'Couldn.t find Iceberg configuration|cannot (?:initialize|instantiate) (?:the )?(?:iceberg )?(?:catalog|FileIO)|must be set to use .{0,40}catalog',
    example: "Unable to process: Couldn't find Iceberg configuration for catalog acme",
  },
  {
    id: 'sql.no-partition-filter',
    category: 'code_bug_exception',
    strength: 'settles',
    pattern:
      'without a filter over column|without (?:a )?partition filter|no partition (?:filter|predicate)|partition filter is required|filter required (?:on|for) .{0,80}partition',
    example: "Cannot query over table 'acme.ds.orders' without a filter over column(s) 'dt'",
  },
  {
    id: 'postgres.role',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: '(?:FATAL: {1,3}|^)role \\S{1,80} does not exist|role "[^"]{1,80}" is not permitted to log in',
    example: 'FATAL:  role "acme" does not exist',
  },
  {
    id: 'postgres.standby-conflict',
    category: 'deadlock_or_lock_timeout',
    retryable: 'yes',
    pattern: 'due to conflict with recovery',
    example: 'ERROR:  canceling statement due to conflict with recovery',
  },
  {
    id: 'psycopg.reentered',
    category: 'code_bug_exception',
    strength: 'settles',
    retryable: 'no',
    pattern:
      'cannot be re-entered recursively|another command is already in progress|another operation is in progress|can.t run more than one (?:query|command)',
    example: 'ProgrammingError: the connection cannot be re-entered recursively',
  },
  {
    id: 'sqlalchemy.url',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'Could not parse (?:rfc1738|SQLAlchemy) URL|Expected string or URL object, got None',
    example: "ArgumentError: Could not parse rfc1738 URL from string 'acme'",
  },
  {
    id: 'mysql.files',
    category: 'permission_denied',
    strength: 'settles',
    pattern: 'secure-file-priv|loading local data is disabled|LOAD DATA LOCAL INFILE file request rejected',
    example: 'ERROR 3948 (42000): Loading local data is disabled',
  },
  {
    id: 'sql.procedure',
    category: 'missing_table_or_column',
    pattern: 'could not find stored procedure|(?:PROCEDURE|procedure) [\\w."`]{1,120} (?:does not exist|not found)',
    example: "Could not find stored procedure 'acme.load'.",
  },
  {
    id: 'files.compression',
    category: 'schema_mismatch',
    strength: 'names',
    retryable: 'no',
    pattern:
      'bad block header|incorrect header check|not (?:a|in) gzip(?:ped)? (?:file|format)|BadGzipFile|BadZipFile|not a zip file|invalid stored block lengths|Error -[35] while decompress|unexpected end of (?:ZLIB|compressed) ?(?:input|stream|data)?|lzma decoder corrupt|unknown compression (?:method|format|codec)|snappy decoding failed|zstd.{0,40}corrupt',
    example: 'java.io.IOException: bad block header',
  },
  {
    id: 'psycopg.status',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern: 'error with status PGRES_|no results to fetch|can.t adapt type|cursor already closed',
    example: 'DatabaseError: error with status PGRES_TUPLES_OK and no message from the libpq',
  },
  {
    id: 'odbc.tls',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: 'SSL Provider: |SSL Security error|ssl_choose_client_version|unsupported protocol',
    example: '[ODBC Driver 17 for SQL Server]SSL Provider: [error:140A90F1] (-1) (SQLDriverConnect)',
  },
];
