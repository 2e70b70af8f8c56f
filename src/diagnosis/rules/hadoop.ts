import type { Rule } from '../rule';

/** Hadoop, YARN, Hive, Tez, Spark and Sqoop. */
export const hadoopRules: readonly Rule[] = [
  {
    id: 'hive.type',
    category: 'syntax_or_parse_error',
    strength: 'settles',
    pattern: 'type expected at the position|cannot recognize input near',
    example:
      "FAILED: Execution Error, return code 1 from DDLTask. Error: type expected at the position 0 of '<acme>' but '<' is found.",
  },
  {
    id: 'spark.executor-exited',
    category: 'killed_or_zombie_unknown',
    pattern:
      '(?:executor with id \\S{1,40}|id \\d{1,6}) (?:exited with exit code (?:-1|0|1|143|255)\\b|was not found in the cluster)|executor lost for unknown reasons',
    example: 'Lost executor 7 on 10.0.0.1: The executor with id 7 exited with exit code -1(unexpected).',
  },
  {
    id: 'spark.exit-memory',
    category: 'out_of_memory',
    strength: 'settles',
    pattern: 'exit code:? 52\\b|exitCode=52\\b',
    example: 'The executor with id 7 exited with exit code 52(JVM OOM).',
  },
  {
    id: 'spark.endpoint-gone',
    category: 'killed_or_zombie_unknown',
    strength: 'generic',
    pattern:
      'RpcEndpointNotFoundException|RpcEnvStoppedException|RpcEnv already stopped|Could not find (?:CoarseGrainedScheduler|HeartbeatReceiver|BlockManagerMaster)',
    example:
      'Caused by: org.apache.spark.rpc.RpcEndpointNotFoundException: Cannot find endpoint: spark://Acme@acme:7077',
    nextStep:
      'The driver or an executor was gone when the other asked for it. Look earlier in the log for why it stopped.',
  },
  {
    id: 'hadoop.setting-value',
    category: 'config_error_missing_variable',
    pattern:
      '\\b(?:spark|hive|tez|yarn|mapreduce|mapred|dfs|fs|hadoop|hbase|hoodie|javax\\.jdo|datanucleus|parquet|kafka|taskmanager|jobmanager|execution|state|nifi)\\.[a-z][\\w.-]{2,80}(?:[\'"`]? (?:to|is|was|value|=|of)?:? ?[\\w.-]{0,40})? (?:(?:should|must|has to|needs? to|may not)\\b|(?:cannot|can.t) be (?:set|used|empty|null|larger|smaller|less|greater|negative|modified|changed|found)|is (?:not (?:set|configured|valid|supported|specified|defined)|invalid|missing|required|larger|smaller|less|greater))',
    example: 'IllegalArgumentException: acme.Sorter: tez.runtime.acme.mb 900 should be less than the task memory',
  },
  {
    id: 'hadoop.static-setting',
    category: 'config_error_missing_variable',
    says: ['cannot modify the value of a static config', 'cannot modify the value of a spark config'],
    example: 'AnalysisException: Cannot modify the value of a static config: spark.sql.acme',
  },
  {
    id: 'hadoop.null-command',
    category: 'config_error_missing_variable',
    says: ['(null) entry in command string'],
    example: 'java.io.IOException: (null) entry in command string: null ls -F',
  },
  {
    id: 'hadoop.name-quota',
    category: 'disk_full',
    strength: 'settles',
    pattern: '\\b(?:NS|DS)QuotaExceeded\\w*|the (?:NameSpace|DiskSpace) quota',
    example: 'NSQuotaExceededException: The NameSpace quota (directories and files) of directory /acme is exceeded',
  },
  {
    id: 'hadoop.lease',
    category: 'deadlock_or_lock_timeout',
    strength: 'settles',
    pattern:
      'AlreadyBeingCreatedException|LeaseExpiredException|no lease on /|lease is currently owned by|lease recovery is in progress',
    example: 'LeaseExpiredException: No lease on /acme/_temporary/0 (inode 7): File does not exist.',
  },
  {
    id: 'hadoop.local-end',
    category: 'network',
    says: ['end of file exception between local host is'],
    example:
      'java.io.EOFException: End of File Exception between local host is: "etl-1"; destination host is: "nn":8020',
  },
  {
    id: 'hadoop.version',
    category: 'config_error_missing_variable',
    pattern:
      'Incompatible (?:namespaceID|clusterID)s|Incompatible clusterIDs|NameNode is not formatted|directory .{1,200} is in an inconsistent state|BPOfferService.{0,80}Initialization failed',
    example:
      'java.io.IOException: Incompatible clusterIDs in /data/acme: namenode clusterID = a; datanode clusterID = b',
  },
  {
    id: 'yarn.request-too-large',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern:
      'invalid resource request|requested (?:memory|resource|virtual cores) .{0,80}(?:> max|greater than maximum|exceeds)|executor memory .{0,80}above the max threshold|already has \\d+ applications|cannot accept submission of application',
    retryable: 'after_change',
    example:
      'InvalidResourceRequestException: Invalid resource request, requested memory < 0, or greater than the maximum',
  },
  {
    id: 'yarn.queue',
    category: 'config_error_missing_variable',
    pattern:
      '(?:to|for) (?:an )?unknown queue|queue .{1,80} (?:does not exist|is not a leaf|is STOPPED)|non-existent queue',
    example: 'Application application_7 submitted by user etl to unknown queue: acme',
  },
  {
    id: 'yarn.token',
    category: 'auth_expired_or_invalid',
    pattern:
      'token \\(.{0,200}\\) (?:can.t be found in cache|is expired)|DELEGATION_TOKEN.{0,160}(?:expired|can.t be found)',
    example: 'SecretManager$InvalidToken: token (HDFS_DELEGATION_TOKEN token 7 for etl) is expired',
  },
  {
    id: 'yarn.command-not-found',
    category: 'config_error_missing_variable',
    strength: 'generic',
    pattern: '(?:exit(?:ed)?|return(?:ed)?|status|code)\\b.{0,20}\\b127\\b',
    example: 'AM Container for appattempt_7 exited with exitCode: 127',
  },
  {
    id: 'yarn.container-end',
    category: 'killed_or_zombie_unknown',
    strength: 'generic',
    pattern:
      'AM Container for \\S+ exited with\\s+exitCode|Container (?:marked as failed|from a bad node|exited with a non-zero exit code)|exception from container-launch',
    example: 'Application application_7 failed 2 times due to AM Container for appattempt_7 exited with  exitCode: 1',
  },
  {
    id: 'yarn.application-end',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern:
      'finished with failed status|Failing this attempt\\.|Failing the application\\.|User application exited with status',
    example: 'SparkException: Application application_7 finished with failed status',
  },
  {
    id: 'yarn.killed',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern:
      'application_?\\S* (?:was |has been )?killed by user|kill command (?:received|was received)|application killed by',
    example: 'Application application_7 was killed by user admin at 192.0.2.7',
  },
  {
    id: 'hive.table-columns',
    category: 'schema_mismatch',
    strength: 'settles',
    pattern: 'column number/types are different|columns?, but query has \\d+ columns?|expects \\d+ columns but',
    example:
      'SemanticException [Error 10044]: Cannot insert into target table because column number/types are different',
  },
  {
    id: 'hive.dynamic-partition',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'dynamic partition strict mode|transaction manager that does not support these operations|strict mode.{0,120}(?:not allowed|disabled)|queries .{0,60}are disabled for safety|set hive\\.[\\w.]+ ?= ?\\w+',
    example: 'Dynamic partition strict mode requires at least one static partition column.',
  },
  {
    id: 'hive.too-many-partitions',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern:
      'too many dynamic partitions|number of (?:dynamic partitions|created files).{0,80}(?:exceed|more than|maximum)',
    retryable: 'after_change',
    example: 'Fatal error occurred when node tried to create too many dynamic partitions.',
  },
  {
    id: 'hive.metastore-away',
    category: 'service_unavailable_5xx',
    pattern:
      'unable to instantiate \\S*(?:MetaStore|MetastoreClient)\\w*|(?:failed|unable|could not) (?:to )?(?:create|get|start) (?:a )?spark (?:session|client)',
    strength: 'suggests',
    example: 'RuntimeException: Unable to instantiate org.apache.hadoop.hive.ql.metadata.SessionHiveMetaStoreClient',
  },
  {
    id: 'hive.metastore-schema',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'version information not found in metastore|hive schema version .{0,80} does not match|metastore schema version|schematool|required table missing : .{0,80} in catalog|DataNucleus requires this table',
    example: 'MetaException(message:Version information not found in metastore.)',
  },
  {
    id: 'hive.not-empty',
    category: 'constraint_violation_or_duplicate',
    pattern:
      '(?:database|schema|namespace|catalog|directory|bucket|dataset|keyspace|repository) \\S{1,200} is (?:not empty|still in use)|BucketNotEmpty|is not empty\\. (?:one or more|please)',
    example: 'InvalidOperationException(message:Database acme is not empty. One or more tables exist.)',
  },
  {
    id: 'spark.malformed',
    category: 'type_or_cast_error',
    pattern:
      'cannot be cast to \\S*(?:Writable|Text)\\b|malformed records are detected|parse mode: failfast|MALFORMED_RECORD|DateTimeParseException|could not be parsed at index|SparkUpgradeException|INCONSISTENT_BEHAVIOR_CROSS_VERSION',
    example: 'SparkException: Malformed records are detected in record parsing. Parse Mode: FAILFAST.',
  },
  {
    id: 'spark.parquet-decode',
    category: 'schema_mismatch',
    strength: 'broad',
    pattern: 'ParquetDecodingException|can not read value at \\d+ in block',
    example: 'ParquetDecodingException: Can not read value at 0 in block -1 in file x',
  },
  {
    id: 'spark.python-version',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'Python in worker has different version|PYTHON_VERSION_MISMATCH|cannot run with different minor versions|serialVersionUID = |local class incompatible',
    example: 'Python in worker has different version (3, 8) than that in driver 3.9',
  },
  {
    id: 'spark.serialise-task',
    category: 'code_bug_exception',
    strength: 'suggests',
    says: ['task not serializable', 'object not serializable', 'could not serialize object'],
    example: 'org.apache.spark.SparkException: Task not serializable',
  },
  {
    id: 'sqoop.split',
    category: 'config_error_missing_variable',
    pattern:
      'no primary key could be found for table|specify one with --split-by|cannot find the SQOOP tool option|no (?:such )?sqoop tool|there is no column found in the target table',
    example: 'ERROR tool.ImportTool: Import failed: No primary key could be found for table acme.',
  },
  {
    id: 'sqoop.input-data',
    category: 'schema_mismatch',
    says: ["can't parse input data"],
    example: "java.lang.RuntimeException: Can't parse input data: 'seven'",
  },
  {
    id: 'hadoop.nameservice',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'UnknownHostException: (?:nameservice\\w*|ns\\d|mycluster|ha-?cluster|hdfs-?cluster)\\b',
    example: 'java.net.UnknownHostException: nameservice1',
  },
  {
    id: 'hadoop.file-system',
    category: 'missing_dependency_or_import',
    pattern:
      'UnsupportedFileSystemScheme\\w*|could not find a file\\s*(?:system implementation for scheme)?|no file ?system for scheme|hadoop is not in the classpath',
    example: "UnsupportedFileSystemSchemeException: Could not find a file system implementation for scheme 'acme'",
  },
  {
    id: 'hadoop.matching-columns',
    category: 'schema_mismatch',
    strength: 'settles',
    pattern:
      '(?:does(?:n.t| not)|do not|must|should) (?:match|equal|be equal to) the number of (?:columns|fields|values)',
    example: "Number of matching groups doesn't match the number of columns",
  },
  {
    id: 'hbase.region',
    category: 'service_unavailable_5xx',
    strength: 'settles',
    pattern:
      'NotServingRegionException|RegionServerStoppedException|MasterNotRunningException|PleaseHoldException|RegionTooBusyException|unreachable impalad|ServiceNotReadyException|ServiceUnitNotReady',
    example: 'NotServingRegionException: acme is not online',
  },
  {
    id: 'hbase.exists',
    category: 'constraint_violation_or_duplicate',
    pattern:
      '(?:Table|Namespace|Snapshot|Topic|Database)ExistsException|only empty (?:namespaces|databases|schemas|directories|buckets) can be',
    example: 'TableExistsException: acme',
  },
  {
    id: 'impala.reference',
    category: 'missing_table_or_column',
    pattern: 'could not resolve (?:table|column|path|field|column/field) reference',
    example: "AnalysisException: Could not resolve table reference: 'acme'",
  },
  {
    id: 'impala.admission',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern:
      'admission for query exceeded timeout|rejected query from pool|not enough (?:aggregate )?memory available in pool',
    example: 'Admission for query exceeded timeout 60000ms in pool acme.',
  },
  {
    id: 'spark.driver-memory',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      '(?:system|executor|driver) memory \\d+ must be at least|please increase (?:heap|executor|driver) (?:size|memory) using',
    example: 'System memory 259522560 must be at least 471859200.',
  },
  {
    id: 'spark.deploy-mode',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'deploy mode is (?:currently )?not|is not (?:currently )?supported for python applications|not applicable to (?:spark )?(?:shells|sql shell)',
    example: 'Error: Cluster deploy mode is currently not supported for python applications.',
  },
  {
    id: 'spark.container-137',
    category: 'out_of_memory',
    strength: 'names',
    pattern: 'ExecutorLostFailure.{0,400}exit (?:status|code):? ?(?:is )?137\\b',
    example: 'ExecutorLostFailure (executor 2 exited) Reason: Container from a bad node. Exit status: 137.',
  },
  {
    id: 'maven.fetch',
    category: 'missing_dependency_or_import',
    pattern:
      'cannot fetch dependencies for|failed to read artifact descriptor|ArtifactDescriptorException|ArtifactResolutionException|ArtifactNotFoundException',
    example: 'RepositoryException: Cannot fetch dependencies for org.acme:acme:1.0',
  },
  {
    id: 'maven.repository',
    category: 'missing_dependency_or_import',
    pattern: 'HTTP response code: \\d{3} for URL: https?://\\S{0,40}(?:maven|repo|artifact|nexus)',
    example: 'java.io.IOException: Server returned HTTP response code: 501 for URL: http://repo.acme.example/a.pom',
  },
  {
    id: 'oozie.setting',
    category: 'config_error_missing_variable',
    pattern: 'E0(?:802|803|804|504|505|507)\\b ?:|missing required (?:oozie )?configuration property',
    example: 'E0802: Missing required oozie configuration property [acme]',
  },
  {
    id: 'oozie.xml',
    category: 'syntax_or_parse_error',
    pattern: 'E070\\d\\b ?: |XML schema error|cvc-[\\w-]+[.:]',
    example: 'E0701: XML schema error, cvc-complex-type.2.4.a: Invalid content was found',
  },
  {
    id: 'oozie.launcher',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern: 'Main class \\[\\S{1,200}\\], exit code \\[\\d+\\]',
    example: 'Main class [org.acme.ShellMain], exit code [1]',
  },
  {
    id: 'hadoop.native-library',
    category: 'missing_dependency_or_import',
    pattern: 'native \\w+ library (?:is )?not available|built without \\w+ support|no native library is found',
    example: 'RuntimeException: native acme library not available: this version was built without acme support.',
  },
  {
    id: 'hadoop.configured-class',
    category: 'missing_dependency_or_import',
    pattern: 'RuntimeException: class [\\w.$]+ not [\\w.$]+$|unable to load (?:the )?(?:configured|class)\\b',
    example: 'RuntimeException: class org.acme.Mapping not org.acme.Provider',
  },
  {
    id: 'hive.split-file',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    pattern: 'error opening hive split.{0,400}(?:file does not exist|no such file|not found)',
    example: 'Error opening Hive split /acme/part-0 (offset=0): File does not exist: /acme/part-0',
  },
  {
    id: 'java.class-linkage',
    category: 'missing_dependency_or_import',
    pattern:
      'IllegalAccessError|\\bVerifyError\\b|ClassFormatError|LinkageError|MissingResourceException|(?:compression )?codec \\S{1,120} not found|class \\S{1,160} could not be found',
    example: 'IllegalAccessError: class org.acme.A cannot access its superclass org.acme.B',
  },
  {
    id: 'hadoop.authority',
    category: 'config_error_missing_variable',
    pattern: 'does not contain a valid host:port authority|invalid host ?name|port out of range',
    example: 'IllegalArgumentException: Does not contain a valid host:port authority: local',
  },
  {
    id: 'kerberos.keytab',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern:
      'login failure for .{1,200} from keytab|SIMPLE authentication is not enabled|SSLPeerUnverified\\w*|match any of the subject alternative',
    example: 'Login failure for etl@ACME from keytab /acme.keytab',
  },
  {
    id: 'http.no-response',
    category: 'network',
    pattern: 'NoHttpResponseException|failed to respond$|this connection has been closed',
    example: 'NoHttpResponseException: acme.example:443 failed to respond',
  },
  {
    id: 'lake.file-missing',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    pattern: '(?:FileNotFoundException: )?no such file or directory: (?:s3[an]?|gs|abfss?|wasbs?|adl|oss|dbfs)://',
    example: 'FileNotFoundException: No such file or directory: s3a://acme/orders',
  },
  {
    id: 'spark.kryo-buffer',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'kryo serialization failed: buffer overflow',
    example: 'SparkException: Kryo serialization failed: Buffer overflow. Available: 0, required: 7',
  },
  {
    id: 'tez.session-over',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    pattern: 'AM unable to accept new DAG submissions',
    example: 'SessionNotRunning: AM unable to accept new DAG submissions. In the process of shutting down',
  },
  {
    id: 'tez.resource-twice',
    category: 'config_error_missing_variable',
    pattern: 'cannot add different additional resources with the same name',
    example: 'Cannot add different additional resources with the same name : acme.jar',
  },
  {
    id: 'hadoop.token-not-issued',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: 'delegation token can be issued only with kerberos',
    example: 'Delegation Token can be issued only with kerberos or web authentication',
  },
  {
    id: 'spark.worker-crashed',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern: 'python worker exited unexpectedly',
    example: 'org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)',
  },
  {
    id: 'spark.main-class',
    category: 'config_error_missing_variable',
    pattern: 'cannot load main class from jar|no main class set in jar|failed to load class \\S{1,200}\\.$',
    example: 'Error: Cannot load main class from JAR: file:/acme.jar',
  },
  {
    id: 'jvm.no-jar',
    category: 'config_error_missing_variable',
    pattern: 'can ?not find .{1,60}\\bjar in (?:the )?(?:path|folder|directory)',
    example: 'PluginException: Can not find acme core jar in path: /opt/acme',
  },
  {
    id: 'jvm.options',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'invalid (?:initial|maximum|minimum) .{0,40}(?:generation|heap|stack|metaspace) size: |initial heap size set to a larger value',
    example: 'Invalid maximum heap size: -Xmx7x',
  },
  {
    id: 'oozie.definition',
    category: 'syntax_or_parse_error',
    pattern: '\\bE07(?:0[0-9]|2[0-9]|3[0-9]|4[0-9]): |\\bE1004: |expression language evaluation error',
    example: 'E0701: XML schema error, cvc-complex-type: Invalid content was found',
  },
  {
    id: 'oozie.uri',
    category: 'config_error_missing_variable',
    pattern: '\\bE090(?:0|1|3|4|5|6): ',
    example: 'E0901: NameNode [acme:8020] not allowed, not in Oozie whitelist',
  },
  {
    id: 'mapreduce.fetches',
    category: 'network',
    pattern: 'exceeded MAX_FAILED_UNIQUE_FETCHES',
    example: 'java.io.IOException: Exceeded MAX_FAILED_UNIQUE_FETCHES; bailing-out.',
  },
  {
    id: 'mapreduce.job-setting',
    category: 'config_error_missing_variable',
    pattern: '\\bnot set in (?:the )?JobConf\\b|InvalidJobConfException: ',
    example: 'org.apache.hadoop.mapred.InvalidJobConfException: Output directory not set.',
  },
  {
    id: 'hdfs.rename',
    category: 'permission_denied',
    strength: 'suggests',
    retryable: 'maybe',
    pattern:
      'failed to (?:rename|move) (?:the )?(?:hdfs|s3a?|gs|abfss?|wasbs?|file|dbfs|oss|cosn?):|could not rename (?:file|directory)',
    example: 'Rolling back due to metastore commit failure: Failed to rename hdfs://acme/a to hdfs://acme/b',
  },
  {
    id: 'java.number-format',
    category: 'type_or_cast_error',
    pattern: '\\bFor input string:',
    example: 'java.lang.IllegalArgumentException: For input string: "n/a"',
  },
  {
    id: 'java.not-serialisable',
    category: 'code_bug_exception',
    strength: 'settles',
    retryable: 'no',
    pattern: 'NotSerializableException',
    example: 'Caused by: java.io.NotSerializableException: acme.Session',
  },
];
