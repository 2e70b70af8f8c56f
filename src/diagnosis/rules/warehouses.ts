import type { Category } from '../../domain/diagnosis';
import type { Rule, Strength } from '../rule';

/** A family of Trino's and Athena's error names, which each connector begins with its own name. */
function trino(what: string, category: Category, names: string, strength: Strength = 'suggests'): Rule {
  const example = names.replace(/\(\?:([^|)]*)[^)]*\)/g, '$1').replace(/\|.*$/, '');
  return {
    id: `trino.${what}`,
    category,
    strength,
    pattern: `(?-i:\\b(?:HIVE|ICEBERG|DELTA_LAKE|HUDI|JDBC|KAFKA|PHOENIX|KUDU|MONGODB|BIGQUERY|LAKEHOUSE)_(?:${names})\\b)`,
    example: `Query failed (#1): ICEBERG_${example}: acme`,
  };
}

/** What warehouses, lakes and the files in them say: Trino, Athena, Delta, Iceberg, Parquet, SQL Server in the cloud. */
export const warehouseRules: readonly Rule[] = [
  trino(
    'storage-away',
    'service_unavailable_5xx',
    'WRITER_(?:OPEN|CLOSE|DATA)_ERROR|FILESYSTEM_ERROR|METASTORE_ERROR|CURSOR_ERROR|WRITE_ERROR|CATALOG_ERROR',
  ),
  trino(
    'bad-data',
    'schema_mismatch',
    'BAD_DATA|INVALID_(?:METADATA|SCHEMA|PARTITION_VALUE)|PARTITION_SCHEMA_MISMATCH',
  ),
  trino('missing-data', 'missing_input_data_or_partition', 'MISSING_DATA|FILE_NOT_FOUND|INVALID_SNAPSHOT_IDENTIFIER'),
  {
    id: 'trino.remote-task',
    category: 'service_unavailable_5xx',
    strength: 'settles',
    pattern:
      'REMOTE_TASK_(?:ERROR|MISMATCH)|REMOTE_HOST_GONE|PAGE_TRANSPORT_(?:ERROR|TIMEOUT)|could not communicate with the remote (?:task|server)|encountered too many errors talking to a worker node|TOO_MANY_REQUESTS_FAILED',
    example:
      'Encountered too many errors talking to a worker node. The node may have crashed or be under too much load.',
  },
  {
    id: 'lake.file-read',
    category: 'schema_mismatch',
    strength: 'suggests',
    ownerSide: 'data',
    says: ['footer', 'parquet', 'orc file', 'avro', 'iceberg', 'delta log', 'manifest'].flatMap((what) =>
      ['read', 'reading', 'open', 'opening', 'read the'].map((verb) => `${verb} ${what}`),
    ),
    pattern: '(?:failed to|unable to|could not|cannot|can.t|error) (?:read|open)',
    example: 'Failed to read Parquet file: s3://acme/orders/part-0.parquet',
  },
  {
    id: 'lake.file-size',
    category: 'type_or_cast_error',
    ownerSide: 'data',
    pattern:
      'incorrect file size|end of stream not reached|(?:file|footer|page|block) (?:is |was |seems )?(?:truncated|too (?:short|small))|unexpected (?:file size|end of (?:zlib|gzip|compressed|deflate) )|premature (?:eof|end) .{0,40}(?:footer|parquet|orc|avro)|checksum (?:mismatch|verification failed|error)\\b.{0,60}(?:file|page|block|chunk)',
    example: 'Incorrect file size (4242) for file (end of stream not reached): hdfs://acme/orders.avro',
  },
  {
    id: 'sqlserver.request-limit',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern:
      '(?:request|session|worker)s? limit for the (?:database|elastic pool|server) is \\d+ and has been reached|too many requests in progress|DTU (?:limit|quota)|elastic pool .{1,80} has reached its .{0,20}limit',
    example: 'Resource ID : 1. The request limit for the database is 200 and has been reached.',
  },
  {
    id: 'sql.no-nulls',
    category: 'constraint_violation_or_duplicate',
    pattern: '(?:does|do) not (?:allow|accept) (?:DBNull|null)',
    example: "Column 'acme_id' does not allow DBNull.Value.",
  },
  {
    id: 'postgres.extension',
    category: 'missing_dependency_or_import',
    strength: 'settles',
    pattern:
      'extension control file|extension "[^"]{1,80}" is not available|must be loaded via "?shared_preload_libraries',
    example: 'could not open extension control file "/usr/share/acme.control": No such file or directory',
  },
  {
    id: 'http.precondition',
    category: 'deadlock_or_lock_timeout',
    strength: 'suggests',
    pattern:
      '\\bPreconditionFailed\\b|pre-?conditions? (?:you specified|given in).{0,60}(?:did not hold|failed|not met)|condition specified using HTTP conditional headers?|\\bConditionNotMet\\b|\\b412\\b.{0,20}precondition|etag (?:mismatch|does not match)|conditionalCheckFailed\\w*',
    example: '412 At least one of the pre-conditions you specified did not hold.',
  },
  {
    id: 'spark.parameter-value',
    category: 'config_error_missing_variable',
    pattern: '(?-i:\\bINVALID_PARAMETER_VALUE\\b|\\bMISSING_PARAMETER_VALUE\\b|\\bMALFORMED_REQUEST\\b)',
    example: 'INVALID_PARAMETER_VALUE: acme 9.0 is not one of the versions',
  },
  {
    id: 'cluster.capacity',
    category: 'quota_or_rate_limit',
    pattern:
      'insufficient (?:instance |vm |compute |gpu |cloud )?capacity|capacity (?:is |was )?(?:not available|unavailable|insufficient)|no capacity (?:is |was )?(?:available|left)|(?-i:\\b\\w*AllocationFailed\\b|\\bOverconstrained\\w+)',
    example: 'Cluster terminated. Reason: insufficient instance capacity',
  },
];
