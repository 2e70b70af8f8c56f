import type { Category } from '../domain/diagnosis';
import type { Rule } from './rule';
import { batchRules } from './rules/batch';
import { cloudRules } from './rules/clouds';
import { deploymentRules } from './rules/deployment';
import { errorNameRules } from './rules/error-names';
import { hadoopRules } from './rules/hadoop';
import { integrationRules } from './rules/integration';
import { operatingSystemRules } from './rules/operating-system';
import { runtimeRules } from './rules/runtimes';
import { sasRules } from './rules/sas';
import { storeRules } from './rules/stores';
import { streamingRules } from './rules/streaming';
import { toolRules } from './rules/tools';
import { warehouseRules } from './rules/warehouses';

/** A SQLSTATE where products print it: `[42S02]`, `(42000)`, `'42000'`, `SQLSTATE: 42000`, `code 42601`. */
function sqlstate(what: string, category: Category, codes: string): Rule[] {
  const example = codes.replace(/\(\?:([^|)]*)[^)]*\)/, '$1').replace(/\|.*$/, '');
  return [
    {
      id: `sqlstate.${what}`,
      category,
      strength: 'broad',
      pattern: `(?:SQLSTATE(?:\\[|[:= ]{1,2})|[\\['(])(?:${codes})[\\])',; ]`,
      example: `('${example}', 'Mal wieder nichts')`,
    },
  ];
}

/** A driver's own numbers: `(1146, "Table …`, `ERROR 1146 (42S02)`, `1146 (42S02): `; and Oracle's `ORA-00942`. */
function mysql(what: string, category: Category, codes: string): Rule[] {
  const pattern = `(?:\\(|ERROR |Errors?: |: |^)(?:${codes})(?:, ["']| \\([0-9A-Z]{5}\\))`;
  return [{ id: `mysql.${what}`, category, strength: 'broad', pattern, example: `(${codes.slice(0, 4)}, "Nichts")` }];
}

function oracle(what: string, category: Category, codes: string): Rule[] {
  const pattern = `ORA-(?:${codes})\\b`;
  return [{ id: `oracle.${what}`, category, strength: 'broad', pattern, example: `ORA-${codes.slice(0, 5)}: nichts` }];
}

/** The code in a cloud's answer, as its clients print it: `An error occurred (X) when calling`, `Error Code: X`, `code = X desc`. */
function cloudCode(what: string, category: Category, words: string, example: string): Rule {
  return {
    id: `cloud.code-${what}`,
    category,
    strength: 'broad',
    pattern: `(?:An error occurred \\(|Error ?Code:? ?["']?|\\(Code: |"code": ?"|"reason": ?"|status = (?:StatusCode\\.)?|code = )(?:${words})\\b`,
    example,
  };
}

/**
 * What each technology says when something goes wrong: the whole knowledge of the diagnosis, in this order. What only some
 * products say is in `rules/`; here is the rest, by category.
 *
 * How to add one: take the words that the product prints in every language and version (not the names of your own tables), put
 * the rarest of them into `says`, narrow it with `pattern` where the words alone could mean something else, and add an `example`
 * in words of your own; the test tries every example. Order does not matter: the strongest match of a line decides, and among
 * equals the earlier one. See docs/decisions/0010-diagnosis-rules.md.
 */
export const rules: readonly Rule[] = [
  ...operatingSystemRules,
  ...batchRules,
  ...sasRules,
  ...hadoopRules,
  ...streamingRules,
  ...cloudRules,
  ...deploymentRules,
  ...storeRules,
  ...warehouseRules,
  ...integrationRules,
  ...runtimeRules,
  ...toolRules,
  ...errorNameRules,
  // ------------------------------------------------------------------------------------------------ out of memory
  {
    id: 'java.heap',
    category: 'out_of_memory',
    pattern: '(?:java\\.lang\\.)?OutOfMemoryError',
    example: 'java.lang.OutOfMemoryError: GC overhead limit exceeded',
  },
  {
    id: 'java.memory',
    category: 'out_of_memory',
    says: ['java heap space', 'gc overhead limit exceeded', 'direct buffer memory'],
    example: 'Caused by: error: Java heap space',
  },
  {
    id: 'spark.executor-memory',
    category: 'out_of_memory',
    says: [
      'exceeding memory limits',
      'physical memory limits',
      'virtual memory limits',
      'exceeding physical memory',
      "beyond the 'physical' memory",
      'beyond physical memory',
      "beyond the 'virtual' memory",
    ],
    example: 'Container killed by YARN for exceeding memory limits. 5.6 GB of 5.5 GB physical memory used.',
  },
  {
    id: 'spark.acquire-memory',
    category: 'out_of_memory',
    pattern: 'SparkOutOfMemoryError|Unable to acquire \\d+ bytes of memory|UNABLE_TO_ACQUIRE_MEMORY',
    example: 'org.apache.spark.memory.SparkOutOfMemoryError: Unable to acquire 65536 bytes of memory, got 0',
  },
  {
    id: 'spark.result-size',
    category: 'out_of_memory',
    pattern: 'Total size of serialized results.*(?:bigger than|maxResultSize)',
    example:
      'Total size of serialized results of 40 tasks (1026.4 MiB) is bigger than spark.driver.maxResultSize (1024.0 MiB)',
  },
  {
    id: 'spark.broadcast-size',
    category: 'out_of_memory',
    says: ['cannot broadcast the table', 'not enough memory to build and broadcast'],
    example: 'SparkException: Not enough memory to build and broadcast the table to all worker nodes.',
  },
  {
    id: 'spark.driver-heartbeat',
    category: 'out_of_memory',
    strength: 'suggests',
    pattern: '(?:ExecutorLostFailure \\(executor driver exited|Lost executor driver on ).*heartbeat timed out',
    example:
      'Lost task 1.0 in stage 2.0 (TID 9, localhost, executor driver): ExecutorLostFailure (executor driver exited caused by one of the running tasks) Reason: Executor heartbeat timed out after 150000 ms',
  },
  {
    id: 'databricks.driver-gc',
    category: 'out_of_memory',
    strength: 'suggests',
    pattern: 'driver is up but is not responsive|driver .{0,80}(?:due to|busy with) (?:GC|garbage collection)',
    example: 'Driver is up but is not responsive, likely due to GC.',
  },
  {
    id: 'hive.mapjoin-memory',
    category: 'out_of_memory',
    pattern: 'MapJoinMemoryExhaustion\\w*|return code 3 from \\S*MapredLocalTask',
    example: 'FAILED: Execution Error, return code 3 from org.apache.hadoop.hive.ql.exec.mr.MapredLocalTask',
  },
  {
    id: 'kubernetes.oom',
    category: 'out_of_memory',
    strength: 'settles',
    pattern: 'OOM[-_ ]?Kill(?:ed|ing|er)|oom-kill:|invoked oom|possible container OOM',
    example: '    Reason:       OOMKilled',
  },
  {
    id: 'linux.oom',
    category: 'out_of_memory',
    says: [
      'out of memory: kill',
      'memory cgroup out of memory',
      'killed due to out of memory',
      'killed because it ran out of memory',
    ],
    example: 'kernel: Out of memory: Killed process 4242 (python) total-vm:9000kB',
  },
  {
    id: 'python.memory',
    category: 'out_of_memory',
    pattern: '(?:^|[\\s.])\\w*MemoryError\\b',
    example: 'MemoryError: Unable to allocate 7.45 GiB for an array with shape (100000, 10000) and data type float64',
  },
  {
    id: 'python.allocate',
    category: 'out_of_memory',
    pattern:
      'unable to allocate [\\d.]+ ?\\w?i?B|(?:cannot|could not|failed to) allocate (?:memory|vector|buffer|bytes|block|\\d)|cannot allocate memory|std::bad_alloc|bad allocation|failed to allocate (?:data|memory)|memory allocation of \\d+ bytes failed|malloc of size|memory exhausted|allocate more memory|GC thrashing',
    example: 'OSError: [Errno 12] Cannot allocate memory',
  },
  {
    id: 'r.vector',
    category: 'out_of_memory',
    says: [
      'cannot allocate vector',
      'cannot allocate memory block',
      'memory exhausted (limit reached',
      'vector memory limit',
      'vector memory exhausted',
      'reached total allocation',
    ],
    example: 'Error: cannot allocate vector of size 1.2 Gb',
  },
  {
    id: 'node.heap',
    category: 'out_of_memory',
    says: ['javascript heap out of memory', 'reached heap limit'],
    example: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  },
  {
    id: 'gpu.memory',
    category: 'out_of_memory',
    says: ['cuda out of memory', 'cuda error: out of memory', 'oom when allocating'],
    example: 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
  },
  {
    id: 'dask.worker-memory',
    category: 'out_of_memory',
    pattern: '% memory budget|KilledWorker|worker exceeded .*memory',
    example:
      'distributed.nanny.memory - WARNING - Worker tcp://10.0.0.7:4000 (pid=77) exceeded 95% memory budget. Restarting...',
  },
  {
    id: 'ray.memory',
    category: 'out_of_memory',
    pattern:
      'running low on memory|ran out of memory|out-of-memory|OutOfMemory(?:Exception|Error)?|(?:not|wasn.t|isn.t|was not) enough memory|exceed(?:ed|s|ing)? (?:the |its |allocated )?(?:max(?:imum)? )?memory|memory limit.{0,40}exceeded|exceed\\w*.{0,40}memory limit|insufficient memory (?:to|for)',
    example: 'Task was killed due to the node running low on memory.',
  },
  {
    id: 'engine.memory',
    category: 'out_of_memory',
    pattern:
      '(?:^|\\W)out of memory|EXCEEDED_(?:LOCAL|GLOBAL)_MEMORY_LIMIT|MEMORY_LIMIT_EXCEEDED|ExceededMemoryLimitException|insufficient memory in workload group',
    example: 'ERROR:  out of memory',
  },
  {
    id: 'sqlserver.memory',
    category: 'out_of_memory',
    pattern: 'insufficient (?:system )?memory in (?:the )?(?:resource pool|workload)|SQL Server has run out of memory',
    example: "There is insufficient system memory in resource pool 'internal' to run this query.",
  },
  {
    id: 'bigquery.memory',
    category: 'out_of_memory',
    says: [
      'resources exceeded during query execution',
      'could not be executed in the allotted memory',
      'exhausted resources at this scale factor',
    ],
    ownerSide: 'user_code',
    example: 'Resources exceeded during query execution: The query could not be executed in the allotted memory.',
  },
  {
    id: 'elastic.breaker',
    category: 'out_of_memory',
    says: ['circuit_breaking_exception', 'data too large, data for'],
    example: '{"type":"circuit_breaking_exception","reason":"[parent] Data too large"}',
  },
  {
    id: 'redis.memory',
    category: 'out_of_memory',
    says: ["used memory > 'maxmemory'"],
    example: "OOM command not allowed when used memory > 'maxmemory'.",
  },
  {
    id: 'heroku.memory',
    category: 'out_of_memory',
    says: ['error r14', 'error r15', 'memory quota exceeded', 'memory quota vastly exceeded'],
    example: 'Process running mem=1100M: Error R15 (Memory quota vastly exceeded)',
  },
  {
    id: 'lambda.memory',
    category: 'out_of_memory',
    strength: 'suggests',
    says: ['runtime exited with error: signal: killed'],
    example: 'RequestId: 1 Error: Runtime exited with error: signal: killed Runtime.ExitError',
  },
  {
    id: 'streamlit.memory',
    category: 'out_of_memory',
    says: ['over its resource limits', 'exceeded its resource limits', 'gone over its resource'],
    example: 'This app has gone over its resource limits.',
  },

  // ------------------------------------------------------------------------------------------------ disk full
  {
    id: 'redis.disk',
    category: 'disk_full',
    strength: 'suggests',
    pattern: '\\bMISCONF\\b|not able to persist on disk',
    example: 'MISCONF Redis is configured to save RDB snapshots, but is currently not able to persist on disk.',
  },
  {
    id: 'os.disk',
    category: 'disk_full',
    pattern:
      'no (?:free )?space left|no free space|\\bENOSPC\\b|disk quota exceeded|(?:not enough|insufficient) (?:free |disk )?space|not enough disk space',
    example: 'OSError: [Errno 28] No space left on device',
  },
  {
    id: 'spark.spill-disk',
    category: 'disk_full',
    strength: 'settles',
    pattern: '(?:OutOfMemoryError|calling spill).{0,300}no space left on device',
    example: 'SparkOutOfMemoryError: error while calling spill() on x: No space left on device',
  },
  {
    id: 'engine.disk',
    category: 'disk_full',
    says: [
      'disk full',
      'disk is full',
      'could not extend file',
      'database or disk is full',
      'filesystem is full',
      'out of disk space',
      'run out of disk',
      'ran out of disk',
      'no free disk space',
    ],
    example: 'ERROR:  could not extend file "base/16384/20155": wrote only 4096 of 8192 bytes',
  },
  {
    id: 'hadoop.disk',
    category: 'disk_full',
    says: [
      'could not find any valid local directory',
      'dsquotaexceeded',
      'the diskspace quota',
      'local-dirs are bad',
      'no space available in any of the local directories',
    ],
    example: 'DiskChecker$DiskErrorException: Could not find any valid local directory for output/spill0.out',
  },
  {
    id: 'sqlserver.disk',
    category: 'disk_full',
    pattern: 'filegroup is full|transaction log for database .* is full',
    example: "The transaction log for database 'dwh' is full due to 'LOG_BACKUP'.",
  },
  {
    id: 'oracle.disk',
    category: 'disk_full',
    says: ['ora-01653', 'ora-01652', 'ora-01654', 'ora-01688', 'ora-30036'],
    example: 'ORA-01653: unable to extend table ETL.ORDERS by 128 in tablespace USERS',
  },
  {
    id: 'mysql.disk',
    category: 'disk_full',
    pattern: "Errcode: 28|The table '[^']+' is full",
    example: "ERROR 1114 (HY000): The table 'tmp_orders' is full",
  },
  {
    id: 'hadoop.nodes',
    category: 'service_unavailable_5xx',
    strength: 'settles',
    pattern: 'there are 0 datanode\\(s\\) running',
    ownerSide: 'platform',
    example: 'File /orders could only be written to 0 of the 1 minReplication nodes. There are 0 datanode(s) running',
  },
  {
    id: 'hadoop.replication',
    category: 'disk_full',
    strength: 'suggests',
    pattern: 'could only be (?:written|replicated) to 0',
    example: 'File /orders could only be replicated to 0 nodes instead of minReplication (=1)',
  },
  {
    id: 'elastic.disk',
    category: 'disk_full',
    says: ['flood-stage', 'flood stage disk watermark'],
    example: 'disk usage exceeded flood-stage watermark, index has read-only-allow-delete block',
  },

  // ------------------------------------------------------------------------------------------------ locks
  {
    id: 'lock.deadlock',
    category: 'deadlock_or_lock_timeout',
    says: [
      'deadlock detected',
      'deadlock found',
      'deadlock victim',
      'was deadlocked',
      'ora-00060',
      'deadlockdetected',
      'deadlockexception',
      'deadlock was detected',
      'deadlock:',
    ],
    example: 'ERROR:  deadlock detected',
  },
  {
    id: 'lock.wait',
    category: 'deadlock_or_lock_timeout',
    pattern:
      'lock wait timeout|lock (?:request )?time ?out|(?:could not|failed to|unable to|cannot) (?:obtain|acquire|get) (?:a |an |the )?(?:\\w+ )?lock|unable to lock|LockNotAvailable|ORA-00054|ORA-30006|acquiring the state lock|timed? ?out.{0,30}waiting for.{0,20}\\block|resource busy and acquire',
    example: 'Lock wait timeout exceeded; try restarting transaction',
  },
  {
    id: 'grpc.aborted',
    category: 'deadlock_or_lock_timeout',
    strength: 'broad',
    pattern: '(?:StatusCode\\.|code = |status = )ABORTED\\b|(?-i:\\bABORTED: )',
    example: 'rpc error: code = Aborted desc = another write came first',
  },
  {
    id: 'sqlite.locked',
    category: 'deadlock_or_lock_timeout',
    says: ['database is locked', 'database table is locked', 'database schema is locked'],
    example: 'sqlite3.OperationalError: database is locked',
  },
  {
    id: 'duckdb.locked',
    category: 'deadlock_or_lock_timeout',
    says: ['could not set lock on file', 'conflicting lock is held'],
    retryable: 'yes',
    example: 'IO Error: Could not set lock on file "dwh.duckdb": Conflicting lock is held in PID 88',
  },
  {
    id: 'lock.serialise',
    category: 'deadlock_or_lock_timeout',
    says: [
      'could not serialize access',
      'serializable isolation violation',
      'serializationfailure',
      'restart transaction:',
      'concurrent transaction',
      'transaction was aborted due to a conflict',
      'write conflict',
      'transactionconflict',
      'transactionexception: failed to commit',
      'snapshot isolation transaction aborted',
      'update conflict',
      'ora-08177',
      'transaction conflict',
      'update conflicts with concurrent update',
    ],
    example: 'ERROR:  could not serialize access due to concurrent update',
  },
  {
    id: 'bigquery.concurrent',
    category: 'deadlock_or_lock_timeout',
    says: ['due to concurrent update'],
    example: 'Transaction is aborted due to concurrent update against table acme:dwh.orders',
  },
  {
    id: 'spark.two-queries',
    category: 'deadlock_or_lock_timeout',
    strength: 'settles',
    retryable: 'after_change',
    pattern:
      'SparkConcurrentModificationException|queries are concurrently using|multiple streaming (?:jobs|queries) detected|only one streaming job runs',
    nextStep: 'Stop the other run that uses the same checkpoint, or give this one a checkpoint of its own.',
    example:
      'org.apache.spark.SparkConcurrentModificationException: Multiple streaming queries are concurrently using file:/tmp/cp.',
  },
  {
    id: 'spark.condition-concurrent',
    category: 'deadlock_or_lock_timeout',
    pattern: '\\[(?:DELTA_)?CONCURRENT_\\w+[.\\]]',
    example: 'org.apache.spark.SparkException: [CONCURRENT_STREAM_LOG_UPDATE] Concurrent update to the log.',
  },
  {
    id: 'delta.concurrent',
    category: 'deadlock_or_lock_timeout',
    pattern:
      'Concurrent(?:Append|DeleteRead|DeleteDelete|Write|Transaction)\\w*|MetadataChangedException|ProtocolChangedException|DELTA_CONCURRENT',
    example:
      'io.delta.exceptions.ConcurrentAppendException: Files were added to the root of the table by a concurrent update.',
  },
  {
    id: 'iceberg.commit',
    category: 'deadlock_or_lock_timeout',
    pattern:
      'iceberg\\.exceptions\\.CommitFailedException|pyiceberg.*CommitFailedException|cannot commit: (?:stale|base)|branch main has changed|HoodieWriteConflictException',
    example:
      'org.apache.iceberg.exceptions.CommitFailedException: Cannot commit: Base metadata location is not same as the current table',
  },
  {
    id: 'table.commit',
    category: 'deadlock_or_lock_timeout',
    pattern:
      'ICEBERG_COMMIT_ERROR|HIVE_CONCURRENT_MODIFICATION\\w*|TRANSACTION_CONFLICT|could not open relation with OID|tuple concurrently (?:updated|deleted)|DELTA_CONCURRENT\\w*|CommitFailed\\w*|failed to commit transaction',
    example: 'ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: orders',
  },
  {
    id: 'snowflake.lock',
    category: 'deadlock_or_lock_timeout',
    says: [
      'number of waiters for this lock exceeds',
      'has locked table',
      'was aborted because the number of waiters',
      'statement_error: lock',
    ],
    example: "Statement '01ab' has locked table 'ORDERS' in transaction 17 and this lock has not yet been released.",
  },
  {
    id: 'hive.lock',
    category: 'deadlock_or_lock_timeout',
    says: ['lockexception', 'locks on the underlying objects cannot be acquired'],
    example:
      'FAILED: Error in acquiring locks: Locks on the underlying objects cannot be acquired. retry after some time',
  },
  {
    id: 'git.rejected',
    category: 'deadlock_or_lock_timeout',
    retryable: 'yes',
    pattern:
      '! \\[(?:remote )?rejected\\]|failed to push some refs|updates were rejected because|LeaseAlreadyPresent|LeaseIdMissing|there is (?:already|currently) a(?:n active)? lease',
    example: '! [rejected]  main -> main (fetch first)',
  },
  {
    id: 'run.already',
    category: 'deadlock_or_lock_timeout',
    pattern:
      '(?:sync|job|run|instance|process|task|pipeline|crawler|refresh|build|backup|scheduler|import|operation|update|execution)\\b.{0,40} (?:is )?(?:already|currently) (?:running|in progress|active)|another (?:instance|process|operation|run|job).{0,40}(?:running|in progress|using|holds|has)|being used by another process|already locked|another command is already',
    example: 'Conflict: a refresh is already running for this connection',
  },
  {
    id: 'pidfile.stale',
    category: 'deadlock_or_lock_timeout',
    strength: 'suggests',
    pattern: '(?:pid|lock) ?file.{0,80}(?:exist|stale|locked|held)|stale pid',
    retryable: 'after_change',
    example: "Error: Already running on PID 7 (or pid file '/srv/webserver.pid' is stale)",
  },

  // ------------------------------------------------------------------------------------------------ limits on use
  {
    id: 'http.429',
    category: 'quota_or_rate_limit',
    pattern:
      'too ?many ?requests|(?:status|code|http|error|client error|returned|response)\\W{1,12}429\\b|\\b429 (?:client error|too)',
    example: '429 Client Error: Too Many Requests for url: https://api.example/v1/orders',
  },
  {
    id: 'cloud.throttle',
    category: 'quota_or_rate_limit',
    pattern:
      '(?:^|[^.])throttl(?:ed|ing)|throttl(?:ed|ing)(?:exception|error)|rate exceeded|\\bslow ?down\\b|reduce your request rate|request ?limit ?exceeded',
    example:
      'An error occurred (ThrottlingException) when calling the StartQueryExecution operation (reached max retries: 4): Rate exceeded',
  },
  {
    id: 'api.rate',
    category: 'quota_or_rate_limit',
    pattern:
      'rate[-_ ]?limit\\w*.{0,60}(?:exceed|reach|hit|error|too many|wait|retry)|(?:exceed|reach|hit)\\w*.{0,60}rate[-_ ]?limit|rate_?limit_?(?:error|exceeded)|RateLimit\\w*(?:Error|Exception|Exceeded)|REQUEST_LIMIT_EXCEEDED|(?:api|usage|daily|monthly|hourly|request|call) limit.{0,30}(?:exceeded|reached)|rateLimitExceeded|ratelimited|pull rate limit',
    example: 'openai.RateLimitError: Rate limit reached for requests',
  },
  {
    id: 'quota.exceeded',
    category: 'quota_or_rate_limit',
    pattern:
      'quota ?exceeded|exceed(?:ed|s)?.{0,60}quota|quota.{0,60}exceed|insufficient_?quota|quota_?exceeded|out of quota|quota limit|quota.{0,30}(?:reached|used up|exhausted)',
    example: "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'",
  },
  {
    id: 'grpc.exhausted',
    category: 'quota_or_rate_limit',
    strength: 'suggests',
    says: ['resource_exhausted', 'resourceexhausted', 'resource has been exhausted'],
    example: 'google.api_core.exceptions.ResourceExhausted: 429 Resource has been exhausted (e.g. check quota).',
  },
  {
    id: 'kubernetes.no-room',
    category: 'quota_or_rate_limit',
    pattern:
      'no nodes are available that match|node didn.t have enough (?:resource|capacity)|\\bOutOf(?:cpu|memory|pods|ephemeral-storage)\\b|exceeded quota: |too many pods|UnexpectedAdmissionError|did not trigger scale-up|pod didn.t trigger scale-up',
    ownerSide: 'platform',
    example:
      "Warning  OutOfmemory  2m  kubelet  Node didn't have enough resource: memory, requested: 8, used: 7, capacity: 10",
  },
  {
    id: 'kubernetes.unschedulable',
    category: 'quota_or_rate_limit',
    pattern:
      '\\d+/\\d+ nodes are available|insufficient (?:cpu|memory|nvidia|ephemeral)|FailedScheduling|unschedulable',
    ownerSide: 'platform',
    example: '0/3 nodes are available: 3 Insufficient cpu.',
  },
  {
    id: 'flink.slots',
    category: 'quota_or_rate_limit',
    says: [
      'could not fulfill slot request',
      'noresourceavailable',
      'no pooled slot available',
      'could not acquire the minimum required resources',
      'could not allocate the required slot',
      'not enough resources available',
    ],
    ownerSide: 'platform',
    example: 'NoResourceAvailableException: Could not acquire the minimum required resources.',
  },
  {
    id: 'spark.no-resources',
    category: 'quota_or_rate_limit',
    pattern: 'initial job has not accepted any resources|required (?:executor|AM) memory.{0,80}above the max',
    ownerSide: 'platform',
    example:
      'Initial job has not accepted any resources; check your cluster UI to ensure that workers are registered and have sufficient resources',
  },
  {
    id: 'cloud.capacity',
    category: 'quota_or_rate_limit',
    pattern:
      'InsufficientInstanceCapacity|insufficient capacity|ZONE_RESOURCE_POOL_EXHAUSTED|STOCKOUT|(?:[^f]|\\b)(?:Limit|Throughput|Capacity)Exceeded\\w*|does not have enough resources available|ConcurrentRunsExceeded|max(?:imum)? concurrent runs|capacity is unavailable|AllocationFailed|SkuNotAvailable|(?:out of|no) capacity',
    example:
      'An error occurred (ConcurrentRunsExceededException) when calling the StartJobRun operation: Concurrent runs exceeded for nightly',
  },
  {
    id: 'dataflow.workers',
    category: 'quota_or_rate_limit',
    pattern:
      'unable to bring up enough workers|(?:please )?check your quota|not enough (?:free |available )?(?:workers|slots|nodes|vcores|cores|executors|machines)|could not (?:fulfill|allocate) (?:the )?(?:slot|resource|container)|insufficient (?:cpu|pods|resources)\\b',
    example:
      'Workflow failed. Causes: Unable to bring up enough workers: minimum 1, actual 0. Please check your quota and retry later.',
  },
  {
    id: 'database.connections',
    category: 'quota_or_rate_limit',
    pattern:
      'too many (?:connections|clients|active|sessions|concurrent|simultaneous)|remaining connection slots|max_user_connections|max_connections|connection limit exceeded|ORA-00018|ORA-1251[69]|(?:connection )?pool (?:is )?exhausted|QueuePool limit',
    example: 'FATAL:  sorry, too many clients already',
  },
  {
    id: 'os.threads',
    category: 'quota_or_rate_limit',
    strength: 'names',
    retryable: 'after_change',
    ownerSide: 'platform',
    pattern:
      'can.t start new thread|fork: (?:retry: )?|unable to create (?:new )?native thread|insufficient number of network buffers|pthread_create failed|hosted parallelism|RecordTooLarge\\w*|MessageSizeTooLarge|message is \\d+ bytes when serialized',
    example: "RuntimeError: can't start new thread",
  },
  {
    id: 'os.open-files',
    category: 'quota_or_rate_limit',
    strength: 'suggests',
    says: ['too many open files', 'emfile', 'inotify watch limit', 'system limit for number of file watchers'],
    retryable: 'after_change',
    ownerSide: 'platform',
    example: 'OSError: [Errno 24] Too many open files',
  },
  {
    id: 'snowflake.credit',
    category: 'quota_or_rate_limit',
    pattern:
      'resource monitor.{0,80}exceeded|credit quota|trial (?:has )?(?:ended|expired)|billing.{0,60}(?:disabled|not enabled|not been enabled|hard limit)|billing account',
    retryable: 'after_change',
    example: "Warehouse 'LOAD_WH' cannot be resumed because resource monitor 'MONTHLY' has exceeded its quota.",
  },
  {
    id: 'warehouse.limits',
    category: 'quota_or_rate_limit',
    strength: 'suggests',
    pattern:
      'query queue.{0,30}full|exceed(?:ed|s)?.{0,20} (?:the )?(?:limit|max(?:imum)?) (?:of|number|rate|size)|(?:max(?:imum)?) number of.{0,60}(?:reached|exceed|has been)|(?:payload|entity|body|message|request|response).{0,20}too large|limit exceeded|shards open|too many parts|TOO_MANY_(?:PARTS|ROWS|BYTES|PARTITIONS|QUERY\\w*)|too many parameters|max_allowed_packet|packet bigger than',
    retryable: 'after_change',
    example: 'The maximum number of concurrent jobs has been reached',
  },
  {
    id: 'warehouse.scanned',
    category: 'quota_or_rate_limit',
    pattern:
      'limit for bytes billed|bytes scanned limit|too many queued queries|QUERY_QUEUE_FULL|number of allowed (?:connections|queries|sessions)|(?:exceeded|reached) (?:the )?(?:maximum |allowed )?(?:number of )?(?:concurrent|queued|active) (?:queries|statements|jobs|runs|sessions)|CONCURRENT_QUERY_LIMIT|max_user_connections',
    example: 'Query exceeded limit for bytes billed: 1000. 2000 or higher required.',
  },
  {
    id: 'airflow.pool',
    category: 'quota_or_rate_limit',
    pattern:
      'no (?:open|available) (?:pool )?slots|pool.{0,40}(?:is full|0 open slots)|open slots in \\w+ pool is|max_active_(?:tasks|runs).{0,60}(?:reached|exceed)',
    example: 'Not scheduling since there are 0 open slots in pool default_pool and 0 queued slots: no open slots',
  },

  // ------------------------------------------------------------------------------------------------ taken away
  {
    id: 'kubernetes.evicted',
    category: 'resource_preempted_or_evicted',
    pattern:
      '\\bevicted\\b|node was low on resource|TaintManagerEviction|marking for deletion pod|ephemeral local storage usage exceeds|usage of EmptyDir',
    example: 'The node was low on resource: ephemeral-storage. Container base was using 9Gi',
  },
  {
    id: 'cloud.preempted',
    category: 'resource_preempted_or_evicted',
    pattern:
      '\\bpreempt(?:ed|ion|ing|ible)\\b|spot[ -]?instance.{0,60}(?:terminat|interrupt|reclaim|lost)|spot ?interruption|was reclaimed|host maintenance event|instance.{0,20}termination notice',
    example: 'ExecutorLostFailure: worker decommissioned because the spot instance was reclaimed: Spot Interruption',
  },
  {
    id: 'github.runner',
    category: 'resource_preempted_or_evicted',
    pattern:
      'runner has received a shutdown signal|lost communication with the server|runner (?:was|is) (?:lost|offline|shut ?down)|the hosted runner (?:encountered|lost)|self-hosted runner .{0,80}lost communication',
    example: '##[error]The runner has received a shutdown signal.',
  },
  {
    id: 'kubernetes.node',
    category: 'resource_preempted_or_evicted',
    pattern:
      'node shutdown|node is shutting down|node ?lost|NodeNotReady|node (?:is )?not ready|DisruptionTarget|Terminated in response to imminent|NoExecute|node has been (?:removed|deleted|lost)|(?:worker|executor|node).{0,20}decommission',
    example: 'Pod was terminated in response to imminent node shutdown.',
  },
  {
    id: 'spark.executor-lost',
    category: 'resource_preempted_or_evicted',
    strength: 'suggests',
    pattern:
      'ExecutorLostFailure|lost executor|(?:slave|worker) lost|container released on a \\*lost\\* node|container from a bad node|remote RPC client disassociated|executor \\S+ lost',
    example: 'ExecutorLostFailure (executor 7 exited caused by one of the running tasks) Reason: Slave lost',
  },
  {
    id: 'kubernetes.pod-gone',
    category: 'resource_preempted_or_evicted',
    strength: 'suggests',
    pattern:
      'pods "[^"]+" not found|pod (?:was|has been) (?:deleted|lost|removed)|pod not found|no pod was found|pod does not exist',
    example: 'pods "load-orders-7f" not found',
  },
  {
    id: 'flink.taskmanager-lost',
    category: 'resource_preempted_or_evicted',
    strength: 'suggests',
    pattern:
      'TaskManager with id \\S+ (?:is no longer reachable|timed out)|heartbeat of TaskManager with id \\S+ timed out|closed by remote task ?manager|the TaskExecutor is shutting down',
    example: 'TaskManager with id 10.0.0.9:39021-1 is no longer reachable.',
  },

  // ------------------------------------------------------------------------------------------------ names
  {
    id: 'dns.placeholder',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      '(?:could not translate host name|(?:could not|failed to|unable to|cannot) resolve(?: host)?|UnknownHostException|getaddrinfo \\w+|no such host).{0,20}[\\w.-]*(?:_host|hostname|your[-_.]|placeholder|change-?me|<\\w)',
    nextStep: 'The host name looks like a placeholder: put the real one into the setting.',
    example: 'could not translate host name "your_warehouse_hostname" to address: Name or service not known',
  },
  {
    id: 'dns.not-a-host',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      '(?:ENOTFOUND|could not translate host name|UnknownHostException:|could not resolve host:|unknown mysql server host|hostname:) ["\']?(?:[\\w.-]{1,200}:\\d{2,5}\\b|[^\\s\x27\x22]{0,80}@|(?:undefined|null|none|https?|jdbc)\\b)',
    example: 'Error: getaddrinfo ENOTFOUND warehouse.acme.example:5432 warehouse.acme.example:5432',
  },
  {
    id: 'dns.lookup',
    category: 'dns',
    pattern:
      'name resolution|name or service not known|nodename nor servname|getaddrinfo (?:failed|ENOTFOUND|EAI)|\\bgaierror\\b|\\bENOTFOUND|\\bEAI_AGAIN|UnknownHostException|no such host|could not resolve (?:host|proxy)|could not translate host name|no address associated with|unknown mysql server host|\\bNXDOMAIN|NameResolutionError|unknown host|failed to resolve [\'"][\\w.-]+[\'"]|unable to resolve host|dns (?:resolution|lookup) failed|UnresolvedAddressException|cannot resolve host|host not found|ORA-12545|no resolvable bootstrap|hostname.{0,40}could not be resolved',
    example: 'socket.gaierror: [Errno -2] Name or service not known',
  },

  // ------------------------------------------------------------------------------------------------ the other side cannot serve
  {
    id: 'http.5xx',
    category: 'service_unavailable_5xx',
    pattern:
      '\\b(?:50[0234]|52[0-9]|599) (?:server error|service unavailable|bad gateway|gateway time-?out|internal server error|internal error|service temporarily)|(?:status(?:[_ ]?code)?|http(?:[ /]\\d\\.\\d)?|http[_ ]?(?:status|code|error)|response code|error code|returned(?: error)?|code)\\W{1,4}(?:50[0234]|52[0-9])\\b',
    example: '503 Server Error: Service Unavailable for url: https://api.example/v2/runs',
  },
  {
    id: 'http.unavailable',
    category: 'service_unavailable_5xx',
    pattern:
      'service ?unavailable|bad ?gateway|gateway time-?out|(?:temporarily|currently)[ _](?:unavailable|unable to handle)|no healthy upstream|backendError|internal ?server ?(?:error|exception)|service is (?:not available|unavailable)|server ?(?:is )?busy|upstream connect error|InternalFailure|overloaded',
    example: 'google.api_core.exceptions.ServiceUnavailable: 503 The service is currently unavailable.',
  },
  cloudCode(
    'internal',
    'service_unavailable_5xx',
    'Internal\\w*|Service(?:Unavailable|Exception|Failure)\\w*|\\w*ServerException|\\w*Unavailable\\w*|DATA_LOSS',
    'An error occurred (InternalServiceException) when calling the GetJobRun operation: later',
  ),
  {
    id: 'grpc.unavailable',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    pattern: 'StatusCode\\.UNAVAILABLE|status ?= ?UNAVAILABLE|code = Unavailable|(?-i:\\bUNAVAILABLE: )',
    example: 'rpc error: code = Unavailable desc = upstream closed',
  },
  {
    id: 'postgres.starting',
    category: 'service_unavailable_5xx',
    pattern:
      'the database system is (?:shutting|starting|in recovery|not)|in recovery mode|not yet accepting connections|terminating connection (?:due to administrator|because of crash)|AdminShutdown|CannotConnectNow',
    example: 'FATAL:  the database system is starting up',
  },
  {
    id: 'engine.unavailable',
    category: 'service_unavailable_5xx',
    pattern:
      'server is (?:still initializing|starting)|SERVER_(?:STARTING_UP|SHUTTING_DOWN)|master_not_discovered|SafeModeException|name ?node is in safe mode|leader[_ ]not[_ ]available|NotLeader(?:For|Or)\\w+|no active namenode|Operation category \\w+ is not supported in state standby|ORA-0103[34]|ORA-12514|ORA-12528|not ?enough ?replicas|no nodes? available|is not in a running state|cluster is (?:not running|terminated)|coordinator is not available|loading the dataset in memory|all shards failed|ClusterBlockException|(?:an )?internal error (?:occurred|encountered|\\(please retry)|Processing aborted by error|not ready to serve',
    example: 'org.apache.hadoop.hdfs.server.namenode.SafeModeException: Cannot create file. Name node is in safe mode.',
  },
  {
    id: 'snowflake.incident',
    category: 'service_unavailable_5xx',
    pattern: 'processing aborted due to error \\d|SQL execution internal error|aborted .{0,60}; incident \\d',
    example: 'Processing aborted due to error 300002:77; incident 42.',
  },
  {
    id: 'trino.worker',
    category: 'service_unavailable_5xx',
    strength: 'settles',
    pattern:
      'talking to a worker node|insufficient active worker nodes|NO_NODES_AVAILABLE|REMOTE_(?:HOST_GONE|TASK_\\w+)|PAGE_TRANSPORT_\\w+|(?:worker|node) (?:is )?gone|node .{0,80}is gone',
    example:
      'Encountered too many errors talking to a worker node. The node may have crashed or be under too much load.',
  },
  {
    id: 'engine.internal',
    category: 'service_unavailable_5xx',
    strength: 'generic',
    retryable: 'maybe',
    pattern: 'GENERIC_INTERNAL_ERROR|\\bXX000\\b|HIVE_UNKNOWN_ERROR',
    example: 'GENERIC_INTERNAL_ERROR: null',
  },
  {
    id: 'engine.away',
    category: 'service_unavailable_5xx',
    pattern:
      'server is (?:shutting|going) down|shutdown in progress|not currently available|please retry the connection|is in (?:single-user|recovery|standby) mode|being upgraded|under maintenance|database .{0,60}(?:is )?(?:paused|resuming|unavailable)',
    example: 'Presto server is shutting down',
  },
  {
    id: 'redshift.s3-query',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    pattern: 'S3 ?Query Exception|thread_resource_error|Spectrum .{0,40}(?:timed out|internal)',
    example: 'error:  S3 Query Exception (Fetch)',
  },
  {
    id: 'os.busy',
    category: 'service_unavailable_5xx',
    strength: 'generic',
    pattern:
      'resource temporarily unavailable|retries exceeded\\.?$|all retries failed|giving up after \\d+ (?:retries|attempts)',
    example: 'boost::thread_resource_error: Resource temporarily unavailable',
  },
  {
    id: 'cockroach.liveness',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    pattern: 'node liveness|restarting in background|node is not live',
    example: 'pq: job 42: node liveness error: restarting in background',
  },
  {
    id: 'airbyte.internal',
    category: 'service_unavailable_5xx',
    strength: 'suggests',
    pattern: '(?:please )?(?:re)?try again (?:later|in)',
    example: 'The request could not be completed, please try again later',
  },

  // ------------------------------------------------------------------------------------------------ sign-in
  {
    id: 'ftp.login',
    category: 'auth_expired_or_invalid',
    pattern:
      'login (?:incorrect|authentication failed|denied)|\\b530 (?:login|user|not logged)|username and password not accepted|failed to authenticate|invalid login',
    example: 'ftplib.error_perm: 530 Login incorrect.',
  },
  {
    id: 'database.password',
    category: 'auth_expired_or_invalid',
    pattern:
      'password authentication failed|incorrect (?:username or )?password|login failed|ORA-01017|invalid username|using password:|auth(?:entication)?[ _]?fail(?:ed|ure)|(?:failed|unable|could not) to authenticate|could not authenticate|Authentication(?:Exception|Error|Failed|Failure|FailedException)|no password supplied|(?:invalid|wrong|bad|incorrect) (?:user(?:name)?/?)?(?:password|credentials|login|api key|token|username or password)|WRONGPASS|NOAUTH|authentication (?:error|required|is required)|ClientAuthenticationError|invalid_credentials|credentials are (?:invalid|incorrect|wrong|expired)|received 401 http|(?:sign|log)[- ]?in (?:attempts? )?(?:has |have |was )?failed',
    example: 'FATAL:  password authentication failed for user "etl"',
  },
  {
    id: 'token.expired',
    category: 'auth_expired_or_invalid',
    pattern:
      '(?:token|credential|credentials|certificate|session|password|key|signature|secret|api key|license|login|grant|jwt|assertion)s?\\b.{0,50}(?:has|have|is|are|was|were)?.{0,12}\\b(?:expired|revoked)|expired.{0,20}(?:token|credential|certificate|session|key)|ExpiredToken\\w*|TokenExpired\\w*|invalid_grant|token_revoked|RefreshError',
    example: 'The security token included in the request is expired',
  },
  {
    id: 'token.invalid',
    category: 'auth_expired_or_invalid',
    pattern:
      'InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|InvalidAccessKeyId|InvalidSignature|token included in the request is invalid|(?:invalid|incorrect|bad|malformed|missing|wrong) (?:access |api |auth(?:entication)? |bearer |oauth |security |session |jwt )?(?:token|key|jwt|credentials|signature)\\b|invalid_(?:api_key|client|auth|token|session_id)|unauthorized_client|AADSTS\\d+|(?:token|api key|jwt)(?: token)? is (?:invalid|malformed|not valid)|api key not valid|not_authed|RequestTimeTooSkewed|AuthFailure|InvalidToken\\b|InvalidAccessToken|access key id you provided|API_KEY_INVALID|JWT (?:token )?is invalid',
    example: 'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: bad key',
  },
  {
    id: 'zookeeper.auth',
    category: 'auth_expired_or_invalid',
    pattern: 'KeeperErrorCode = (?:AuthFailed|NoAuth|SessionClosedRequireAuth)',
    example: 'KeeperErrorCode = AuthFailed for /hiveserver2',
  },
  {
    id: 'http.401',
    category: 'auth_expired_or_invalid',
    strength: 'names',
    pattern:
      '(?:^|\\W)(?:401\\b.{0,30}(?:unauthori[sz]ed|client error|error)|(?:status|code|http|error|response|failed)\\W{1,12}401\\b|\\(401\\))|\\bunauthori[sz]ed\\b|unauthenticated|not authenticated',
    example: '401 Client Error: Unauthorized for url: https://api.example/v1/me',
  },
  {
    id: 'cloud.no-credentials',
    category: 'auth_expired_or_invalid',
    pattern:
      'unable to (?:locate|load|find)(?: \\w+)? credentials|No(?:AWS)?Credentials\\w*|no (?:aws |valid |usable )?credentials|could not automatically determine credentials|default ?credentials(?:error)?|partial credentials|credentials? (?:were|was|is|are)? ?not (?:found|set|provided|available)|could not (?:load|find|get) (?:the )?(?:default )?credentials|CredentialUnavailable\\w*|failed to (?:retrieve a token|load credentials|refresh (?:token|credentials|cached))|anonymous caller|missing credentials|error (?:getting|loading) credentials|was not in the expected format, missing fields|invalid service account',
    example: 'botocore.exceptions.NoCredentialsError: Unable to locate credentials',
  },
  {
    id: 'tls.certificate',
    category: 'auth_expired_or_invalid',
    says: [
      'certificate_verify_failed',
      'certificate verify failed',
      'certificate has expired',
      'x509:',
      'pkix path',
      'sslhandshakeexception',
      'self signed certificate',
      'self-signed certificate',
      'unable to get local issuer',
      'certificate required',
      'bad certificate',
      'certificate is not trusted',
      'certpathvalidator',
      'sslcertverificationerror',
      'unknown ca',
      'certificate problem',
      'certificate signed by unknown',
      'tlsv1_alert',
      'tlsv1 alert',
      'sslv3_alert',
      'sslv3 alert',
      'certificate revoked',
      'certificate unknown',
    ],
    example: 'x509: certificate signed by unknown authority',
  },
  {
    id: 'kerberos',
    category: 'auth_expired_or_invalid',
    pattern:
      'GSS initiate failed|GSSException|(?:kerberos|krb5|kinit|keytab).{0,80}(?:fail|expired|error|not found|unable|cannot|could not|denied)|no valid credentials provided|SASL ?(?:authentication|negotiation)\\w* ?(?:fail|exception|error)|SaslAuthenticationException|ticket expired|client cannot authenticate via',
    example: 'javax.security.sasl.SaslException: GSS initiate failed',
  },
  {
    id: 'git.auth',
    category: 'auth_expired_or_invalid',
    says: [
      'could not read username',
      'could not read password',
      'permission denied (publickey',
      'host key verification failed',
      'could not read from remote repository',
      'support for password authentication was removed',
      'terminal prompts disabled',
      'invalid username or password',
      'no supported authentication methods',
      'authentication methods available',
      'badhostkey',
      'host key for server',
    ],
    example: "fatal: could not read Username for 'https://git.example': terminal prompts disabled",
  },
  {
    id: 'snowflake.auth',
    category: 'auth_expired_or_invalid',
    pattern:
      '250001 \\(08001\\)(?:: None)?: Failed to connect to DB.*(?:password|token|JWT|authenticat|locked|MFA|SAML|role)|39(?:0100|0101|0102|0104|0106|0110|0111|0112|0114|0144|0195|0302|0318|4300|4507)\\b|\\b25100[5-8]\\b|(?:password|passwd|user(?: ?name)?|login|token|api key|account) (?:is|was|are|must not be|cannot be|can.t be) (?:empty|blank|null|missing)|(?:empty|blank|no) (?:password|user ?name|token|api key) (?:was |is )?(?:given|supplied|provided|specified|set)?|(?:user|account)(?: account)? (?:is |has been |temporarily )?(?:locked|disabled|suspended)|multi-factor authentication (?:is )?required|MFA (?:authentication|with)',
    example: '250001 (08001): Failed to connect to DB: acme.example:443. JWT token is invalid.',
  },
  {
    id: 'snowflake.locked',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: 'user (?:account )?(?:has been |is |access )?(?:temporarily )?(?:locked|disabled)',
    example: 'Your user account has been temporarily locked due to too many failed attempts.',
  },
  {
    id: 'airflow.fernet',
    category: 'auth_expired_or_invalid',
    strength: 'suggests',
    pattern: 'fernet\\.InvalidToken|can.t decrypt `|fernet[ _]key (?:must|is|not|could)',
    ownerSide: 'platform',
    example: 'cryptography.fernet.InvalidToken',
  },
  {
    id: 'postgres.hba',
    category: 'auth_expired_or_invalid',
    pattern:
      'pg_hba\\.conf|(?:ident|peer) authentication failed|scram authentication|is not allowed to (?:connect|access)|authentication plugin .{0,40}(?:cannot|could not|not)|Incoming request with IP',
    ownerSide: 'platform',
    example: 'FATAL:  no pg_hba.conf entry for host "10.0.0.5", user "etl", database "dwh", no encryption',
  },

  // ------------------------------------------------------------------------------------------------ permission
  {
    id: 'cloud.not-authorised',
    category: 'permission_denied',
    pattern:
      '(?:is |are |you are )?not authori[sz]ed (?:to|on|for) |authori[sz]ation[ _]failed|access ?denied|Authorization(?:Error|Exception|Failure|PermissionMismatch|FailedException)|NOT_AUTHORIZED|PERMISSION_DENIED|PermissionDenied|AccessForbidden|insufficient[_ ]?(?:permission|privilege|scope|authentication scopes)|missing[_ ](?:scope|permission)|Unauthorized(?:Operation|Access)|AUTHORIZATION_FAILED|requires permission|not have sufficient',
    example: 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied',
  },
  {
    id: 'spark.condition-grant',
    category: 'permission_denied',
    strength: 'suggests',
    pattern:
      '\\[(?:PERMISSION_\\w+|INSUFFICIENT_(?:PERMISSION|PRIVILEGE)\\w*|UC_\\w*(?:DENIED|NOT_AUTHORI|PERMISSION)\\w*|\\w*ACCESS_(?:DENIED|NOT_ALLOWED)\\w*|\\w*NOT_AUTHORIZED\\w*)[.\\]]',
    example: '[INSUFFICIENT_PERMISSIONS] Insufficient privileges: the user lacks a grant',
  },
  {
    id: 'access.denied-user',
    category: 'auth_expired_or_invalid',
    pattern: "Access denied for user '[^']*'@'[^']*' \\(using password",
    example: "ERROR 1045 (28000): Access denied for user 'etl'@'10.0.0.5' (using password: YES)",
  },
  {
    id: 'database.denied',
    category: 'permission_denied',
    pattern:
      'permission denied (?:for|to)|command denied to user|must be (?:owner|superuser)|ORA-01031|SQL access control error|permission was denied|(?:does not|doesn.t) have (?:the )?(?:\\w+ )?privilege|not enough privileges|insufficient privileges|access denied: cannot|missing privilege|row-level security|not granted to|USE CATALOG|lacks? (?:the )?(?:required )?(?:privilege|permission)|read[- ]?only (?:replica|transaction|mode|standby|database|connection)|ReadOnlyError',
    example: 'ERROR:  permission denied for schema finance',
  },
  {
    id: 'iam.permission',
    category: 'permission_denied',
    pattern:
      '(?:does not|doesn.t|do not|don.t|did not) have (?:the )?(?:[\\w.:-]+ ){0,4}(?:access|permission|permissions|authority|authorization|rights|role|privileges)|(?:access|permission)s? (?:is |are )?(?:required|missing)|Access to .{0,60} (?:is )?(?:denied|forbidden)|operation not permitted|not permitted to|(?:you are|user is) not allowed to|(?:verify|check|ensure|make sure) that (?:it|you|the [\\w ]{1,40}) (?:has|have) (?:the )?(?:\\w+ )?permission|permission .{0,60} denied|denied on resource',
    example: 'loader@acme does not have storage.objects.get access to the Google Cloud Storage object.',
  },
  {
    id: 'gcp.api-disabled',
    category: 'permission_denied',
    pattern:
      'has not been used in project|accessNotConfigured|SERVICE_DISABLED|has not enabled \\w|access not configured|enable it by visiting',
    nextStep: 'Let the owner of the cloud project switch on the service that the line names.',
    example:
      'BigQuery API has not been used in project 4242 before or it is disabled. Enable it by visiting the console.',
  },
  {
    id: 'snowflake.network-policy',
    category: 'permission_denied',
    strength: 'settles',
    pattern: 'request with IP/?\\w* \\S+ is not allowed|insufficient Lake Formation permission',
    example: 'Incoming request with IP/Token 10.0.0.7 is not allowed to access Snowflake.',
  },
  {
    id: 'github.integration',
    category: 'permission_denied',
    pattern:
      'resource not accessible by (?:integration|personal access token)|permission to \\S+ denied to|refusing to allow',
    example: 'Error: Resource not accessible by integration',
  },
  {
    id: 'http.403',
    category: 'permission_denied',
    strength: 'suggests',
    pattern:
      '\\b403\\b.{0,30}(?:forbidden|client error|error|access)|(?:status|code|http|error|response)\\W{1,12}403\\b|\\bforbidden\\b|\\(403\\)',
    example: '403 Client Error: Forbidden for url: https://api.example/v1/x',
  },
  {
    id: 'kubernetes.rbac',
    category: 'permission_denied',
    says: [
      'is forbidden: user',
      'cannot create resource',
      'cannot get resource',
      'cannot list resource',
      'cannot watch resource',
      'cannot patch resource',
      'cannot delete resource',
    ],
    example: 'pods is forbidden: User "system:serviceaccount:etl:runner" cannot list resource "pods" in API group ""',
  },
  {
    id: 'hadoop.mkdirs',
    category: 'permission_denied',
    pattern: 'Mkdirs failed to create',
    ownerSide: 'platform',
    nextStep: 'Let the user that the workers run as write to the folder that the line names, on every worker.',
    example: 'java.io.IOException: Mkdirs failed to create file:/srv/out/_temporary/0 (exists=false, cwd=file:/srv)',
  },
  {
    id: 'os.not-writable',
    category: 'permission_denied',
    strength: 'suggests',
    pattern:
      '\\b(?:is not|isn.t|not) writ(?:e?able)\\b|cannot write to (?:the )?(?:directory|folder|path)|no write (?:access|permission)',
    example: '\'lib = "/usr/lib/R/library"\' is not writable',
  },
  {
    id: 'os.permission',
    category: 'permission_denied',
    strength: 'suggests',
    says: [
      'permission denied',
      'permissionerror',
      'eacces',
      'eperm',
      'accessdeniedexception',
      'accesscontrolexception',
      'read-only file system',
      'readonly database',
      'read-only filesystem',
      'unauthorizedaccess',
      'docker daemon socket',
    ],
    ownerSide: 'platform',
    example: "PermissionError: [Errno 13] Permission denied: '/srv/out/orders.csv'",
  },
  {
    id: 'hadoop.permission',
    category: 'permission_denied',
    pattern: 'AccessControlException: Permission denied',
    example:
      'org.apache.hadoop.security.AccessControlException: Permission denied: user=etl, access=WRITE, inode="/user":hdfs:supergroup:drwxr-xr-x',
  },

  // ------------------------------------------------------------------------------------------------ packages and imports
  {
    id: 'python.module',
    category: 'missing_dependency_or_import',
    pattern: 'No module named|ModuleNotFoundError',
    example: "ModuleNotFoundError: No module named 'acme_tools'",
  },
  {
    id: 'python.import',
    category: 'missing_dependency_or_import',
    pattern: 'cannot import name|(?:^|[\\s.])ImportError\\b',
    retryable: 'no',
    example: "ImportError: cannot import name 'load_orders' from 'acme.load'",
  },
  {
    id: 'python.circular',
    category: 'missing_dependency_or_import',
    says: ['partially initialized module'],
    retryable: 'no',
    example:
      "AttributeError: partially initialized module 'acme' has no attribute 'load' (most likely due to a circular import)",
  },
  {
    id: 'pip.resolve',
    category: 'missing_dependency_or_import',
    says: [
      'no matching distribution found',
      'could not find a version that satisfies',
      'resolutionimpossible',
      'distributionnotfound',
      'packagesnotfound',
      'conflicting dependencies',
      'could not build wheels',
      'failed building wheel',
      'failed to build installable wheels',
      'subprocess-exited-with-error',
      'unsatisfiableerror',
      'no solution found when resolving',
      'metadata-generation-failed',
      'pip subprocess to install',
      'getting requirements to build wheel did not run',
      'unable to resolve dependency',
      'versionconflict',
      'contextualversionconflict',
      'packagenotfounderror',
      'solverproblemerror',
      'requires-python',
      'requires a different python',
      "pip's dependency resolver does not",
      'visual c++ 14',
      'setup.py egg_info failed',
      'egg_info did not run successfully',
    ],
    strength: 'names',
    example: 'ERROR: No matching distribution found for acme-tools==9.9',
  },
  {
    id: 'pip.note',
    category: 'missing_dependency_or_import',
    strength: 'broad',
    says: ['is likely not a problem with pip'],
    example: 'note: This error originates from a subprocess, and is likely not a problem with pip.',
  },
  {
    id: 'python.optional',
    category: 'missing_dependency_or_import',
    pattern:
      "missing optional dependency|can't load plugin|NoSuchModuleError|(?:please|try|you need to|you must|first|by running:?|run:?|using|via) [`'\"]?(?:(?:install|pip3? install|conda install|uv add|install\\.packages)\\b)|(?:is|are) not installed|(?:must|needs to|has to) be installed|undefined symbol|DLL load failed|cannot open shared object|numpy\\.dtype size changed|could not find adapter type|(?:could not|unable to|failed to|error) import(?:ing)? (?:the )?(?:[`'\"]?\\w+[`'\"]? )?(?:module|package|plugin|python)?|unable to find a usable engine|could not find conda environment|[\\w-]+[\x27\x22`]? (?:package|library|module) is required|executable doesn.t exist|playwright install|failed to (?:download|install|load) extension|this version of .{1,60} is not supported|externally-managed-environment|(?:lock ?file|\\.lock\\b).{0,60}(?:was last generated|out of date|outdated|out of sync|not up to date)|supported Python range|requires? Python \\W?\\d",
    example: "ImportError: Missing optional dependency 'openpyxl'. Use pip or conda to install openpyxl.",
  },
  {
    id: 'databricks.library',
    category: 'missing_dependency_or_import',
    pattern:
      'library installation (?:failed|attempted)|DRIVER_LIBRARY_INSTALLATION_FAILURE|failed to install (?:the )?librar',
    example: 'Library installation failed for library due to user error for pypi: package: "acme"',
  },
  {
    id: 'java.class',
    category: 'missing_dependency_or_import',
    says: [
      'classnotfoundexception',
      'noclassdeffounderror',
      'nosuchmethoderror',
      'nosuchfielderror',
      'could not find or load main class',
      'unsupportedclassversionerror',
      'abstractmethoderror',
      'incompatibleclasschangeerror',
      'unsatisfiedlinkerror',
      'failed to load class',
      'class not found',
      'cannot find catalog plugin class',
      'no filesystem for scheme',
    ],
    example: 'java.lang.ClassNotFoundException: com.acme.Load',
  },
  {
    id: 'spark.condition-class',
    category: 'missing_dependency_or_import',
    strength: 'suggests',
    pattern:
      '\\[(?:DATA_SOURCE_NOT_(?:FOUND|EXIST)|\\w*(?:CLASS|ENCODER|JAR|PLUGIN|MODULE|PACKAGE)_NOT_(?:FOUND|EXIST|OVERRIDE)\\w*|CANNOT_LOAD_\\w+|FAILED_TO_LOAD_(?:CLASS|ROUTINE)\\w*|CATALOG_PLUGIN\\w*|PLUGIN_\\w+|MULTIPLE_(?:XML_)?DATA_SOURCE|INCOMPATIBLE_DATASOURCE\\w*)[.\\]]',
    example: '[FAILED_TO_LOAD_ROUTINE] Failed to load routine `acme`.`clean`.',
  },
  {
    id: 'java.service-loader',
    category: 'missing_dependency_or_import',
    strength: 'broad',
    pattern:
      'ServiceConfigurationError|could not be instantiated|could not instantiate class|cannot find constructor for',
    example: 'java.util.ServiceConfigurationError: acme.fs.Files: Provider acme.fs.Lake could not be instantiated',
  },
  {
    id: 'java.driver',
    category: 'missing_dependency_or_import',
    pattern:
      "no suitable driver|failed to find (?:the )?data source|can't open lib|data source name not found|(?:unable to find|failed to load|could not (?:find|load)).{0,30}driver|driver (?:class )?(?:was )?not found|DATA_SOURCE_NOT_FOUND|JDBC driver .{0,40}not",
    example: 'java.sql.SQLException: No suitable driver',
  },
  {
    id: 'spark.ivy',
    category: 'missing_dependency_or_import',
    says: [
      'unresolved dependency',
      'unresolved dependencies',
      'could not resolve dependencies',
      'artifact not found',
      'could not find artifact',
      'download failed:',
      'resolve dependencies',
    ],
    example: 'unresolved dependency: com.acme#connector;1.0: not found',
  },
  {
    id: 'posit.package',
    category: 'missing_dependency_or_import',
    pattern:
      'unable to (?:retrieve package records|determine the (?:source )?location) for|depends on package .{1,80} but it is not installed|not available in repository or locally|failed to retrieve package|packages? .{1,120}(?:could not be|were not|was not|not) (?:found|installed|retrieved) (?:in|from|on)|could not determine a repository URL',
    example: '* Application depends on package "acmeplots" but it is not installed.',
  },
  {
    id: 'apt.package',
    category: 'missing_dependency_or_import',
    pattern:
      '^\\s*E: (?:unable to (?:locate|correct)|package .{1,120}(?:has no installation candidate|is not available)|version .{1,120} (?:for .{1,120} )?was not found|failed to fetch .{1,400} 40[34] |the repository .{1,200} (?:does not have|no longer has|is not signed)|couldn.t find any package)',
    example: 'E: Unable to locate package libacme-dev',
  },
  {
    id: 'r.package',
    category: 'missing_dependency_or_import',
    pattern:
      'there is no package called|package or namespace load failed|package .{0,40}is not available for|dependenc(?:y|ies) .{1,120}(?:is|are) not available for package|package \\S+ does not exist|had non-zero exit status|(?:configuration|compilation) failed for package|unable to load shared object|lazy loading failed|failed to install (?:\\w+ )?[\'"‘“`]?[\\w.-]+|is not an exported object|namespace .{0,60}is (?:already|being) loaded|object .{0,40}is not exported by',
    example: 'Error in library(acme) : there is no package called ‘acme’',
  },
  {
    id: 'flink.factory',
    category: 'missing_dependency_or_import',
    pattern:
      'could not find any factory for identifier|unable to find a (?:table|sink|source) factory|failed to find any class that implements',
    example: "Could not find any factory for identifier 'acme' that implements 'DynamicTableFactory' in the classpath.",
  },
  {
    id: 'npm.code',
    category: 'missing_dependency_or_import',
    pattern:
      '(?:npm|pnpm|yarn) (?:ERR!|error).{0,20} code (?:ERESOLVE|ETARGET|E404|ENOVERSIONS|EBADENGINE|ENOTSUP|EUSAGE|EINTEGRITY|ELSPROBLEMS|EBADPLATFORM)|unable to resolve dependency tree|conflicting peer dependency|is not in (?:this|the npm) registry|couldn.t find (?:any versions for|package) \\W|ERR_PNPM_(?:NO_MATCHING|FETCH_404|OUTDATED_LOCKFILE|PEER)\\w*|lockfile needs to be updated|can only install (?:packages )?(?:when|with) your package\\.json',
    example: 'npm ERR! code ERESOLVE',
  },
  {
    id: 'node.toolchain',
    category: 'missing_dependency_or_import',
    pattern:
      'digital envelope routines::unsupported|gyp ERR!|only supports (?:chrome|firefox|node|python|java) version|server version mismatch|SessionNotCreatedException|unsupported engine|requires (?:node|python|java) (?:version )?[<>=^~]*\\d',
    example: 'gyp ERR! find Python Python is not set from command line or npm configuration',
  },
  {
    id: 'node.module',
    category: 'missing_dependency_or_import',
    says: [
      'cannot find module',
      'cannot find package',
      'err_module_not_found',
      'module not found',
      'module_not_found',
      'does not provide an export named',
    ],
    example: "Error: Cannot find module 'acme'",
  },
  {
    id: 'dbt.package',
    category: 'missing_dependency_or_import',
    says: [
      'is undefined. this can happen when calling a macro',
      'run "dbt deps"',
      'install package dependencies with "dbt deps"',
      'could not find package',
      'run dbt deps',
      'is the package installed?',
      'packages need to be installed',
      'package lookup',
      'dbt deps',
    ],
    example: "  'acme_utils' is undefined. This can happen when calling a macro that does not exist.",
  },
  {
    id: 'streamlit.module',
    category: 'missing_dependency_or_import',
    strength: 'suggests',
    says: ['modulenotfounderror: this app has encountered an error'],
    example: 'ModuleNotFoundError: This app has encountered an error. The original error message is redacted',
  },
  {
    id: 'perl.module',
    category: 'missing_dependency_or_import',
    pattern: "Can't locate \\S+\\.pm in @INC",
    example: "Can't locate Acme/Load.pm in @INC",
  },
  {
    id: 'go.package',
    category: 'missing_dependency_or_import',
    says: ['cannot find package', 'no required module provides'],
    example: 'no required module provides package example/x',
  },

  // ------------------------------------------------------------------------------------------------ syntax
  {
    id: 'python.syntax',
    category: 'syntax_or_parse_error',
    pattern: '(?:^|[\\s.(])(?:SyntaxError|IndentationError|TabError)\\b',
    example: 'SyntaxError: invalid syntax',
  },
  {
    id: 'sql.syntax',
    category: 'syntax_or_parse_error',
    pattern:
      '\\bsyntax error\\b|improper (?:relation|qualified|type) name|error in your sql syntax|incorrect syntax near|PARSE_SYNTAX_ERROR|ParseException|mismatched input|extraneous input|no viable alternative|sql command not properly ended|missing (?:right|left) parenthesis|missing (?:keyword|expression)|ORA-00(?:900|911|923|933|936|907)|invalid sql statement|pars(?:ing|er|e) error|failed to parse (?:sql|query|statement|yaml|json|template|expression|the file)|unterminated (?:string|quoted|dollar|comment)|unexpected end of (?:file|input|statement|script|template)|unclosed (?:string|quot|comment|tag|block)',
    example: 'ERROR:  syntax error at or near "form"',
  },
  {
    id: 'spark.condition-syntax',
    category: 'syntax_or_parse_error',
    strength: 'suggests',
    pattern:
      '\\[(?:PARSE_\\w+|\\w*_?SYNTAX\\w*|UNCLOSED_\\w+|AMBIGUOUS_\\w+|MISSING_(?:AGGREGATION|GROUP_BY|CLAUSES\\w*)|(?:GROUP_BY|GROUPING|NESTED_AGGREGATE)_\\w+|INVALID_(?:IDENTIFIER|STATEMENT|LATERAL|SQL)\\w*|DUPLICATE_CLAUSES)[.\\]]',
    example: '[UNCLOSED_BRACKETED_COMMENT] Found an unclosed bracketed comment.',
  },
  {
    id: 'snowflake.syntax',
    category: 'syntax_or_parse_error',
    pattern:
      'syntax error line \\d+ at position|syntax error: .{0,10}unexpected|unexpected (\'|")[^\'"]{1,40}(\'|")\\.?$',
    example: "syntax error line 3 at position 7 unexpected 'FORM'.",
  },
  {
    id: 'jinja.syntax',
    category: 'syntax_or_parse_error',
    says: [
      'templatesyntaxerror',
      'expected token',
      'unknown tag',
      "unexpected '}'",
      'unexpected char',
      'templateassertionerror',
      'unexpected end of template',
      'no filter named',
      'end of print statement',
    ],
    example: "jinja2.exceptions.TemplateSyntaxError: expected token 'end of print statement', got 'orders'",
  },
  {
    id: 'yaml.syntax',
    category: 'syntax_or_parse_error',
    pattern:
      'yaml\\.(?:scanner|parser|composer|constructor|reader)\\.\\w+Error|(?:^|[\\s.])(?:ScannerError|ComposerError|ConstructorError)\\b|mapping values are not allowed|(?:did|could) not find expected|error (?:parsing|converting|reading) yaml|invalid yaml|YAMLException|TOMLDecodeError|Toml\\w*Error',
    example: 'yaml.scanner.ScannerError: mapping values are not allowed here',
  },
  {
    id: 'json.syntax',
    category: 'syntax_or_parse_error',
    strength: 'suggests',
    pattern:
      'JSONDecodeError|JsonParseException|JsonSyntaxException|MismatchedInputException|unexpected token|expecting value: line|(?:invalid|malformed|error parsing) json|expecting property name|extra data: line|unterminated string|unexpected end of json|lexical error|invalid character .{1,12} (?:looking|after|in)',
    example: 'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
  },
  {
    id: 'xml.syntax',
    category: 'syntax_or_parse_error',
    strength: 'suggests',
    says: ['xmlsyntaxerror', 'saxparseexception', 'not well-formed', 'expaterror', 'premature end of file'],
    example: 'xml.parsers.expat.ExpatError: not well-formed (invalid token): line 1, column 4',
  },
  {
    id: 'r.syntax',
    category: 'syntax_or_parse_error',
    pattern: "unexpected (?:symbol|string constant|numeric constant|input|end of input|assignment|else|'[^']{1,4}')",
    example: 'Error in source("load.R") : load.R:12:3: unexpected symbol',
  },
  {
    id: 'shell.syntax',
    category: 'syntax_or_parse_error',
    says: [
      'syntax error near unexpected token',
      'unexpected end of file',
      'unexpected eof while looking',
      'bad substitution',
      'unexpected operator',
    ],
    example: "load.sh: line 4: syntax error near unexpected token `fi'",
  },
  {
    id: 'scala.syntax',
    category: 'syntax_or_parse_error',
    says: [
      'error: illegal start',
      "error: ';' expected",
      'compilation failed',
      'error: not found: value',
      'cannot find symbol',
      'error: type mismatch',
    ],
    example: "Load.java:4: error: ';' expected",
  },
  {
    id: 'dbt.compile',
    category: 'syntax_or_parse_error',
    strength: 'broad',
    pattern: '(?:^|\\s)(?:Compilation|Parsing) Error\\b',
    example: 'Compilation Error in model dim_orders (models/dim_orders.sql)',
  },
  {
    id: 'sql.compile',
    category: 'syntax_or_parse_error',
    strength: 'broad',
    says: ['sql compilation error'],
    example: '001003 (42000): SQL compilation error:',
  },
  {
    id: 'sql.group',
    category: 'syntax_or_parse_error',
    strength: 'suggests',
    pattern:
      'must appear in the group by|not a valid group by|neither grouped nor aggregated|is not contained in either an aggregate|MISSING_(?:AGGREGATION|GROUP_BY)|column .{0,80}ambiguous|ambiguous column|reference .{0,80}ambiguous|AMBIGUOUS_REFERENCE|ORA-00979|ORA-00937|aggregate functions? (?:calls? cannot|are not allowed)|window function.{0,40}not allowed|specified more than once|expression not in group by|only_full_group_by',
    example: 'column "o.id" must appear in the GROUP BY clause or be used in an aggregate function',
  },
  {
    id: 'sql.shape',
    category: 'syntax_or_parse_error',
    pattern:
      'isn.t in GROUP BY|must have an alias|every derived table|encountered "[^"]{1,60}" at line|was expecting one of|must declare the (?:scalar|table) variable|cannot recognize input near|rejoin error|window functions? (?:is|are) not allowed|aggregat\\w+ .{0,40}not (?:be )?(?:allowed|nested|valid)|cannot run inside a transaction block|more than one statement|incomplete (?:input|statement)',
    example: 'subquery in FROM must have an alias',
  },
  {
    id: 'sql.signature',
    category: 'type_or_cast_error',
    pattern:
      'no matching signature for|no (?:function|operator) matches the given|operator does not exist|unexpected parameters? \\(.{0,200}\\) for function|clause requires return type|argument types?\\b.{0,80}(?:invalid|do not match|not supported)|invalid argument types? for function|DATATYPE_MISMATCH|due to data type mismatch|invalid data type of|cannot apply operator|(?:operand|operator) type clash|is incompatible with \\w+ in the|improper argument',
    example: 'No matching signature for operator = for argument types: INT64, STRING.',
  },
  {
    id: 'sql.function',
    category: 'code_bug_exception',
    pattern:
      'unknown (?:user-defined )?(?:table )?function\\b|function \\S{1,120} (?:does not exist|not (?:found|registered))|function not found|UNRESOLVED_ROUTINE|FUNCTION_NOT_FOUND|not a (?:recognized|known) (?:built-in )?function|undefined function|UndefinedFunction|Invalid function',
    example: 'SQL compilation error: Unknown function DATE_ADD_DAYS.',
  },
  {
    id: 'sql.subquery',
    category: 'code_bug_exception',
    pattern:
      '(?:sub-?query|sub-select).{0,60}(?:more than one|multiple|too many) (?:rows?|elements?|values?)|more than (?:one|1) row.{0,40}sub-?query|returned? multiple rows',
    example: 'more than one row returned by a subquery used as an expression',
  },
  {
    id: 'postgres.aborted',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern: 'current transaction is aborted|InFailedSqlTransaction|commands ignored until end of transaction',
    example: 'current transaction is aborted, commands ignored until end of transaction block',
  },
  {
    id: 'sql.unsupported',
    category: 'code_bug_exception',
    strength: 'suggests',
    pattern:
      'unsupported (?:feature|subquery|statement|operation|query|expression)\\b|FeatureNotSupported|UNSUPPORTED_(?:FEATURE|OPERATION)|NOT_SUPPORTED|not yet (?:supported|implemented)|nested query error|invalid in (?:this|the) context|cross-database references|Compiler failed|can(?:not| only) be used (?:in|on|with)|not allowed (?:in|here|inside|as)',
    example: 'SQL compilation error: Unsupported subquery type cannot be evaluated',
  },
  {
    id: 'feature.unsupported',
    category: 'code_bug_exception',
    strength: 'generic',
    pattern: '\\b(?:is|are)(?: currently)?(?: not|n.t) (?:currently )?supported|does(?: not|n.t) support',
    example: 'Correlated scalar subqueries are not supported',
  },
  {
    id: 'sql.too-large',
    category: 'quota_or_rate_limit',
    strength: 'suggests',
    retryable: 'no',
    pattern:
      '(?:query|statement|request|sql|expression) (?:is )?(?:too (?:large|long|complex)|length .{0,60}exceed)|maximum (?:standard )?(?:SQL )?query length|QUERY_TEXT_TOO_LARGE|too many (?:expressions|partitions|stages|subqueries|joins|slots|tables|statements)|EXCEEDED_(?:CPU|SCAN|OUTPUT|FUNCTION)\\w+|exceeds? the (?:maximum|limit)',
    nextStep: 'Make the statement smaller, or split it: it is over a limit of the engine.',
    example: 'The query is too large. The maximum standard SQL query length is 1024.00K characters.',
  },
  // What the SQL standard's five characters say holds in every product and every language.
  ...sqlstate('syntax', 'syntax_or_parse_error', '42(?:000|601|803|804|702|703P)'),
  ...sqlstate('table', 'missing_table_or_column', '42(?:S02|S22|P01|703)|3D000|3F000'),
  ...sqlstate('function', 'code_bug_exception', '42883|0A000|S00(?:19|22)'),
  ...sqlstate('exists', 'constraint_violation_or_duplicate', '42(?:P07|710|701|S01)|23(?:000|502|503|505|514)'),
  ...sqlstate('grant', 'permission_denied', '42501'),
  ...sqlstate('data', 'type_or_cast_error', '22(?:000|001|003|007|008|012|018|P02|P05|021)'),
  ...sqlstate('sign-in', 'auth_expired_or_invalid', '28(?:000|P01)'),
  ...sqlstate('link', 'network', '08(?:000|001|003|004|006|007|S01)|57P0[1-3]'),
  ...sqlstate('lock', 'deadlock_or_lock_timeout', '40(?:001|P01)|55P03'),
  ...sqlstate('cancelled', 'timeout', '57014|HYT0[01]'),
  ...sqlstate('room', 'disk_full', '53100'),
  ...sqlstate('memory', 'out_of_memory', '53200'),
  ...sqlstate('connections', 'quota_or_rate_limit', '53300'),
  ...mysql('sign-in', 'auth_expired_or_invalid', '1045|1130|1251|1275|1698|1820|1862|2054|2059|2061|3118|3159|3955'),
  ...mysql('grant', 'permission_denied', '1044|1142|1143|1148|1227|1290|1370|1410|3879|3948'),
  ...mysql('setting', 'config_error_missing_variable', '1049|1193|1231|1364|1419|1786'),
  ...mysql('table', 'missing_table_or_column', '1051|1054|1072|1091|1109|1146|1176|1305|1356|1932'),
  ...mysql(
    'exists',
    'constraint_violation_or_duplicate',
    '1007|1022|1048|1050|1060|1061|1062|1068|1169|1216|1217|1304|1451|1452|1557|1586|3819|4025',
  ),
  ...mysql('data', 'type_or_cast_error', '1264|1265|1292|1300|1366|1367|1406|1411|1426|1525|1690|3140|3988'),
  ...mysql('shape', 'schema_mismatch', '1058|1136|1222|1261|1262'),
  ...mysql('syntax', 'syntax_or_parse_error', '1052|1055|1056|1064|1065|1066|1111|1140|1149|1248'),
  ...mysql('lock', 'deadlock_or_lock_timeout', '1099|1100|1205|1206|1213|3572'),
  ...mysql('limit', 'quota_or_rate_limit', '1040|1153|1203|1226|1390|1461'),
  ...mysql('memory', 'out_of_memory', '1037|1038|1041|3170'),
  ...mysql('room', 'disk_full', '1021|1114'),
  ...mysql('time', 'timeout', '1159|1161|1907|1969|3024'),
  ...mysql('link', 'network', '1152|1158|1160|1184|2002|2003|2006|2012|2013|2055'),
  ...oracle('sign-in', 'auth_expired_or_invalid', '01005|01017|28000|28001|28002|28007|28040|28759|28860|29024'),
  ...oracle('grant', 'permission_denied', '01031|01720|01749|01950|13516'),
  ...oracle('address', 'config_error_missing_variable', '12154|12162|12504|12505|12533|12557|12705|01465'),
  ...oracle('away', 'service_unavailable_5xx', '01033|01034|01089|01090|01109|12514|12518|12526|12527|12528|27101'),
  ...oracle('link', 'network', '12541|12537|12543|12547|12560|12564|12570|12571|03113|03114|03135|02396'),
  ...oracle('table', 'missing_table_or_column', '00942|00904|01418|01432|02289|02443|04043|04063|04080'),
  ...oracle(
    'exists',
    'constraint_violation_or_duplicate',
    '00001|00955|00957|01400|01407|01408|01430|01442|02260|02261|02264|02270|02275|02290|02291|02292|02449|30926',
  ),
  ...oracle(
    'data',
    'type_or_cast_error',
    '01722|00932|01401|01426|01438|01461|01483|01489|01481|01830|01839|01840|01841|01843|01847|01858|01861|01862|06502|12899|22835|26041',
  ),
  ...oracle(
    'syntax',
    'syntax_or_parse_error',
    '00900|00903|00905|00906|00907|00908|00911|00917|00918|00920|00921|00922|00923|00928|00933|00934|00936|00937|00979|06550',
  ),
  ...oracle('code', 'code_bug_exception', '01422|01476|06502|06508|06512|06531|06550|00979|00937'),
  {
    id: 'oracle.declared',
    category: 'missing_table_or_column',
    strength: 'suggests',
    pattern: 'PLS-00201|identifier .{1,120} must be declared',
    example: "PLS-00201: identifier 'ACME' must be declared",
  },
  ...oracle('lock', 'deadlock_or_lock_timeout', '00060|00054|04020|04021|08177|14411|30006'),
  ...oracle('memory', 'out_of_memory', '04030|04031|04036'),
  ...oracle('room', 'disk_full', '01652|01536|01628|01653|01654|01658|01659|01688|01691|01692|30032|30036|19502|19809'),
  ...oracle('limit', 'quota_or_rate_limit', '00018|00020|01000|02391|02392|02393|12516|12519|12520'),
  ...oracle('time', 'timeout', '01013|01555|02049|12170|12606|12608|12609'),

  // ------------------------------------------------------------------------------------------------ schemas differ
  {
    id: 'delta.schema',
    category: 'schema_mismatch',
    pattern:
      'schema mismatch|schemas? (?:do(?:es)?(?: no|n.)t match|(?:is )?incompatib|changed|has changed|differ)|match(?:es)? (?:the )?(?:table|target) schema|incompatible (?:data|table )?(?:schema|for the table)|failed to merge (?:fields|incompatible)|DELTA_(?:FAILED_TO_MERGE|METADATA_MISMATCH|SCHEMA)|INCOMPATIBLE_(?:DATA|SCHEMA|COLUMN)|cannot write incompatible|SCHEMA_MISMATCH|schema (?:being registered|evolution).{0,60}(?:incompat|not)|different schemas?',
    example: 'AnalysisException: A schema mismatch detected when writing to the Delta table',
  },
  {
    id: 'spark.condition-schema',
    category: 'schema_mismatch',
    strength: 'suggests',
    pattern:
      '\\[(?:DELTA_)?(?:INCOMPATIBLE_\\w+|\\w*ARITY_MISMATCH|NUM_COLUMNS_MISMATCH|CANNOT_MERGE_\\w+|\\w*SCHEMA_?\\w*(?:MISMATCH|CHANGE|INCOMPATIB|NOT_SAME|NOT_COMPATIB|DIFFER)\\w*|(?:MERGE|UPDATE)_\\w*SCHEMA\\w*|PARQUET_\\w*|FAILED_READ_FILE\\.(?:PARQUET_COLUMN|SCHEMA)\\w*|UNION_\\w+|TABLE_SCHEMA\\w*|METADATA_MISMATCH|COLUMN_ARITY\\w*)[.\\]]',
    example: '[DELTA_SCHEMA_CHANGED_WITH_VERSION] Detected schema change in version 7',
  },
  {
    id: 'sql.column-count',
    category: 'schema_mismatch',
    pattern:
      'column number of the existing table|number of columns.{0,80}(?:not match|does(?:n.t| not)|mismatch|must|differ|expected)|column count.{0,40}(?:not match|does(?:n.t| not)|mismatch|differ)|more (?:expressions|target columns) than|insert value list does not match|(?:same|different|unmatched) number of columns|extra (?:data after last expected )?column|missing data for column|expected \\d+ (?:fields|columns).{0,30}(?:saw|found|got|but)|(?:^|[^.] |: )too many (?:columns|fields)|INSERT_COLUMN_ARITY_MISMATCH|wrong column count|does not match number of|length mismatch: expected axis|columns passed, passed data had|ORA-00913|ORA-00947|delimiter not found|expected number of columns: \\d+ found|number of fields does not match|different widths|schema at index \\d+ was different|no common (?:\\w+ )?columns?',
    example: 'ERROR:  INSERT has more expressions than target columns',
  },
  {
    id: 'sql.insert-types',
    category: 'schema_mismatch',
    pattern:
      'number of supplied values|cannot be inserted into column|incompatible Parquet schema|mismatched column types|has mismatched (?:column|types)|extra column\\(s\\)|column .{0,80} in (?:the )?(?:source|file|view) .{0,80} but (?:not )?in|UNION .{0,40}(?:mismatch|same number)|cannot find .{0,60} of schema|DELTA_(?:INSERT|MISSING)_COLUMN\\w*',
    example: 'Column name or number of supplied values does not match table definition.',
  },
  {
    id: 'datafactory.columns',
    category: 'schema_mismatch',
    pattern:
      'DelimitedText(?:More|Less|Column)\\w*|SqlBulkCopyInvalidColumn\\w*|UserErrorInvalidColumn\\w*|InvalidColumnMapping\\w*|column mapping .{0,80}(?:invalid|not found)',
    example: 'ErrorCode=DelimitedTextMoreColumnsThanDefined: found more columns than expected',
  },
  {
    id: 'data.columns',
    category: 'schema_mismatch',
    strength: 'suggests',
    pattern:
      '(?:missing|unexpected|required) columns?\\b.{0,60}(?:\\[|\\{|:|in|are|from)|columns? (?:are |is )?missing',
    example: "ValueError: Missing columns in the delivery: ['qty']",
  },
  {
    id: 'parquet.types',
    category: 'schema_mismatch',
    pattern:
      'parquet column cannot be converted|SchemaColumnConvertNotSupported|AvroTypeException|IncompatibleSchemaException|CANNOT_MERGE_SCHEMAS|is incompatible with type|invalid schema update|provided schema does not match|HIVE_(?:BAD_DATA|PARTITION_SCHEMA_MISMATCH)|has changed type|schemas? on this incremental model are out of sync|contract that failed|no such field|usecols do not match|union (?:types|can only be performed)|INCOMPATIBLE_COLUMN_TYPE|NUM_COLUMNS_MISMATCH|is of type .{1,60} (?:but|and) (?:expression|should|must|expected|is)\\b|should be of type .{1,60}(?:but|to store)',
    example:
      'Parquet column cannot be converted in file part-0.parquet. Column: [qty], Expected: bigint, Found: BINARY',
  },

  // ------------------------------------------------------------------------------------------------ tables and columns
  {
    id: 'sql.relation',
    category: 'missing_table_or_column',
    pattern:
      '(?:relation|column|schema|view|table|materialized view|type|sequence|index|role)(?: reference)? "?[^"\\s]+"?(?: of relation "[^"]+")? does not exist|column \\S+ does not exist|Undefined(?:Table|Column|Object)|InvalidSchemaName|missing FROM-clause entry',
    example: 'ERROR:  relation "stg_orders" does not exist',
  },
  {
    id: 'sql.no-such-table',
    category: 'missing_table_or_column',
    pattern:
      "no such (?:table|column|view|index)|has no column named|NoSuch(?:Table|Column|Namespace|Database)\\w*|unknown (?:column|table|identifier|expression identifier|field|dataset)|(?:table|column|view|schema|database|collection|stream) [\\x27\\x60\\x22\\w][^ ]{1,160} doesn.t exist|UNKNOWN_(?:TABLE|IDENTIFIER|DATABASE)|missing columns: '|there is no (?:column|table) |invalid (?:column|object|table) name|invalid column|(?:column|table|view|dataset|schema) not found|(?:table|column|view|database|schema|dataset|keyspace|topic)s? ['\"`]?[\\w.$-]+['\"`]? (?:was |is |were |could )?not (?:be )?found|index_not_found|unknown database|EntityNotFoundException",
    example: 'sqlite3.OperationalError: no such table: orders',
  },
  {
    id: 'snowflake.object',
    category: 'missing_table_or_column',
    says: [
      'does not exist or not authorized',
      'invalid identifier',
      'does not exist or operation cannot be performed',
      'ora-00942',
      'ora-00904',
      'ora-04043',
      'does not exist, or operation cannot',
      'not found or not authorized',
    ],
    example: "Object 'DWH.STAGE.ORDERS' does not exist or not authorized.",
  },
  {
    id: 'spark.relation',
    category: 'missing_table_or_column',
    pattern:
      'TABLE_OR_VIEW_NOT_FOUND|table (?:or view )?not found|UNRESOLVED_(?:COLUMN|FIELD|ROUTINE|MAP_KEY)|cannot resolve (?:column |field |attribute |[`"(\\x27])|\\b(?:SCHEMA|FIELD|COLUMN|TABLE|CATALOG|DATABASE)_NOT_FOUND|NoSuch(?:Table|Namespace|Object)Exception|(?:column|table|view|schema|catalog|function)\\b.{0,120} cannot be resolved|no such struct field|is not a delta table|DELTA_(?:TABLE_NOT_FOUND|MISSING_DELTA_TABLE|PATH_DOES_NOT_EXIST)|\\bMISSING_COLUMN\\b|SemanticException .{0,40}(?:not found|invalid table|invalid column)',
    example: '[TABLE_OR_VIEW_NOT_FOUND] The table or view `dwh`.`orders` cannot be found.',
  },
  {
    id: 'spark.condition-missing',
    category: 'missing_table_or_column',
    strength: 'suggests',
    pattern:
      '\\[(?:DELTA_|UC_)?(?:\\w*(?:TABLE|VIEW|COLUMNS?|FIELD|SCHEMA|CATALOG|NAMESPACE|DATABASE|VOLUME|INDEX|RELATION|VARIABLE|STREAM)_(?:OR_VIEW_)?(?:NOT_(?:FOUND|EXIST\\w*|DEFINED\\w*)|DOES_NOT_EXIST)|NO_SUCH_\\w+|UNRESOLVED_(?:COLUMN|FIELD|TABLE|VARIABLE|USING)\\w*|UNKNOWN_(?:TABLE|COLUMN|FIELD)\\w*)[.\\]]',
    example: '[COLUMN_NOT_DEFINED_IN_TABLE] "DATE" column `day` is not defined in table `orders`',
  },
  {
    id: 'load.errors',
    category: 'schema_mismatch',
    strength: 'suggests',
    pattern: 'too many errors,? giving up|stl_load_errors|load into table .{1,120} failed|error while reading data',
    example: "Load into table 'orders' failed.  Check 'stl_load_errors' system table for details.",
  },
  {
    id: 'bigquery.reason-limit',
    category: 'quota_or_rate_limit',
    strength: 'broad',
    pattern:
      'reason[\x27\x22]?: [\x27\x22]?(?:quotaExceeded|rateLimitExceeded|billingNotEnabled|billingTierLimitExceeded|responseTooLarge|jobRateLimitExceeded)',
    example: "'reason': 'jobRateLimitExceeded'",
  },
  {
    id: 'bigquery.reason-query',
    category: 'syntax_or_parse_error',
    strength: 'broad',
    pattern: 'reason[\x27\x22]?: [\x27\x22]?invalidQuery',
    example: "'reason': 'invalidQuery'",
  },
  {
    id: 'bigquery.reason-away',
    category: 'service_unavailable_5xx',
    strength: 'broad',
    pattern:
      'reason[\x27\x22]?: [\x27\x22]?(?:backendError|internalError|jobBackendError|jobInternalError|tableUnavailable)',
    example: "'reason': 'tableUnavailable'",
  },
  {
    id: 'bigquery.object',
    category: 'missing_table_or_column',
    pattern:
      'not found: (?:table|dataset|routine|model|view)|unrecognized name|(?:table|dataset|column|name) \\S+ (?:was )?not found (?:in|inside)|was not found in location',
    example: '404 Not found: Table acme:dwh.orders was not found in location EU',
  },
  {
    id: 'trino.object',
    category: 'missing_table_or_column',
    strength: 'suggests',
    pattern:
      '(?:table|column|schema|view|database|catalog|dataset|stage|collection|topic|function|model|index|field|warehouse|role|sequence|procedure|object|stream|pipe|task|integration|file format|keyspace)\\b[:]? [`\'"]?[\\w."\'`$/-]+[`\'"]?(?:\\([^)]*\\))? does not exist',
    example: "line 1:15: Table 'hive.dwh.orders' does not exist",
  },
  {
    id: 'glue.entity',
    category: 'missing_table_or_column',
    pattern:
      'EntityNotFoundException|(?:glue|athena|metastore|catalog).{0,80}(?:entity|table|database) (?:\\S+ )?not found|unable to fetch table|invalid table alias|invalid column reference',
    example: 'An error occurred (EntityNotFoundException) when calling the GetTable operation: Table orders',
  },
  {
    id: 'duckdb.object',
    category: 'missing_table_or_column',
    pattern:
      'Catalog Error: .{0,80}(?:does not exist|not found)|Binder Error: .{0,20}(?:referenced|column|table|values list)|Referenced (?:column|table) ',
    example: 'Catalog Error: Table with name orders does not exist!',
  },
  {
    id: 'pandas.key',
    category: 'missing_table_or_column',
    strength: 'suggests',
    retryable: 'no',
    pattern: '^KeyError: ',
    trace: 'pandas/core/',
    example: "KeyError: 'qty'",
  },
  {
    id: 'pandas.column',
    category: 'missing_table_or_column',
    strength: 'suggests',
    pattern:
      '\\] not in index|are in the \\[(?:columns|index)\\]|not found in axis|ColumnNotFound\\w*|unable to find column|not in dataframe|is not a column',
    example: 'KeyError: "[\'qty\'] not in index"',
  },
  {
    id: 'r.column',
    category: 'missing_table_or_column',
    strength: 'suggests',
    pattern:
      'can.t (?:subset|select|rename|extract) columns|columns? `[^`]+` (?:doesn.t|don.t|not) |undefined columns selected|unknown (?:or uninitialised )?columns?|(?:must group by|join columns).{0,60}(?:not found|must be present)',
    example: "Can't subset columns that don't exist.",
  },
  {
    id: 'dbt.node',
    category: 'missing_table_or_column',
    strength: 'suggests',
    pattern: 'depends on a (?:node|source|macro|model) named .{0,120}not found',
    retryable: 'no',
    example: "Model 'model.acme.dim_orders' depends on a node named 'stg_order' which was not found",
  },
  {
    id: 'amqp.queue',
    category: 'missing_table_or_column',
    pattern:
      'NOT_FOUND - no (?:queue|exchange|binding|vhost)|unconfigured table|(?:worksheet|sheet|tab) .{0,80}(?:not found|does not exist)',
    example: "ChannelClosedByBroker: (404, \"NOT_FOUND - no queue 'orders' in vhost '/'\")",
  },
  {
    id: 'kafka.topic',
    category: 'missing_table_or_column',
    strength: 'suggests',
    pattern:
      'UNKNOWN_TOPIC_OR_PART|UnknownTopicOrPartition|does not host this topic|topic not found|unknown topic|topic \\S+ not present in metadata',
    example: 'KafkaError{code=UNKNOWN_TOPIC_OR_PART,val=3,str="Subscribed topic not available: orders"}',
  },

  // ------------------------------------------------------------------------------------------------ input
  {
    id: 's3.key',
    category: 'missing_input_data_or_partition',
    says: ['nosuchkey', 'the specified key does not exist'],
    example: 'An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.',
  },
  {
    id: 'redshift.s3-prefix',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    pattern:
      '(?:S3 )?prefix .{0,160} does not exist|cannot bulk load\\b.{0,200}(?:could not be opened|does not exist)|remote file .{0,200}(?:was )?not found|no (?:new )?files? (?:were |was )?(?:found|matched)\\b',
    example: 'The specified S3 prefix orders/ does not exist',
  },
  {
    id: 's3.head',
    category: 'missing_input_data_or_partition',
    strength: 'suggests',
    says: ['headobject operation: not found', '(404) when calling the headobject'],
    example: 'An error occurred (404) when calling the HeadObject operation: Not Found',
  },
  {
    id: 'datafactory.input',
    category: 'missing_input_data_or_partition',
    pattern:
      'required (?:blob|file|folder|object) is missing|UserErrorSourceBlobNotExist\\w*|UserErrorFileNotFound|source (?:blob|file|folder) .{0,120}(?:not exist|missing)',
    example: 'ErrorCode=UserErrorSourceBlobNotExist: The required Blob is missing.',
  },
  {
    id: 'datafactory.setting',
    category: 'config_error_missing_variable',
    pattern:
      'decryptor is null|(?:linked service|integration runtime|key vault|self-hosted)\\b.{0,120}(?:invalid|not (?:found|exist|valid|registered|available|defined)|missing|offline|wrong|does not|cannot)|(?:double )?check the connection string|connection string .{0,40}(?:is )?(?:invalid|not valid|malformed|missing|empty)|because of invalid reference|initialization string does not conform|UserErrorInvalid(?:Property|Parameter|Expression|Folder|Dataset|LinkedService|Connection)\\w*|\\bUserError(?:Missing|Unclassified|NotSupported)\\w*|InvalidTemplate\\b',
    example: 'Cannot create SQL source. Please double check the connection string.',
  },
  {
    id: 'azure.blob',
    category: 'missing_input_data_or_partition',
    says: [
      'blobnotfound',
      'specified blob does not exist',
      'blob(s) not found',
      'pathnotfound',
      'specified path does not exist',
      'filesystemnotfound',
      'resourcenotfounderror',
    ],
    example: 'The specified blob does not exist.',
  },
  {
    id: 'gcs.object',
    category: 'missing_input_data_or_partition',
    says: [
      'no such object',
      'not found: uri',
      'matched no objects',
      'matched no files',
      'no urls matched',
      "didn't match any",
    ],
    example: '404 No such object: acme-lake/orders/2024.csv',
  },
  {
    id: 'spark.path',
    category: 'missing_input_data_or_partition',
    pattern:
      'path does not exist|PATH_NOT_FOUND|input pattern .{0,200}matches 0 files|unable[_ ]to[_ ]infer[_ ]schema|no input paths|underlying files have been updated|FILE_NOT_EXIST|FileReadException|could not obtain block|BlockMissingException|^(?:Caused by: )?(?:java\\.io\\.FileNotFoundException: )?file does not exist',
    example: 'AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3a://acme/orders/dt=2024-01-01.',
  },
  {
    id: 'spark.condition-input',
    category: 'missing_input_data_or_partition',
    strength: 'suggests',
    pattern:
      '\\[(?:DELTA_)?(?:(?:PATH|FILE|PARTITIONS?|CHANGE_DATA|VERSION|LOG|TRUNCATED_\\w+)_(?:NOT_(?:FOUND|EXIST\\w*)|DOES_NOT_EXIST)|FAILED_READ_FILE\\.(?:FILE_NOT_EXIST|NO_HINT)|UNABLE_TO_INFER_SCHEMA|VERSIONS?_NOT_\\w+|FILE_NOT_FOUND\\w*|KAFKA_DATA_LOSS\\.\\w+)[.\\]]',
    example: '[PARTITIONS_NOT_FOUND] The partition(s) PARTITION (`day` = 7) cannot be found in table `orders`.',
  },
  {
    id: 'lake.file',
    category: 'missing_input_data_or_partition',
    pattern:
      '(?:SparkFileNotFound|iceberg\\.exceptions\\.NotFound)Exception|(?:file|path|location|object|key) ?(?:not found|does not exist|doesn.t exist)\\W{1,3}(?:s3[an]?|hdfs|gs|wasbs?|abfss?|adl|dbfs|oss|viewfs)://',
    example: 'org.apache.iceberg.exceptions.NotFoundException: File does not exist: s3a://lake/orders/part-0.parquet',
  },
  {
    id: 'hive.split',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    retryable: 'yes',
    pattern: 'HIVE_CANNOT_OPEN_SPLIT.{0,80}(?:does not exist|no such key|not found)|HIVE_FILE_NOT_FOUND',
    nextStep:
      'Retry: the files were replaced while the query read them. If it fails again, repair the table’s partitions.',
    example: 'HIVE_CANNOT_OPEN_SPLIT: File does not exist: s3://acme/orders/part-0.gz',
  },
  {
    id: 'file.none',
    category: 'missing_input_data_or_partition',
    pattern:
      '\\bno (?:input )?(?:files?|data|partitions?|records|objects)\\b.{0,30}(?:found|matching|available|match)|does not match any files|no matching files|no input (?:files|data)|partition (?:was )?not found|PARTITION_NOT_FOUND|data (?:is )?not (?:available|found|ready)|(?:source|input|data) (?:file|data|folder|path)\\b.{0,120}(?:not (?:be )?found|does not exist|missing|empty)|does not exist in current working directory|(?:file|dataframe|dataset) is empty|empty file\\b|no objects to concatenate|file size is 0 bytes|possibly delisted|no price data|EmptyDataError|no columns to parse|missing partition',
    example: 'ValueError: No files found for the partition 2024-01-01',
  },
  {
    id: 'os.file-data',
    category: 'missing_input_data_or_partition',
    pattern:
      "(?:no such file or directory|FileNotFound(?:Error|Exception)|NoSuchFileException|cannot open file|file not found|cannot find the file).{0,300}\\.(?:csv|tsv|parquet|pq|json|jsonl|ndjson|avro|orc|xlsx?|gz|zip|bz2|zst|txt|dat|data|xml|feather|pkl|pickle|rds|rda|rdata|h5|hdf5?|nc|npy|npz|db|sqlite3?|duckdb|geojson|shp|tif|tiff|png|jpe?g|pdf|html?|arrow|sas7bdat|dta|sav|fst|qs|tar|mdb|log)\\b|\\.(?:csv|tsv|parquet|json|jsonl|xlsx?|gz|zip|txt|avro|pkl|xml)[\x27\x22)]?: (?:no such file|not found|does not exist)|(?:file|path) (?:does not|doesn.t) exist.{0,200}\\.(?:csv|tsv|parquet|json|jsonl|xlsx?|gz|zip|txt|avro|pkl|xml)\\b|(?:csv|parquet|xlsx?|json|dataset|data) file .{0,120}(?:does not exist|not found)|'[^']+\\.(?:csv|tsv|parquet|json|xlsx?|gz|zip|txt|rds)' (?:does not exist|(?:was )?not found)",
    example: "FileNotFoundError: [Errno 2] No such file or directory: 'orders_2024.csv'",
  },
  {
    id: 'kafka.offset',
    category: 'missing_input_data_or_partition',
    pattern:
      'offsets? ?out ?of ?range|no longer available on the server|could not find first log file|replication slot .{0,80}(?:does not exist|invalidat|is active)|requested WAL segment|some data may have been lost because',
    example:
      'OffsetOutOfRangeException: Offsets out of range with no configured reset policy for partitions: {orders-0=7}',
  },
  {
    id: 'http.404',
    category: 'missing_input_data_or_partition',
    strength: 'broad',
    pattern:
      '404 client error|(?:status|code|http|error|response)\\W{1,12}404\\b|\\b404\\b.{0,20}not found|\\(404\\)|ResourceNotFound(?:Exception)?',
    example: '404 Client Error: Not Found for url: https://api.example/v1/orders/2024',
  },
  cloudCode(
    'missing',
    'missing_input_data_or_partition',
    '\\w*(?:NotFound|NoSuch|DoesNotExist|Not_Found)\\w*',
    'An error occurred (ResourceNotFoundException) when calling the DescribeStream operation: Stream orders',
  ),
  {
    id: 'snapshot.missing',
    category: 'missing_input_data_or_partition',
    strength: 'suggests',
    pattern:
      'snapshot .{0,60}(?:not found|does not exist|no longer)|cannot find (?:a )?snapshot|no (?:complete )?(?:snapshot|checkpoint) (?:found|exists)',
    example: 'Cannot find snapshot with id 77',
  },

  // ------------------------------------------------------------------------------------------------ data checks
  {
    id: 'dbt.test',
    category: 'data_quality_check_failed',
    pattern: 'Got \\d+ results?, configured to fail if|\\bFAIL \\d+ \\S+',
    example: '  Got 5 results, configured to fail if != 0',
  },
  {
    id: 'dbt.test-warn',
    category: 'data_quality_check_failed',
    strength: 'broad',
    pattern: 'Got \\d+ results?, configured to warn if',
    example: '  Got 5 results, configured to warn if != 0',
  },
  {
    id: 'dbt.test-fail',
    category: 'data_quality_check_failed',
    strength: 'suggests',
    says: ['failure in test', 'failure in unit_test', 'fail in test'],
    example: 'Failure in test unique_dim_orders_id (models/schema.yml)',
  },
  {
    id: 'gx.validation',
    category: 'data_quality_check_failed',
    strength: 'settles',
    pattern:
      '(?:^|[^rL] |[^ -])validation (?:with checkpoint .{0,80})?failed|expectation\\w*.{0,60}(?:failed|not met|violat|unsuccessful)|(?:failed|violated).{0,30}expectation|expect_\\w+.{0,80}(?:fail|"success": false)|EXPECT_OR_FAIL|DLT expectation',
    example: 'GreatExpectationsValidationError: Validation failed for 2 expectations',
  },
  {
    id: 'gx.result',
    category: 'data_quality_check_failed',
    pattern:
      'expect_\\w+.{0,200}success\\W{1,4}false|success_percent\\W{1,3}\\d|unsuccessful_expectations\\W{1,3}[1-9]|validation result.{0,60}fail',
    example: 'expect_column_values_to_not_be_null(column=id) success: false',
  },
  {
    id: 'soda.check',
    category: 'data_quality_check_failed',
    strength: 'settles',
    pattern: '\\S \\[FAILED\\]\\s*$',
    example: 'INFO   |       every order has a customer [checks/orders.yml] [FAILED]',
  },
  {
    id: 'soda.checks',
    category: 'data_quality_check_failed',
    pattern:
      'checks (?:have )?failed|\\d+/\\d+ checks? failed|(?:data )?quality (?:check|test|gate|rule|validation)s?.{0,60}(?:fail|violat|not pass|error)|dq (?:check|rule)s?.{0,40}fail|oops! \\d+ fail|(?:\\d+|sql|following|data|unit) tests? (?:have )?failed|^test failed|asset[_ ]checks?.{0,40}fail|check\\(s\\) failed|(?:null|row count|sanity|freshness|uniqueness) check.{0,60}fail|DataQuality\\w*(?:Error|Exception)',
    example: 'Data quality check failed: orders has 12 null keys',
  },
  {
    id: 'json-schema.check',
    category: 'data_quality_check_failed',
    strength: 'suggests',
    pattern:
      "(?:jsonschema|marshmallow|voluptuous|cerberus|fastavro)[\\w.]*\\.(?:\\w*Validation\\w*|Invalid|MultipleInvalid|SchemaError)|is a required property|is not of type '|is not one of \\[|does not match any of the regexes",
    example: "jsonschema.exceptions.ValidationError: 'qty' is a required property",
  },
  {
    id: 'pandera.schema',
    category: 'data_quality_check_failed',
    pattern:
      'pandera\\.errors|failed (?:element-wise|series or dataframe) validator|non-nullable series|SchemaErrors?: .{0,40}(?:failed|series|column)|failure cases',
    example: "pandera.errors.SchemaError: Column 'qty' failed element-wise validator number 0: greater_than(0)",
  },
  {
    id: 'airflow.sqlcheck',
    category: 'data_quality_check_failed',
    pattern:
      'the following (?:tests|checks) have failed|test failed\\.|(?:the )?query returned none|contained (?:0|no) rows|returned no (?:results|rows)',
    example: 'AirflowException: Data quality check failed. orders returned no results',
  },
  {
    id: 'dbt.freshness',
    category: 'data_quality_check_failed',
    pattern: 'ERROR STALE|freshness.{0,40}(?:error|stale|fail)',
    example: '1 of 1 ERROR STALE freshness of raw.orders',
  },

  // ------------------------------------------------------------------------------------------------ constraints
  {
    id: 'sql.duplicate',
    category: 'constraint_violation_or_duplicate',
    pattern:
      'duplicate key|unique(?: key)? constraint|UniqueViolation|duplicate entry|primary key constraint|ORA-0(?:0001|2291|2292|1400|2290)|duplicate row detected|must match at most one source row|foreign key constraint|ForeignKeyViolation|violates .{0,40}constraint|constraint failed|NotNullViolation|CheckViolation|cannot insert the value null|null result in a non-nullable|cannot be null|IntegrityError|ConstraintViolation|constraint error|duplicate (?:primary|value|rows?|records?)|MERGE_CARDINALITY|MERGE_TARGET_ROW\\w*|matched more than one source row|multiple source rows|E11000|null value in column|check constraint|cannot affect row a second time|no unique or exclusion constraint matching',
    example: 'ERROR:  duplicate key value violates unique constraint "orders_pkey"',
  },
  {
    id: 'object.exists',
    category: 'constraint_violation_or_duplicate',
    strength: 'suggests',
    pattern:
      'already[_ ]?exists?|(?:File)?AlreadyExists\\w*|FileExistsError|name .{0,80}already in use|already registered|duplicate (?:column|object|task|dag|id|name)|Duplicate(?:Table|Column|Task|Dag|Object)\\w*',
    example: 'Already Exists: Table acme:dwh.orders',
  },
  {
    id: 'spark.condition-exists',
    category: 'constraint_violation_or_duplicate',
    strength: 'suggests',
    pattern:
      '\\[(?:DELTA_)?(?:\\w+_ALREADY_EXISTS?\\w*|DUPLICATE(?:D)?_(?:KEY|FIELD|MAP)\\w*|MERGE_CARDINALITY\\w*|\\w*MULTIPLE_SOURCE_ROW\\w*|\\w*CONSTRAINT_\\w*VIOLAT\\w*|VIOLATE_CONSTRAINT\\w*|(?:SCHEMA|DATABASE)_NOT_EMPTY|NON_EMPTY_\\w+|COLUMN_ALREADY\\w*)[.\\]]',
    example: '[TABLE_OR_VIEW_ALREADY_EXISTS] Cannot create table or view `dwh`.`orders` because it already exists.',
  },
  {
    id: 'zookeeper.exists',
    category: 'constraint_violation_or_duplicate',
    pattern:
      'KeeperErrorCode = (?:NodeExists|NotEmpty|BadVersion)|node already exists and owner|broker (?:id )?\\S* ?is already registered',
    example: 'org.apache.zookeeper.KeeperException$NodeExistsException: KeeperErrorCode = NodeExists',
  },
  {
    id: 'sqlserver.exists',
    category: 'constraint_violation_or_duplicate',
    pattern: 'already an (?:object|index|user|column)\\b|already used|HIVE_PATH_ALREADY_EXISTS|LOCATION_ALREADY_EXISTS',
    example: "There is already an object named 'orders' in the database.",
  },
  {
    id: 'http.409',
    category: 'constraint_violation_or_duplicate',
    strength: 'broad',
    pattern: '409 (?:client error|conflict)|\\(409\\)|(?:status|code)\\W{1,12}409\\b',
    example: '409 Client Error: Conflict for url: https://api.example/runs',
  },
  cloudCode(
    'exists',
    'constraint_violation_or_duplicate',
    '\\w*(?:AlreadyExists|Already_Exists|AlreadyOwned|Conflict|Duplicate|InUse|AlreadyInUse)\\w*',
    'An error occurred (BucketAlreadyOwnedByYou) when calling the CreateBucket operation: yours',
  ),
  {
    id: 'sql.dependents',
    category: 'constraint_violation_or_duplicate',
    pattern:
      'other objects depend on it|DependentObjectsStillExist|cannot drop .{0,80}(?:because|depend)|being accessed by other users',
    example: 'cannot drop table orders because other objects depend on it',
  },

  // ------------------------------------------------------------------------------------------------ types
  {
    id: 'file.format',
    category: 'type_or_cast_error',
    ownerSide: 'data',
    pattern:
      'not a (?:zip|gzipped|gzip|valid|parquet|HDF5|NetCDF) file|BadZipFile|BadGzipFile|not in gzip format|magic (?:bytes|number)s?\\b|unknown input format|(?:file is|is either) corrupted|could not determine (?:the )?(?:file|excel) (?:format|type)|unsupported format, or corrupt|excel file format cannot be determined|invalid (?:file )?header|incorrect header check|trying to merge on .{1,40} columns|mapper_parsing_exception|failed to parse (?:field|date)|unknown (?:file )?format|file is not a database|disk image is malformed',
    example: 'zipfile.BadZipFile: File is not a zip file',
  },
  {
    id: 'python.convert',
    category: 'type_or_cast_error',
    pattern:
      'could not convert (?:string|object|.{0,60} with type|.{0,40} to)|invalid literal for int|unsupported operand type|not supported between instances|can only concatenate|argument must be (?:a |an )?(?:str|int|bytes|float|string|bytes-like|real|list|iterable)|must be (?:str|int|bytes|float|integer|real number)\\b|not JSON serializable|cannot convert (?:non-finite|float|the series|.{0,60} to )|unconverted data remains|does not match format|out ?of ?bounds ?(?:nanosecond|datetime)|day is out of range|cannot cast|expected (?:bytes|str(?:ing)?|int|float|list|dict)\\b.{0,40}(?:got|found|but)|can.t (?:multiply|compare|subtract)|cannot (?:compare|concatenate) |incompatible types?|invalid comparison|IntCastingNaN|unable to parse string|decimal\\.\\w*(?:Invalid|Conversion)|cannot be (?:converted|cast)|unable to coerce|value is not a valid|unknown string format|indices must be integers|a bytes-like object|has incorrect type|data type .{0,40}not understood|object of type .{0,40}(?:is not|has no)|mixed types|expected numeric|expected string or bytes-like|argument of type .{1,40} is not iterable',
    example: "ValueError: could not convert string to float: 'n/a'",
  },
  {
    id: 'sql.number',
    category: 'type_or_cast_error',
    pattern:
      'is neither a decimal digit number|NumberFormatException|CAST_(?:INVALID_INPUT|OVERFLOW)|INVALID_CAST_ARGUMENT|bad (?:int|double|bool|float|date|datetime|numeric)\\w* value|could not parse .{0,80} as (?:a |an )?(?:int|double|date|time|number|bool)\\w*',
    example: 'Character x is neither a decimal digit number, decimal point, nor "e" notation exponential mark.',
  },
  {
    id: 'sql.literal',
    category: 'type_or_cast_error',
    pattern:
      '(?:invalid|illegal|malformed|bad) (?:date|time|datetime|timestamp|interval|numeric|number|integer|uuid|boolean)(?: (?:format|value|string|literal))?:? |could not cast |INVALID_FUNCTION_ARGUMENT|exceeds DDL length|types .{1,60} and .{1,60} cannot be matched|value .{0,80} (?:cannot|can not) be (?:parsed|converted|represented)|cannot parse .{0,80} (?:as|to) |failed to parse (?:date|time|timestamp|number|float|int)|CANNOT_PARSE_TIMESTAMP|DateTimeException|ARITHMETIC_OVERFLOW|NUMERIC_VALUE_OUT_OF_RANGE',
    example: 'Could not cast literal "x" to type DATE at [1:2]',
  },
  {
    id: 'clickhouse.parse',
    category: 'type_or_cast_error',
    strength: 'settles',
    pattern: 'CANNOT_PARSE_\\w+|CANNOT_CONVERT_TYPE|\\(TYPE_MISMATCH\\)',
    example: "DB::Exception: Cannot parse string 'x' as Date: syntax error at begin of string. (CANNOT_PARSE_TEXT)",
  },
  {
    id: 'kafka.record',
    category: 'type_or_cast_error',
    pattern:
      '(?:failed to|could not|cannot|can.t|unable to|error (?:while )?)(?: |)deserializ\\w* |(?:de)?serializ\\w+ (?:error|exception|failed)|error deserializing|SerializationException|unknown magic byte|doesn.t have a mapping to the SQL|unknown java type for|no (?:serializer|deserializer|encoder) (?:found )?for|(?:expected|invalid|mismatching) (?:java object|schema type)|(?:invalid|cannot) (?:type|conver\\w+) .{0,40}for field',
    example: 'java.io.IOException: Failed to deserialize consumer record ConsumerRecord(topic = orders, partition = 3)',
  },
  {
    id: 'kafka-connect.data',
    category: 'type_or_cast_error',
    strength: 'broad',
    pattern: 'connect\\.errors\\.(?:DataException|SchemaBuilderException|SchemaProjectorException)',
    example: 'org.apache.kafka.connect.errors.DataException: qty: 7',
  },
  {
    id: 'sql.cast',
    category: 'type_or_cast_error',
    pattern:
      "invalid input syntax for (?:type|integer|uuid)|(?:numeric value|date|timestamp|boolean value|time) '[^']*' is not recognized|conversion failed when|error converting data type|ORA-0(?:1722|18[3-6]\\d|1438|6502)|ORA-12899|bad (?:int64|double|bool\\w*) value|could not parse '[^']*' as|no matching signature|operator does not exist|CAST_(?:INVALID_INPUT|OVERFLOW)|CANNOT_PARSE|DATATYPE_MISMATCH|InvalidTextRepresentation|(?:Datetime|NumericValue)\\w*(?:Overflow|OutOfRange)|numeric field overflow|(?:integer|smallint|bigint|value|date/time field value) .{0,60}out of range|out of range value|arithmetic overflow|(?:value|data) too long|would be truncated|truncated incorrect|incorrect (?:integer|datetime|decimal|string|date|double) value|invalid byte sequence|invalid utf-?8|type[ _]?mismatch|cannot (?:be )?coerce|conversion error|(?:failed|unable) to cast|NumberFormatException|ClassCastException|DateTimeParseException|unparseable (?:date|number)|cannot up cast|invalid (?:cast|digit)|INVALID_CAST_ARGUMENT|illegal[ _]type|invalid argument types|must be type|function .{1,120} does not exist",
    example: 'ERROR:  invalid input syntax for type integer: "n/a"',
  },
  {
    id: 'spark.condition-type',
    category: 'type_or_cast_error',
    strength: 'suggests',
    pattern:
      '\\[(?:DELTA_)?(?:CAST_\\w+|(?:CANNOT|FAILED)_(?:PARSE|CAST|CONVERT|DECODE)\\w*|DATATYPE_MISMATCH|CONVERSION_\\w+|\\w*TYPE_MISMATCH|(?:NUMERIC|ARITHMETIC|BINARY_ARITHMETIC)_\\w*(?:OVERFLOW|OUT_OF)\\w*|INVALID_(?:DATE|DATETIME|TIMESTAMP|TYPED_LITERAL|FRACTION|ARRAY_INDEX|JSON|UTF8)\\w*|MALFORMED_(?:RECORD|CSV|AVRO|PROTOBUF)\\w*|UNEXPECTED_INPUT_TYPE|UNSUPPORTED_(?:DATATYPE|DATA_TYPE)\\w*)[.\\]]',
    example: '[CANNOT_PARSE_TIMESTAMP] Text could not be parsed at index 0',
  },
  {
    id: 'arrow.class',
    category: 'type_or_cast_error',
    strength: 'broad',
    pattern: 'Arrow(?:Invalid|TypeError|NotImplemented)\\w*',
    example: 'pyarrow.lib.ArrowInvalid: in column 3',
  },
  {
    id: 'python.values',
    category: 'type_or_cast_error',
    pattern:
      'conversion from .{1,60} failed|could not parse .{1,80} as d?type|error binding parameter|cannot encode object|invalid input of type|too (?:large|big) to (?:convert|fit)|int(?:eger)? too (?:large|big)|unsupported unicode escape|null character not permitted|embedded null byte|ran out of input|invalid load key|pickle data was truncated|can.t adapt type|Python int too large|holding the wrong kind of value|unable to create python array',
    example: "conversion from `str` to `i64` failed in column 'qty' for 1 out of 3 values",
  },
  {
    id: 'pydantic.validation',
    category: 'type_or_cast_error',
    strength: 'broad',
    pattern: '\\d+ validation errors? for \\w',
    example: 'pydantic_core._pydantic_core.ValidationError: 1 validation error for Order',
  },
  {
    id: 'python.decode',
    category: 'type_or_cast_error',
    strength: 'suggests',
    pattern: 'Unicode(?:Decode|Encode)Error|codec can.t (?:de|en)code|MalformedInputException|invalid multibyte',
    example: "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 10: invalid continuation byte",
  },
  {
    id: 'r.type',
    category: 'type_or_cast_error',
    pattern:
      'non-numeric argument|invalid .type. \\(|invalid \\(type|can.t (?:combine|convert|coerce) |character string is not in a standard|not meaningful for factors|is not of class',
    example: 'Error in x + 1 : non-numeric argument to binary operator',
  },

  // ------------------------------------------------------------------------------------------------ earlier step
  {
    id: 'dbt.skip',
    category: 'upstream_failed',
    strength: 'suggests',
    pattern: 'SKIP relation|SKIP (?:test|model|seed|snapshot) |skipp?(?:ing|ed)? (?:due to|because)',
    example: '4 of 9 SKIP relation dwh.fct_orders ............ [SKIP]',
  },
  {
    id: 'airflow.upstream',
    category: 'upstream_failed',
    strength: 'suggests',
    pattern:
      'upstream[_ ](?:failed|task|tasks|run|job|step|dependenc\\w+)\\b.{0,120}(?:fail|not |did not|non-success|skip)|upstream_failed|trigger rule .{0,80}requires all upstream|dependencies not met.{0,600}(?:upstream|trigger rule|previous dagrun|depends_on_past)|(?:some of the )?external (?:tasks?|dag).{0,80}fail|previous step.{0,40}fail|parent run.{0,40}fail',
    example:
      "Task's trigger rule 'all_success' requires all upstream tasks to have succeeded, but found 1 non-success(es)",
  },
  {
    id: 'luigi.unfulfilled',
    category: 'upstream_failed',
    pattern: 'Unfulfilled dependenc(?:y|ies) at run time|missing external dependencies|had missing dependencies',
    retryable: 'yes',
    nextStep: 'Look at the task that the line names: it ended without writing its output, or the output was removed.',
    example: 'RuntimeError: Unfulfilled dependency at run time: ExtractOrders_2026_03_09_1a2b3c',
  },
  {
    id: 'dagster.upstream',
    category: 'upstream_failed',
    strength: 'suggests',
    pattern:
      'dependencies for step .{0,120}(?:failed|were not executed)|upstream steps? .{0,80}fail|(?:dependency|dependencies) failed|failed dependencies',
    example: "Dependencies for step load_orders failed: ['extract']. Not executing.",
  },
  {
    id: 'prefect.notready',
    category: 'upstream_failed',
    strength: 'suggests',
    says: ['notready', "did not reach a 'completed' state", 'upstreamtaskerror', 'triggerfailed'],
    example: "Upstream task run '7f' did not reach a 'COMPLETED' state.",
  },

  // ------------------------------------------------------------------------------------------------ images and containers
  {
    id: 'kubernetes.pull',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern:
      'failed to pull(?: and unpack)? image|ErrImageNeverPull|InvalidImageName|manifest unknown|manifest for .{0,120}not found|pull access denied|no such image|error pulling image|couldn.t parse image|image not found|repository does not exist|CannotPullContainer\\w*|ImageNotFound|no matching manifest|invalid reference format',
    example: 'Failed to pull image "acme/etl:v9": rpc error: code = NotFound',
  },
  {
    id: 'heroku.boot',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern:
      'Error R10|code=H20|boot timeout|failed to bind to \\$PORT|no web processes running|container failed to start and listen on|failed to start and then listen|application exited during init',
    example:
      'heroku[web.1]: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch',
  },
  {
    id: 'gunicorn.timeout',
    category: 'timeout',
    strength: 'ended',
    says: ['worker timeout'],
    example: '[CRITICAL] WORKER TIMEOUT (pid:77)',
  },
  {
    id: 'gunicorn.signal',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern: 'worker .{0,40}(?:was sent SIG\\w+|(?:was )?terminated due to signal)',
    example: 'Worker (pid:77) was sent SIGKILL! Perhaps out of memory?',
  },
  {
    id: 'gunicorn.boot',
    category: 'image_or_container_start',
    strength: 'ended',
    says: ['worker failed to boot', 'app failed to load', 'code=h10'],
    example: "gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>",
  },
  {
    id: 'kubernetes.pull-again',
    category: 'image_or_container_start',
    pattern: 'ErrImagePull|ImagePullBackOff|back-off pulling image',
    example: 'Warning  BackOff  2m  kubelet  Back-off pulling image "acme/etl:9"',
  },
  {
    id: 'ecs.start',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern:
      'ResourceInitializationError|unable to pull secrets or registry auth|Cannot(?:Start|Create|Inspect)Container\\w*|ContainerRuntime(?:Timeout)?Error|DockerTimeoutError|TaskFailedToStart|Multi-Attach error|volume is already exclusively attached|port is already allocated|is unhealthy$',
    example: 'ResourceInitializationError: unable to pull secrets or registry auth: timed out',
  },
  {
    id: 'kubernetes.root',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern: 'runAsNonRoot and image will run as root',
    example: 'Error: container has runAsNonRoot and image will run as root',
  },
  {
    id: 'posit.start',
    category: 'image_or_container_start',
    strength: 'ended',
    pattern: 'application exited during initialization|application failed to start',
    example: 'The application failed to start: exited unexpectedly with code 1',
  },
  {
    id: 'kubernetes.missing-object',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern:
      '(?:configmaps?|secrets?|serviceaccounts?|persistentvolumeclaims?|priorityclass\\w*) \\\\?"[^"]+" not found|couldn.t find key \\S+ in (?:secret|configmap)|references? non-?existent (?:secret|config|configmap) key',
    ownerSide: 'platform',
    example:
      'Warning  FailedMount  3s  kubelet  MountVolume.SetUp failed for volume "keys" : secret "loader-keys" not found',
  },
  {
    id: 'kubernetes.start',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern:
      'failed to prepare subPath|CreateContainer(?:Config)?Error|RunContainerError|FailedCreatePodSandBox|failed to create pod sandbox|Failed(?:Mount|AttachVolume)|MountVolume\\.\\w+ failed|OCI runtime|runc create failed|exec format error|executable file not found|ContainerCannotRun|failed to start (?:the )?container|container failed to start|unable to (?:attach or )?mount|StartError|(?:liveness|readiness|startup) probe failed|failed to create (?:containerd|task for container|shim)|unable to start container',
    example: 'OCI runtime create failed: exec: "etl": executable file not found in $PATH: unknown',
  },
  {
    id: 'kubernetes.crash-loop',
    category: 'image_or_container_start',
    strength: 'suggests',
    pattern: 'CrashLoopBackOff|back-off restarting failed',
    example: 'Warning  BackOff  kubelet  Back-off restarting failed container',
  },
  {
    id: 'airflow.pod-start',
    category: 'image_or_container_start',
    strength: 'settles',
    says: [
      'pod took longer than',
      'pod took too long to start',
      'podlaunchfailed',
      'podlaunchtimeout',

      'check the pod events',
      'pod startup',
      'startup_timeout_seconds',
    ],
    example: 'Pod took longer than 120 seconds to start. Check the pod events in kubernetes to determine why.',
  },
  {
    id: 'docker.step',
    category: 'image_or_container_start',
    strength: 'ended',
    pattern:
      'failed to solve|failed to build (?:the )?(?:docker )?image|executor failed running|the command .{0,300}returned a non-zero code|did not complete successfully: exit code|failed to create LLB definition',
    example: 'ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2',
  },
  {
    id: 'docker.build',
    category: 'image_or_container_start',
    pattern:
      'failed to solve: (?:[^epr]|p[^r]|e[^x]|r[^p])|failed to (?:read|parse) dockerfile|failed to build (?:the )?(?:docker )?image(?:$|[^:]|: [^e])|error building image|failed to compute cache key|dockerfile parse error',
    strength: 'suggests',
    example: 'ERROR: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory',
  },
  {
    id: 'airflow.image-root',
    category: 'image_or_container_start',
    pattern: 'running pip as root|use .airflow. user to run pip',
    example: "You are running pip as root. Please use 'airflow' user to run pip!",
  },
  {
    id: 'docker.socket-permission',
    category: 'permission_denied',
    strength: 'settles',
    pattern:
      '(?:server API version|docker\\.sock|docker (?:API|daemon|socket)).{0,200}permission ?(?:denied|error)|permission denied .{0,80}docker (?:API|daemon)',
    example:
      "docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', PermissionError(13, 'Permission denied'))",
  },
  {
    id: 'docker.daemon',
    category: 'network',
    strength: 'settles',
    retryable: 'after_change',
    pattern:
      'cannot connect to the docker daemon|error while fetching server api version|is the docker daemon running|docker daemon is not running',
    example: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  },

  // ------------------------------------------------------------------------------------------------ settings
  {
    id: 'airflow.conn',
    category: 'config_error_missing_variable',
    pattern:
      'conn_id.{0,400}(?:isn.t defined|not (?:found|defined)|doesn.t exist)|connection .{0,400}(?:isn.t|is not) defined|AirflowNotFoundException: The conn|\\b(?:CONNECTION|VARIABLE|ASSET)_NOT_FOUND: \\{',
    example: "airflow.exceptions.AirflowNotFoundException: The conn_id `dwh` isn't defined",
  },
  {
    id: 'airflow.variable',
    category: 'config_error_missing_variable',
    pattern:
      'Variable \\S+ does not exist|AirflowConfigException|section/key \\[.{0,80}\\] not found|airflow variable.{0,60}(?:not|missing)',
    example: "KeyError: 'Variable bucket does not exist'",
  },
  {
    id: 'airflow.dag',
    category: 'config_error_missing_variable',
    pattern:
      'dag(?:_id)? .{0,60}(?:could not be found|not found)|DagNotFound|TaskNotFound|could not be found in dagbag|cycle detected|AirflowDagCycleException|invalid arguments were passed|AirflowTimetableInvalid|DuplicateTaskIdFound|task \\S+ not found',
    example: 'airflow.exceptions.AirflowException: dag_id could not be found: nightly',
  },
  {
    id: 'python.name',
    category: 'code_bug_exception',
    pattern: '(?:NameError|UnboundLocalError): |ReferenceError: \\S+ is not defined',
    example: "NameError: name 'ORDER_FIELDS' is not defined",
  },
  {
    id: 'env.missing',
    category: 'config_error_missing_variable',
    pattern:
      'env(?:ironment)? ?var(?:iable)?s?\\b.{0,80}(?:required|not (?:set|found|defined|provided|present)|missing|must|unset|isn.t|is empty|invalid)|(?:missing|required|undefined|unset|set|define|no).{0,40}env(?:ironment)? ?var(?:iable)?s?|(?-i:[A-Z][A-Z0-9]*_[A-Z0-9_]+)[`\'"]?(?: env\\w*(?: var\\w*)?)? (?:is |was |must be |not |has not been )(?:not )?(?:set|defined|provided|found|configured|specified|required|missing)|unbound variable|missing (?:required )?(?:configuration|config|setting|option|parameter|property|environment|argument)s?\\b|(?:configuration|config|setting|option|property|parameter|credentials?|secret) .{0,60}(?:is missing|is required|not set|not configured|must be (?:set|specified|provided))|(?:has not been|is not|not) configured|unable to find (?-i:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)',
    example: 'RuntimeError: Required environment variable DWH_HOST is not set',
  },
  {
    id: 'job.settings',
    category: 'config_error_missing_variable',
    pattern:
      'no output location|output location is required|cluster \\S+ does not exist|invalid values? for (?:the )?(?:job|setting|option|argument)|(?:location|region|project|warehouse|database|schema|role|account|bucket|dataset|host|user|endpoint)(?:[_ ]?(?:id|name))? must be (?:set|given|specified|provided)|no (?:active )?(?:warehouse|database|schema|project|catalog) (?:is )?(?:selected|set|specified|given)|does not have a current (?:database|schema)|catalog must be specified|schema must be specified',
    example: 'Query has no output location: No output location provided.',
  },
  {
    id: 'dbt.config',
    category: 'config_error_missing_variable',
    pattern:
      "could not find profile|env var required but not provided|(?:dbt_project|profiles)\\.yml.{0,80}(?:\\bnot\\b|missing|invalid|error)|\\b(?:no|not|missing|invalid|could not find)\\b.{0,60}(?:dbt_project|profiles)\\.yml|does not have a target named|credentials in profile|required var '|profile .{0,60}(?:not found|invalid|does not|could not)",
    example: "Runtime Error: Could not find profile named 'acme'",
  },
  {
    id: 'dbt.runtime',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'no dbt_project|not a dbt project|is not a valid target|selection criterion .{0,80}does not match|no nodes selected',
    example: 'Fatal error: Not a dbt project (or any of the parent directories).',
  },
  {
    id: 'jinja.undefined',
    category: 'config_error_missing_variable',
    pattern: 'Templates?NotFound|UndefinedError',
    example: 'jinja2.exceptions.TemplateNotFound: sql/load.sql',
  },
  {
    id: 'ini.section',
    category: 'config_error_missing_variable',
    says: ['nosectionerror', 'nooptionerror', 'no section:', 'no option '],
    example: "configparser.NoSectionError: No section: 'warehouse'",
  },
  {
    id: 'python.script',
    category: 'config_error_missing_variable',
    ownerSide: 'user_code',
    pattern:
      "can.t open file '[^']{1,300}\\.(?:py|pyc|r|sh|sql|pl|js)'|cannot open file '[^']{1,300}\\.R'|can.t open perl script",
    example: "python3: can't open file '/srv/jobs/load_orders.py': [Errno 2] No such file or directory",
  },
  {
    id: 'shell.command',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'command not found|not recognized as (?:an internal|the name of a cmdlet)|(?:^|: )(?:line )?\\d*:? ?[\\w./-]+: not found$|executable .{0,60}not found|could not find executable|no such command',
    ownerSide: 'user_code',
    example: 'bash: dbt: command not found',
  },
  {
    id: 'sqlite.open',
    category: 'config_error_missing_variable',
    says: ['unable to open database file', 'unable to open the database file', 'sqlite_cantopen'],
    ownerSide: 'user_code',
    example: 'sqlite3.OperationalError: unable to open database file',
  },
  {
    id: 'r.connection',
    category: 'config_error_missing_variable',
    strength: 'broad',
    ownerSide: 'user_code',
    pattern:
      'cannot open (?:the connection|compressed file|URL)|(?:unable|failed) to open (?:the )?(?:file|connection)',
    example: 'Error in file(path, "rt") : cannot open the connection',
  },
  {
    id: 'os.file',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    ownerSide: 'user_code',
    pattern:
      'no such (?:file|directory)|FileNotFound(?:Error|Exception)|can.t open file|NoSuchFileException|cannot (?:find the (?:path|file)|change (?:the )?working directory|open file|stat )|non-existent directory|not ?a ?directory|(?:directory|file|folder|path) .{0,120}(?:does not exist|doesn.t exist|not found)|IsADirectoryError|: is a directory$|invalid (?:path|directory)',
    example: "python: can't open file '/srv/jobs/load.py': [Errno 2] No such file or directory",
  },
  {
    id: 'java.home',
    category: 'config_error_missing_variable',
    pattern:
      '(?:JAVA|SPARK|HADOOP)_HOME.{0,60}(?:not|unset|set|must|find|missing|invalid)|couldn.t find spark|java gateway process exited|JAVA_GATEWAY_EXITED|winutils|entry in command string|unsupported class file major version|unable to locate a java runtime|HADOOP_CONF_DIR or|python in worker has different version|PYTHON_VERSION_MISMATCH',
    example: 'Exception: Java gateway process exited before sending its port number',
  },
  {
    id: 'java.version',
    category: 'config_error_missing_variable',
    pattern:
      'getSubject is supported only|InaccessibleObjectException|module java\\.\\w+ does not .?(?:opens?|exports?)|compiled by a more recent version|class file has wrong version|unrecognized (?:VM|jvm) option|unsupported (?:java|scala|python|spark) version|could not create the java virtual machine',
    nextStep: 'Run the step with a version of Java that this version of the product supports.',
    example:
      'Unable to make field private long java.nio.Buffer.address accessible: module java.base does not "opens java.nio" to unnamed module',
  },
  {
    id: 'ci.setting',
    category: 'config_error_missing_variable',
    pattern:
      'missing script: |no rule to make target|input required and not supplied|unable to resolve action|unable to find version|did not match any file\\(s\\) known to git|not a git repository|unable to find block document|(?:no secrets found|has no key ["\'`].{1,80}did you forget|StreamlitSecretNotFound)|invalid spec: |not found, is this a typo|invalid workflow file|unrecognized named-value|subject .{1,120} not found|unable to find flow|flow function with name .{1,80} not found|MissingFlowError|no such kernel|NoSuchKernel|can.t locate revision|(?:initiali[sz]e|upgrade|migrate) the database\\b|(?:pending|unapplied|missing) migrations?|unable to configure (?:handler|formatter|filter|logger|root)|PRECONDITION_FAILED|Found no NVIDIA driver|not compiled with CUDA|cuda\\.is_available\\(\\) is False|we can only read version|escaped according to RFC',
    example: 'npm ERR! Missing script: "build"',
  },
  {
    id: 'cli.usage',
    category: 'config_error_missing_variable',
    pattern:
      'no such option|unrecognized (?:arguments|option|parameter)|(?:unknown|invalid|illegal|bad) (?:option|flag|command|parameter)\\b|missing (?:option|argument) |following arguments are required|invalid choice|invalid value for|unexpected (?:extra )?argument|expected one argument',
    ownerSide: 'user_code',
    example: 'Error: No such option: --full-refesh',
  },
  {
    id: 'kubernetes.object',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'Error from server \\((?:NotFound|BadRequest|Invalid)\\)|no matches for kind|admission webhook .{1,120} denied|(?:configmaps?|secrets?|serviceaccounts?|persistentvolumeclaims?) "[^"]+" not found',
    example: 'Error from server (NotFound): namespaces "etl" not found',
  },
  {
    id: 'kubernetes.config',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'invalid kube-?config|kube-?config.{0,60}(?:not found|missing|invalid|no configuration)|KUBECONFIG.{0,60}(?:not|missing|invalid)',
    example: 'Invalid kube-config file. No configuration found.',
  },
  {
    id: 'kafka-connect.converter',
    category: 'config_error_missing_variable',
    pattern:
      'JsonConverter with schemas\\.enable|set schemas\\.enable=|connector configuration is invalid|failed to find any class that implements connector|is not a known (?:connector|converter)',
    example: 'DataException: JsonConverter with schemas.enable requires "schema" and "payload" fields',
  },
  {
    id: 'config.nothing-defined',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      '\\bno (?:[\\w-]{1,30} ){0,4}(?:definitions?|configurations?|settings?|credentials?|streams?|profiles?|targets?|plugins?|endpoints?|dags?|flows?|jobs?|pipelines?) (?:was |were |is |are |has been |have been )?(?:found|provided|defined|configured|selected|specified|given|registered)',
    example: 'No stream definitions found.',
  },
  {
    id: 'connector.reconfigure',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'reconfigure the (?:connector|job|pipeline|task|sink|source)|is (?:now )?configured to (?:never|not)\\b|(?:please )?(?:check|verify|review|correct|fix) (?:the|your) (?:\\w+ ){0,2}(?:configuration|settings|config)\\b|no \\w[\\w -]{0,60} (?:definitions?|configurations?|profiles?|connections?|settings|endpoints?) (?:were |was )?(?:found|defined|given|configured)|(?:is|are) not (?:a )?valid (?:\\w+ )?(?:requirement|option|setting|configuration|identifier|endpoint|url|uri)|(?:only .{1,80} are supported and )?none (?:is|are) configured',
    example:
      'The connector stopped in a snapshot, but is now configured to never allow snapshots. Reconfigure the connector.',
  },
  {
    id: 'config.invalid',
    category: 'config_error_missing_variable',
    pattern:
      '(?:^|[^e])Config(?:uration)?(?:Exception|Error)\\b|invalid config\\w*|misconfigur|(?:config(?:uration)?|settings|properties) file.{0,80}(?:not|missing|error|invalid|cannot|could not)|(?:invalid|malformed|wrong|bad) (?:url|uri|dsn|host\\w*|port|connection|endpoint|bucket|bind|address|jdbc|setting|region)\\b|no schema supplied|MissingSchema|InvalidURL|unknown config|InvalidBucketName|NoRegionError|specify a region|DagsterInvalidConfig\\w*|Param(?:eter)?Validation(?:Error| failed)|parameter validation failed|ImproperlyConfigured|(?:error|errors) (?:in|whilst loading) config|unexpected config|(?:unknown|unsupported) (?:url )?scheme|PermanentRedirect|AuthorizationHeaderMalformed|InvalidParameter\\w*|no such configuration property|connection string.{0,60}(?:blank|malformed|missing|invalid|empty)|is not a valid (?:value|url|path|option|choice|region|bucket|cron|time ?zone)|validation errors? for \\w*(?:settings|config)',
    example: 'org.apache.kafka.common.config.ConfigException: Invalid value compact for configuration cleanup',
  },
  {
    id: 'airlift.configuration',
    category: 'config_error_missing_variable',
    pattern:
      'configuration property .{1,120} (?:was not used|is not valid|is deprecated|has been (?:removed|replaced))|invalid configuration property|^\\s*\\d{1,3}\\) Error: .{0,200}(?:propert|config|bind)|(?:unknown|unrecogni[sz]ed|unexpected|unsupported) (?:configuration |config )?(?:propert(?:y|ies)|key|option|setting)s?\\b',
    example: "1) Error: Configuration property 'acme.catalog.type' was not used",
  },
  {
    id: 'spark.condition-setting',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      '\\[(?:DELTA_)?(?:\\w*(?:CONFIG|CONF|OPTION|PROPERTY|PARAMETER|SETTING|CREDENTIAL|CHECKPOINT_LOCATION|PROVIDER|MASTER_URL)S?_?(?:NOT_\\w+|IS_\\w+|MISSING|INVALID|REQUIRED|UNRESOLV\\w*)?|(?:INVALID|MISSING|UNKNOWN|CANNOT_MODIFY|UNSUPPORTED|ILLEGAL|STATIC)_\\w*(?:CONFIG|CONF|OPTION|PROPERTY|PARAMETER|SETTING|CATALOG|LOCATION|SCHEME|MASTER|URL|URI)\\w*|REQUIRES_\\w+|UNSET_\\w+)[.\\]]',
    example: '[CANNOT_MODIFY_CONFIG] Cannot modify the value of the Spark config',
  },
  {
    id: 'zookeeper.node',
    category: 'config_error_missing_variable',
    pattern:
      'KeeperErrorCode = (?:NoNode|BadArguments|InvalidACL|NoChildrenForEphemerals)|InconsistentClusterId|cluster ID \\S+ doesn.t match',
    example:
      "kafka.common.InconsistentClusterIdException: The Cluster ID abc doesn't match stored clusterId Some(def) in meta.properties.",
  },
  {
    id: 'database.missing',
    category: 'config_error_missing_variable',
    pattern:
      '(?:FATAL: +)?database "[^"]+" does not exist|InvalidCatalogName|role "[^"]+" does not exist|cannot open database|no (?:active )?warehouse|(?:no|not have a) current (?:database|schema)|no database selected',
    ownerSide: 'user_code',
    example: 'FATAL:  database "dwh" does not exist',
  },
  {
    id: 's3.bucket',
    category: 'config_error_missing_variable',
    pattern:
      'NoSuchBucket|(?:specified )?(?:bucket|container|filesystem) does not exist|ContainerNotFound|not found: bucket|project .{0,40}not found|not found: project',
    example:
      'An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist',
  },
  {
    id: 's3.region',
    category: 'config_error_missing_variable',
    pattern:
      'must be addressed using the specified endpoint|PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint|(?:the )?region .{0,60}is wrong|bucket is in this region|LocationConstraint',
    example: 'The bucket you are attempting to access must be addressed using the specified endpoint.',
  },
  {
    id: 'os.port',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'address already in use|connection in use: |port .{0,20}is not available|port is already allocated|\\bEADDRINUSE|BindException|port \\S* ?(?:is )?already in use|cannot assign requested address',
    example: 'OSError: [Errno 98] Address already in use',
  },
  {
    id: 'python.environ-trace',
    category: 'config_error_missing_variable',
    pattern: '^KeyError: ',
    trace: 'os.py", line',
    example: "KeyError: 'dwh_host'",
  },
  {
    id: 'python.environ',
    category: 'config_error_missing_variable',
    pattern: "^KeyError: '(?-i:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'$",
    example: "KeyError: 'DWH_PASSWORD_FILE'",
  },
  {
    id: 'spark.config',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'could not parse master url|a master url must be set|(?:missing application|primary) resource|kryo serialization failed: buffer overflow|wrong FS:',
    example: 'org.apache.spark.SparkException: A master URL must be set in your configuration',
  },
  {
    id: 'spark.session',
    category: 'config_error_missing_variable',
    strength: 'generic',
    pattern:
      '(?:failed|unable) to (?:create|get|start|launch|open|initiali[sz]e) (?:a |an |the |new )?(?:\\w+ )?(?:session|client|context|gateway)\\b|external scheduler cannot be instantiated|error initializing SparkContext',
    example: 'FAILED: SemanticException Failed to get a spark session: Failed to create Spark client',
  },
  {
    id: 'java.uri',
    category: 'config_error_missing_variable',
    pattern:
      'URISyntaxException|illegal character in (?:host ?name|path|scheme(?: name)?|authority|opaque part|query|fragment) at|relative path in absolute URI|expected (?:scheme|authority)[\\w -]{0,20} at index|incomplete (?:hdfs|s3a?|gs) URI|no protocol: |MalformedURLException|malformed(?:ed)? URL|unknown protocol: ',
    example:
      'java.lang.IllegalArgumentException: java.net.URISyntaxException: Relative path in absolute URI: orders:daily',
  },
  {
    id: 'git.repo',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'not a git repository|repository .{0,60}not found|pathspec .{0,80}did not match|remote branch .{0,60}not found|couldn.t find remote ref|dubious ownership',
    example: 'fatal: not a git repository (or any of the parent directories): .git',
  },

  // ------------------------------------------------------------------------------------------------ time
  {
    id: 'read.timeout',
    category: 'timeout',
    pattern:
      'timed[ -]?out\\b|time-?out (?:error|exceed|expired|reached|while|waiting|reading|of|after|occurred|was|value)|(?-i:\\b\\w*(?:Timeout|TimedOut|TimeOut)(?:Error|Exception|Expired)?)(?:$|[:(]|\\.$)|\\bETIMEDOUT|\\bESOCKETTIMEDOUT|deadline[ _]?exceeded|took too long|exceed(?:ed|s) (?:the |its )?(?:maximum |max )?(?:time|execution time|run ?time|duration)|time limit (?:exceeded|reached)|(?:got|reached|hit) timeout|expired before completing|statement timeout|reached its statement or warehouse timeout|query.{0,40}timeout|longer than specified deadline',
    strength: 'suggests',
    example:
      "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='api.example', port=443): Read timed out. (read timeout=30)",
  },
  {
    id: 'airflow.timeout',
    category: 'timeout',
    pattern: 'AirflowTaskTimeout|AirflowSensorTimeout|sensor (?:has )?timed out|DagBag import timeout|snap\\. time is',
    example: 'airflow.exceptions.AirflowTaskTimeout: Timeout, PID: 77',
  },
  {
    id: 'kafka.poll',
    category: 'timeout',
    pattern: 'max\\.poll\\.interval\\.ms|time between subsequent calls to poll|group has already rebalanced',
    example: 'CommitFailedException: Commit cannot be completed since the group has already rebalanced',
  },
  {
    id: 'zookeeper.session',
    category: 'timeout',
    strength: 'settles',
    pattern:
      'KeeperErrorCode = (?:Session ?(?:Expired|Moved)|OperationTimeout|RequestTimeout)|(?:^|[.$\\x27\\x22: ])Session(?:Expired|Timeout)Exception(?:$|[:\\x27\\x22])|ZooKeeper.{0,60}(?:session )?(?:expired|timed out)',
    example:
      'org.apache.zookeeper.KeeperException$SessionExpiredException: KeeperErrorCode = Session expired for /brokers',
  },
  {
    id: 'sql.timeout',
    category: 'timeout',
    pattern:
      'due to statement timeout|statement or warehouse timeout|maximum (?:statement )?execution time|QueryCanceled|ORA-01013|ORA-12170|exceed\\w* (?:the )?maximum (?:run |time)|EXCEEDED_TIME_LIMIT|could not execute broadcast in|futures timed out|timeout expired|query timeout|query exceeded.{0,30}time',
    example: 'ERROR:  canceling statement due to statement timeout',
  },
  {
    id: 'google.deadline',
    category: 'timeout',
    pattern:
      'deadline of [\\d.]+ ?s(?:econds)? exceeded|within the (?:designated|allotted|specified|allowed) time|exceeded (?:the )?(?:maximum|max) (?:run ?time|time|execution time|duration)',
    example: 'google.api_core.exceptions.RetryError: Deadline of 60.0s exceeded while calling target function',
  },
  {
    id: 'sqlserver.login-timeout',
    category: 'timeout',
    strength: 'settles',
    retryable: 'yes',
    pattern: 'login timeout expired|(?:query|connection|connect) timeout expired',
    example: '[Microsoft][ODBC Driver 18 for SQL Server]Login timeout expired (0)',
  },
  {
    id: 'flink.checkpoint',
    category: 'timeout',
    pattern: 'checkpoint \\d* ?(?:of job \\S+ )?expired|expired before completing',
    example: 'Checkpoint 9 of job 00 expired before completing.',
  },

  // ------------------------------------------------------------------------------------------------ network
  {
    id: 'net.refused',
    category: 'network',
    says: [
      'connection refused',
      'connectionrefused',
      'econnrefused',
      'actively refused',
      'connection could be made because',
    ],
    example: 'ConnectionRefusedError: [Errno 111] Connection refused',
  },
  {
    id: 'net.reset',
    category: 'network',
    pattern:
      'connection to (?:[\\w.:-]{1,80} ){1,4}(?:was |is |has been )?(?:lost|closed|broken|reset)\\b|use of closed (?:network )?connection|server has closed socket|connection (?:was )?(?:reset|aborted|(?:already |is )?closed|lost|terminated|broken|dropped|interrupted|forcibly)|Connection(?:Reset|Aborted|Closed)\\w*|\\bECONNRESET|broken ?pipe|\\bEPIPE|remote end closed|RemoteDisconnected|server closed the connection|closed by (?:the )?(?:peer|remote)|lost connection|forcibly closed|premature (?:eof|end of (?:file|chunk|content|stream))|unexpected eof|eof (?:detected|occurred)|socket hang up|ChunkedEncodingError|incomplete ?read|server has gone away|ClosedChannelException|unexpectedly closed|closed unexpectedly|ORA-031(?:13|14|35)|ssl connection has been closed|EOFException|channel closed|(?:ended|closed) prematurely|prematurely closed|ConnectionLoss\\w*|\\w*Disconnected(?:Error)?\\b|ProtocolError',
    example:
      "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
  },
  {
    id: 'npm.network',
    category: 'network',
    pattern:
      '(?:ERR!|error) code (?:ETIMEDOUT|ECONNRESET|ECONNREFUSED|ERR_SOCKET_TIMEOUT|EPIPE)|ERR_SOCKET_TIMEOUT|ESOCKETTIMEDOUT|network socket timeout|problem related to network connectivity',
    example: 'npm ERR! code ERR_SOCKET_TIMEOUT',
  },
  {
    id: 'sqlserver.connect',
    category: 'network',
    strength: 'settles',
    pattern:
      'SQL Server does not exist or access denied|network-related or instance-specific error|server (?:is|was) not found or (?:is |was )?not accessible',
    example: 'A network-related or instance-specific error has occurred while establishing a connection to SQL Server.',
  },
  {
    id: 'sqlserver.tcp',
    category: 'network',
    pattern:
      'TCP Provider: Error code|TCP/IP connection to the host .{0,200} failed|Error reading SSH protocol banner|transport-level error has occurred|communication link failure|kex_exchange_identification',
    example: '[Microsoft][ODBC Driver 17 for SQL Server]TCP Provider: Error code 0x2746 (10054)',
  },
  {
    id: 'postgres.ssl',
    category: 'network',
    pattern:
      'SSL SYSCALL error|SSL error: (?:decryption failed|bad|unexpected|wrong|shutdown|sslv3 alert)|bad record mac',
    example: 'psycopg2.OperationalError: SSL error: decryption failed or bad record mac',
  },
  {
    id: 'db.data-error',
    category: 'type_or_cast_error',
    strength: 'generic',
    pattern: '(?:^|[\\s.(])DataError\\b',
    example: 'acme.exceptions.DataError: 7',
  },
  {
    id: 'db.operational',
    category: 'network',
    strength: 'generic',
    pattern: '(?:^|[\\s.(])OperationalError\\b',
    example: 'psycopg2.OperationalError: something between here and there',
  },
  {
    id: 'net.broken',
    category: 'network',
    strength: 'suggests',
    pattern:
      'payload is not completed|transport failure|Local: SSL error|brokers? (?:are|is) down|ALL_BROKERS_DOWN|fetch failed|empty reply from server|server returned nothing|(?:recv|send) failure|failure when receiving data|failed sending data|transfer closed with|transferred a partial file|not closed cleanly|SSL_ERROR_SYSCALL|RPC failed; |early EOF|the remote end hung up|SSH protocol banner|SSHException|wrong version number|net/http: request canceled|EOF occurred in violation|terminated the handshake',
    example: 'TypeError: fetch failed',
  },
  {
    id: 'net.connect',
    category: 'network',
    pattern:
      'no route to host|network is unreachable|E(?:HOST|NET)UNREACH|host is unreachable|(?:could not|cannot|can.t|failed to|failed|unable to|error) (?:connect(?:ing)?|contact|establish|reach|open (?:a )?connection)\\b|communications link failure|NewConnectionError|NoBrokersAvailable|no brokers available|connection to node .{0,60}could not be established|broker may not be available|BrokerNotAvailable|(?:java\\.net\\.|channel\\.|netty\\w*\\.|\\wd)ConnectException|connection (?:attempt )?fail(?:ed|ure)|dial tcp|NoHostAvailable|failed to establish a new connection|(?:server|host|broker|node|endpoint) (?:is )?(?:unreachable|not reachable)|(?:tls|ssl) handshake|handshake fail|error (?:in )?contacting|ProxyError|ServerSelectionTimeout\\w*|ConnectError|max retries exceeded|network (?:error|failure)|network-related|EndpointConnectionError|ConnectionException|could not open connection|network adapter could not|ORA-125(?:41|37)|TTransportException|curl: \\((?:7|28|35|52|56)\\)',
    strength: 'suggests',
    example: 'psycopg2.OperationalError: could not connect to server: No route to host',
  },
  {
    id: 'zookeeper.connection',
    category: 'network',
    pattern:
      'KeeperErrorCode = ConnectionLoss|connection to (?:node |broker )?\\S+ (?:\\([^)]{0,80}\\) )?(?:failed|was (?:lost|unsuccessful)|could not be established)',
    example: 'java.io.IOException: Connection to broker-3:9092 (id: 3 rack: null) failed.',
  },
  {
    id: 'spark.masters',
    category: 'network',
    pattern: 'all masters are unresponsive|python worker failed to connect back',
    example: 'Application has been killed. Reason: All masters are unresponsive! Giving up.',
  },
  {
    id: 'spark.fetch',
    category: 'network',
    strength: 'suggests',
    pattern: 'FetchFailed\\w*|failed to (?:get broadcast|fetch)',
    example: 'FetchFailed(BlockManagerId(3, 10.0.0.4, 7337, None), shuffleId=1, mapId=2)',
  },
  {
    id: 'net.connection-error',
    category: 'network',
    strength: 'broad',
    pattern: 'ConnectionError|connection error|InterfaceError',
    example: 'redis.exceptions.ConnectionError: Error 104',
  },

  // ------------------------------------------------------------------------------------------------ by the name of the class
  // Libraries of every kind name their exceptions alike: what the class says holds where the words say nothing.
  {
    id: 'java.code',
    category: 'code_bug_exception',
    strength: 'broad',
    says: [
      'nullpointerexception',
      'arrayindexoutofbounds',
      'indexoutofbounds',
      'illegalstateexception',
      'illegalargumentexception',
      'unsupportedoperationexception',
      'nosuchelementexception',
      'concurrentmodificationexception',
      'arithmeticexception',
      'stackoverflowerror',
      'matcherror',
      'notserializableexception',
      'task not serializable',
    ],
    example: 'java.lang.NullPointerException',
  },
  {
    id: 'spark.condition-code',
    category: 'code_bug_exception',
    strength: 'generic',
    pattern:
      '\\[(?:UNSUPPORTED_\\w+|NOT_(?:SUPPORTED|IMPLEMENTED|A_\\w+|ITERABLE|CALLABLE|COLUMN\\w*|STR\\w*|LIST\\w*|INT\\w*)\\w*|WRONG_NUM_ARGS|INVALID_\\w+|UNRESOLVED_ROUTINE|ROUTINE_NOT_FOUND|DIVIDE_BY_ZERO|FAILED_EXECUTE_UDF|USER_RAISED\\w*|SCALAR_SUBQUERY\\w*|UDF_\\w+|PYTHON_\\w+|ATTRIBUTE_NOT_SUPPORTED|ARGUMENT_REQUIRED|CANNOT_\\w+|INTERNAL_ERROR\\w*)[.\\]]',
    example: '[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The `substr` requires 2 parameters',
  },
  {
    id: 'class.memory',
    category: 'out_of_memory',
    strength: 'broad',
    pattern: '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:OutOfMemory|MemoryLimit)\\w*)(?:$|[:(\\s])',
    example: 'acme.core.WorkerOutOfMemoryError: step 7',
  },
  {
    id: 'kubernetes.deadline',
    category: 'timeout',
    pattern:
      '(?:longer than|exceeded) (?:the |its )?(?:specified )?deadline|DeadlineExceeded|max attempts exceeded|maximum execution time|appears to be stuck because no worker activity',
    example: 'Pod was active on the node longer than the specified deadline',
  },
  {
    id: 'class.timeout',
    category: 'timeout',
    strength: 'broad',
    pattern: '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Timeout|TimedOut|DeadlineExceeded)\\w*)(?:$|[:(\\s])',
    example: 'acme.client.QueryTimeoutError: no answer',
  },
  {
    id: 'class.rate',
    category: 'quota_or_rate_limit',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:RateLimit|Throttl|Quota\\w*(?:Error|Exception|Exceeded)|TooMany|LimitExceeded|ResourceExhausted)\\w*)(?:$|[:(\\s])',
    example: 'acme.client.QuotaError: come back tomorrow',
  },
  {
    id: 'class.auth',
    category: 'auth_expired_or_invalid',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:(?:Authentication|Credential|Login|OAuth|[a-z]Auth)\\w*(?:Error|Exception|Fail)|Unauthenticated|Unauthorized|InvalidToken|ExpiredToken|TokenRefresh)\\w*)(?:$|[:(\\s])',
    example: 'acme.client.CredentialsError: who are you',
  },
  {
    id: 'class.permission',
    category: 'permission_denied',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:(?:Permission|Authorization|AccessControl)\\w*(?:Error|Exception|Denied|Fail)|AccessDenied|Forbidden|NotAuthorized)\\w*)(?:$|[:(\\s])',
    example: 'acme.client.ForbiddenError: not for you',
  },
  {
    id: 'py4j.gone',
    category: 'killed_or_zombie_unknown',
    strength: 'broad',
    pattern:
      'Py4JNetwork(?:Error|Exception)|received empty command|error while sending a command|reentrant call inside|answer from java side is empty|error while sending or receiving',
    example: 'py4j.protocol.Py4JNetworkError: Answer from Java side is empty',
  },
  {
    id: 'class.connection',
    category: 'network',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Connection|Network|Socket|Unreachable|Disconnect|Transport)(?:Error|Exception|Refused|Reset|Failed|Lost|Closed)\\w*|\\w*ConnectError|(?:Annotated|Socket|Http\\w*|Channel|Netty\\w*)ConnectException)(?:$|[:(\\s])',
    example: 'acme.client.TransportError: it broke',
  },
  {
    id: 'class.unavailable',
    category: 'service_unavailable_5xx',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Unavailable|ServerError|InternalServer|BadGateway|ServiceError)\\w*)(?:$|[:(\\s])',
    example: 'acme.client.ServiceUnavailableError: later',
  },
  {
    id: 'class.lock',
    category: 'deadlock_or_lock_timeout',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Deadlock|LockTimeout|LockError|LockException|LockHeld|AlreadyLocked|AlreadyRunning|ConcurrentModification|Concurrency\\w*(?:Error|Exception))\\w*)(?:$|[:(\\s])',
    example: 'acme.store.LockHeldError: by another',
  },
  {
    id: 'class.exists',
    category: 'constraint_violation_or_duplicate',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:AlreadyExists|(?:Duplicate|Integrity|Constraint)\\w*(?:Error|Exception|Violation)|UniqueViolation)\\w*)(?:$|[:(\\s])',
    example: 'acme.store.DuplicateOrderError: 7',
  },
  {
    id: 'class.schema',
    category: 'schema_mismatch',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:SchemaMismatch|IncompatibleSchema|SchemaError|SchemaException|SchemaChange|ColumnMismatch)\\w*)(?:$|[:(\\s])',
    example: 'acme.store.SchemaMismatchError: qty',
  },
  {
    id: 'class.parse',
    category: 'syntax_or_parse_error',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Syntax|Parse|Parser|Parsing|Lexer|Tokenize|Decode)(?:r|d)?(?:Error|Exception))(?:$|[:(\\s])',
    example: 'acme.sql.ParseError: near form',
  },
  {
    id: 'class.missing-table',
    category: 'missing_table_or_column',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Table|Column|Relation|View|Dataset|Index|Collection|Topic|Field|Worksheet|Sheet|Stream)(?:DoesNotExist|NotFound|Missing|Undefined)\\w*|(?:NoSuch|Undefined|Unknown|Missing)(?:Table|Column|Relation|View|Dataset|Index|Field)\\w*)(?:$|[:(\\s])',
    example: 'acme.sql.UnknownColumnError: qty',
  },
  {
    id: 'class.missing-file',
    category: 'missing_input_data_or_partition',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:File|Path|Key|Object|Blob|Partition|Input|Source|Snapshot|Spreadsheet|XCom|Document|Prices?)(?:NotFound|Missing|DoesNotExist)\\w*|(?:NoSuch|Missing|Unknown)(?:File|Path|Key|Object|Blob|Partition|Input)\\w*|EmptyData\\w*|NoData\\w*)(?:$|[:(\\s])',
    example: 'acme.lake.PartitionMissingError: 2026-03-09',
  },
  {
    id: 'class.quality',
    category: 'data_quality_check_failed',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:DataQuality|QualityCheck|CheckFailed|DataValidation|ExpectationFailed|ExpectationNotMet)\\w*)(?:$|[:(\\s])',
    example: 'acme.checks.CheckFailedError: nulls',
  },
  {
    id: 'class.type',
    category: 'type_or_cast_error',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Cast|Conversion|Coercion|TypeMismatch|InvalidType|UnsupportedType|Serialization|Deserialization|Unicode|Encoding)(?:Error|Exception))(?:$|[:(\\s])',
    example: 'acme.types.ConversionError: 7',
  },
  {
    id: 'class.dependency',
    category: 'missing_dependency_or_import',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Dependency|Package|Plugin|Driver|Library|Module)(?:NotFound|Missing|Error|Exception)\\w*|Missing(?:Dependency|Package|Plugin|Driver)\\w*)(?:$|[:(\\s])',
    example: 'acme.plugins.PluginNotFoundError: sap',
  },
  {
    id: 'http.400',
    category: 'config_error_missing_variable',
    strength: 'broad',
    pattern:
      '(?:\\b|code )(?:400|422)\\W{1,3}(?:client error|bad ?request|unprocessable)|(?:status|code)\\W{1,12}(?:400|422)\\b|RestCallFailedWithClientError',
    example: 'Rest call failed, status code 400 BadRequest',
  },
  cloudCode(
    'invalid',
    'config_error_missing_variable',
    'Validation\\w*|(?:Invalid|Malformed|Missing|Illegal|Unsupported|Bad)_?\\w*|INVALID_ARGUMENT|FAILED_PRECONDITION|OUT_OF_RANGE|PermanentRedirect|\\w*InvalidState\\w*',
    'An error occurred (ValidationException) when calling the RunJobFlow operation: Instance profile is required',
  ),
  {
    id: 'aws.parameters',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'ParamValidationError|parameter validation failed|invalid type for parameter|(?:missing required|unknown) parameter in input|invalid (?:length|range) for parameter',
    example: 'botocore.exceptions.ParamValidationError: Parameter validation failed:',
  },
  {
    id: 'datafactory.user-error',
    category: 'config_error_missing_variable',
    strength: 'generic',
    pattern: 'failure ?type\\W{1,5}user|\\bUserError\\b|: ?bad ?request ?:|user configuration issue',
    example: "'failureType': 'UserError'",
  },
  {
    id: 'class.config',
    category: 'config_error_missing_variable',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Config|Configuration|Setting|Settings|Environment|Profile|Parameter|Option|Usage|Credentials?NotFound|Undefined)(?:Error|Exception|Missing|NotFound|NotSet)\\w*|(?:Invalid|Missing|Unknown)(?:Config|Configuration|Setting|Parameter|Option|Url|URL|Uri|URI)\\w*)(?:$|[:(\\s])',
    example: 'acme.config.MissingSettingError: region',
  },
  {
    id: 'class.not-found',
    category: 'config_error_missing_variable',
    strength: 'generic',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w+(?:NotFound|DoesNotExist|NotRegistered|NotConfigured)(?:Error|Exception)?)(?:$|[:(\\s])',
    example: 'acme.store.WarehouseNotFound: 7',
  },
  {
    id: 'class.image',
    category: 'image_or_container_start',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Image(?:Pull|NotFound|Build)|ContainerStart|PodLaunch|ContainerCreate)\\w*)(?:$|[:(\\s])',
    example: 'acme.run.ImageBuildError: etl',
  },
  {
    id: 'class.upstream',
    category: 'upstream_failed',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:UpstreamFailed|UpstreamTask|UpstreamError|DependencyFailed|ParentFailed)\\w*)(?:$|[:(\\s])',
    example: 'acme.run.UpstreamFailedError: extract',
  },
  {
    id: 'class.evicted',
    category: 'resource_preempted_or_evicted',
    strength: 'broad',
    pattern:
      '^(?:Caused by: )?(?:[\\w$]+\\.)*(?-i:\\w*(?:Preempt|Evict|NodeLost|WorkerLost|InstanceTerminated)\\w*)(?:$|[:(\\s])',
    example: 'acme.run.PreemptedError: node 7',
  },

  // ------------------------------------------------------------------------------------------------ code
  {
    id: 'python.key-told',
    category: 'code_bug_exception',
    strength: 'generic',
    pattern: '(?:error|failed|failure|exception)\\b[^:]{0,80}: [\x27][\\w .-]{1,60}[\x27]$',
    example: "Error during transformation: 'order_id'",
  },
  {
    id: 'python.attribute',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern:
      '(?:^|[\\s.:(\'"])(?:AttributeError|NameError|UnboundLocalError|RecursionError|ZeroDivisionError|NotImplementedError|StopIteration|IndexError|AssertionError)\\b',
    example: "AttributeError: 'NoneType' object has no attribute 'get'",
  },
  {
    id: 'python.arguments',
    category: 'code_bug_exception',
    pattern:
      'positional arguments?|unexpected keyword argument|missing \\d+ required|object is not (?:callable|subscriptable|iterable)|takes no arguments|got multiple values for|can.t set attribute|values to unpack|truth value of a|cannot unpack|does not support item assignment|has no attribute \\W?\\w|index out of range|dictionary changed size|referenced before assignment|maximum recursion depth|divi(?:sion|de) by zero|cannot access local variable',
    example: "TypeError: load() got an unexpected keyword argument 'days'",
  },
  {
    id: 'python.type',
    category: 'code_bug_exception',
    strength: 'generic',
    pattern: '(?:^|[\\s.:(\'"])(?:TypeError|KeyError|ValueError|ArgumentError)\\b',
    example: "KeyError: 'orders'",
  },
  {
    id: 'r.code',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern:
      "could not find function|object ['‘][^'’]+['’] not found|subscript out of bounds|argument \"[^\"]+\" is missing|unused arguments?|missing value where TRUE/FALSE|argument (?:is )?of length (?:0|zero)|\\$ operator is invalid|replacement has \\d+ rows?|arguments imply differing number|object of type 'closure'|incorrect number of dimensions|active reactive context|attempt to (?:apply non-function|select (?:less|more) than)|not subsettable|non-conformable|invalid subscript type|infinite recursion|evaluation nested too deeply|C stack usage|no applicable method for|promise already under evaluation|invalid argument to unary|the condition has length > 1",
    example: 'Error in load_orders(x) : could not find function "clean_names"',
  },
  {
    id: 'api.removed',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern:
      '\\bis no longer (?:an? |part of |supported|available|allowed|accepted|exported)|(?:has|have|was|were)(?: been)? removed (?:in|from|since|as of)\\b|(?:removed|renamed|moved|dropped) in (?:version |v|\\w+ )\\d',
    example: 'connect is no longer a top-level function of the acme package.',
  },
  {
    id: 'streamlit.duplicate',
    category: 'code_bug_exception',
    says: ['duplicatewidgetid', 'duplicateelementid', 'duplicateelementkey'],
    example: 'streamlit.errors.StreamlitDuplicateElementId: There are multiple `button` elements with the same ID.',
  },
  {
    id: 'streamlit.masked',
    category: 'code_bug_exception',
    strength: 'generic',
    says: ['original error message is redacted'],
    example:
      'AcmeError: This app has encountered an error. The original error message is redacted to prevent data leaks.',
  },
  {
    id: 'node.code',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern: "is not a function|cannot read propert\\w+|\\bof undefined\\b|ReferenceError|name '[^']+' is not defined",
    example: "TypeError: Cannot read properties of undefined (reading 'id')",
  },
  {
    id: 'prefect.code',
    category: 'code_bug_exception',
    strength: 'suggests',
    says: [
      'unfinishedrun',
      'missingresult',
      'parametertypeerror',
      'signaturemismatch',
      'parameterbinderror',
      'reservedargumenterror',
      'missingflowerror',
      'scripterror',
      'unfinished run',
    ],
    example: 'prefect.exceptions.MissingResult: State data is missing.',
  },
  {
    id: 'dagster.server',
    category: 'service_unavailable_5xx',
    pattern: 'DagsterUserCodeUnreachable|could not reach user code server',
    ownerSide: 'platform',
    example: 'dagster._core.errors.DagsterUserCodeUnreachableError: Could not reach user code server.',
  },
  {
    id: 'dagster.code',
    category: 'code_bug_exception',
    pattern:
      'DagsterInvariantViolationError|DagsterTypeCheckDidNotPass|DagsterInvalidDefinitionError|(?:Parameter)?CheckError|DagsterStepOutputNotFoundError',
    example: 'dagster._core.errors.DagsterInvalidDefinitionError: Duplicate asset key',
  },
  {
    id: 'segfault',
    category: 'code_bug_exception',
    strength: 'suggests',
    pattern:
      'segmentation fault|segfault|SIGSEGV|core dumped|illegal instruction|SIGABRT|bus error|exit(?:ed with)? code 139',
    example: 'Segmentation fault (core dumped)',
  },
  {
    id: 'go.panic',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern: '^panic: |panicked at ',
    example: 'panic: runtime error: invalid memory address or nil pointer dereference',
  },
  {
    id: 'git.destination',
    category: 'code_bug_exception',
    says: ['already exists and is not an empty directory', 'nothing to commit'],
    example: "fatal: destination path 'data' already exists and is not an empty directory.",
  },

  // ------------------------------------------------------------------------------------------------ only ended
  {
    id: 'airflow.sigterm',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern:
      'task received SIGTERM|received SIGTERM|Negsignal\\.SIG\\w+|externally set to|(?:detected|found|as|is a|marked as|killed).{0,40}zombie|signal SIGTERM',
    example: 'airflow.exceptions.AirflowException: Task received SIGTERM signal',
  },
  {
    id: 'process.signal',
    category: 'killed_or_zombie_unknown',
    strength: 'generic',
    pattern:
      'SIGKILL|(?:^[:\\s\'"]?|[^g][:\\s\'"])killed(?:$|[.\\s\'"(])|signal(?:: | )?(?:9|15)\\b|(?:exit|return)(?:ed)?.{0,12}(?:-9|-15|137|143)\\b|(?:code|status)\\W{1,3}(?:137|143)\\b|code\\W{1,3}-(?:9|15)\\b|WorkerLostError|exited prematurely|died with|process.{0,30}(?:was )?terminated',
    example: 'Command exited with code 137',
  },
  {
    id: 'airflow.heartbeat',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern:
      'reports? (?:that )?(?:the )?task instance .{0,300}finished|although the task says|was (?:it|the task) killed externally|without (?:a )?heartbeat|\\b(?:missed|no|lost|stopped)\\b.{0,20}heartbeat|last sent a heartbeat .{0,40}ago|heartbeat (?:timeout|timed out|got an exception)|stuck in queued|task shouldn.t be running|no longer in the running state',
    example:
      'Executor reports task instance <TaskInstance: a.b run [queued]> finished (failed) although the task says its queued. (Info: None) Was the task killed externally?',
  },
  {
    id: 'prefect.crash',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern:
      'has crashed or was killed|could not determine exit code|crash detected|Crashed\\(|\\bcrashed\\b|execution was (?:cancelled by the runtime|aborted)|process exited|unexpectedly exited|exited unexpectedly|child process for step .{0,80}|terminated unexpectedly|kernel (?:has )?died|DeadKernelError|run worker .{0,60}(?:failed|unhealthy)|unexpected exit',
    example: 'Crash detected! Execution was cancelled by the runtime environment.',
  },
  {
    id: 'python.interrupt',
    category: 'killed_or_zombie_unknown',
    strength: 'generic',
    pattern: '(?:^|[\\s.])KeyboardInterrupt\\b',
    example: 'KeyboardInterrupt',
  },
  {
    id: 'process.exit',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern:
      'exit(?:ed)?(?: with)?[ _]?(?:code|status|value)?[:= ]+(?:code |status |return code )?[1-9-]\\d*|return(?:ed)?(?: with)?(?: exit| error| return)? code[:= ]+\\d*[1-9]|return(?:ed|s)? (?:a )?non-?zero|non-?zero exit|exited with|process completed with exit code [1-9]|nonzero exit|error code is:? \\d*[1-9]',
    example: 'Bash command failed. The command returned a non-zero exit code 1.',
  },
  {
    id: 'query.cancelled',
    category: 'killed_or_zombie_unknown',
    strength: 'generic',
    pattern:
      '(?:query|statement|execution|job|run|task|request|operation)\\b.{0,40}\\b(?:was |has been |is )?(?:cancell?ed|aborted|interrupted|stopped)\\b.{0,30}(?:$|by|on|due)|USER_CANCELL?ED|workload failed, see',
    example: 'SQL execution canceled',
  },
  {
    id: 'query.user-request',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern:
      'due to user request|on user.s request|cancell?ed by (?:the |a )?(?:user|admin\\w*|operator)|SQL execution cancell?ed',
    example: 'ERROR:  canceling statement due to user request',
  },
  {
    id: 'hive.return-code',
    category: 'killed_or_zombie_unknown',
    strength: 'generic',
    pattern: 'return code \\d+ from \\S*(?:Task|hive\\.ql\\S*?)\\.?(?:\\s*$|\\s*[(;]|:\\d)',
    example: 'FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.mr.MapRedTask',
  },
  {
    id: 'spark.cancelled',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern: 'cancelled because SparkContext was shut down|SparkContext was shut down|master removed our application',
    example: 'org.apache.spark.SparkException: Job 3 cancelled because SparkContext was shut down',
  },
  {
    id: 'spark.application-killed',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern: 'application has been killed\\. reason',
    example:
      'ERROR StandaloneSchedulerBackend: Application has been killed. Reason: Master removed our application: KILLED',
  },
  {
    id: 'kafka-connect.wrapper',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern:
      'tolerance exceeded in error handler|due to unrecoverable exception|an exception occurred in the change event producer|unrecoverable exception from producer send callback|will not recover until manually restarted',
    example: 'org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler',
  },
  {
    id: 'luigi.wrapper',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    says: [
      'because there were failed tasks',
      'there were tasks whose scheduling failed',
      'because there were tasks that were not granted',
    ],
    example: 'This progress looks :( because there were failed tasks',
  },
  {
    id: 'beam.worker-lost',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    says: ['lost contact with the service', 'a work item was attempted 4 times without success'],
    example:
      'Workflow failed. Causes: S02:Load failed., The job failed because a work item has failed 4 times; the worker lost contact with the service.',
  },
  {
    id: 'databricks.driver-stopped',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern:
      'spark driver has stopped unexpectedly|DriverStoppedException|driver down cause|python (?:kernel|process) (?:is unresponsive|exited|has died)|could not reach driver of cluster|fatal error: the python kernel',
    example: 'The spark driver has stopped unexpectedly and is restarting.',
  },
  {
    id: 'aws.waiter',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern:
      'waiter encountered a terminal failure state|has reached the specified backoff limit|BackoffLimitExceeded|workflow shutdown with strategy|DagsterExecutionInterruptedError|essential container in task exited|rsync error: |the operation was cance(?:l|ll)ed',
    example: 'Job has reached the specified backoff limit',
  },
  {
    id: 'flink.wrapper',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern:
      'exceeded checkpoint tolerable failure threshold|recovery is suppressed|job execution failed|failed to execute (?:job|sql)|could not execute application|the main method caused an error',
    example: 'org.apache.flink.util.FlinkRuntimeException: Exceeded checkpoint tolerable failure threshold.',
  },
  {
    id: 'job.failed',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern:
      '\\b(?:job|task|run|pod|step|flow|dag|pipeline|query|command|process|application|stage|build|deployment|transformation|normali[sz]ation|replication|loader|loading|workload)s?\\b.{0,80}\\b(?:failed|aborted|failure)|execution halted|uncaught exception|global failure|returned a failure',
    example: 'Task failed with exception',
  },
];
