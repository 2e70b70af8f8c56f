import { createDiagnosis } from '../../src/diagnosis';

const { diagnoseText } = createDiagnosis();
const fingerprintOf = (text: string): string => diagnoseText(text).fingerprint;
const M = 'psycopg2.errors.UndefinedColumn: column "qty" does not exist';

/** One cause, as other orchestrators, hosts, attempts and runs tell it. */
const SAME: readonly [string, string, string][] = [
  [
    'airflow 2 vs bare',
    `[2026-03-09T04:00:07.123+0000] {taskinstance.py:1937} ERROR - Task failed with exception
Traceback (most recent call last):
  File "/opt/airflow/dags/load.py", line 7, in load
    cur.execute(sql)
psycopg2.errors.UndefinedTable: relation "dwh.orders" does not exist
LINE 1: select * from dwh.orders
[2026-03-09T04:00:07.200+0000] {standard_task_runner.py:110} ERROR - Failed to execute job 43 for task load (relation "dwh.orders" does not exist`,
    `psycopg2.errors.UndefinedTable: relation "dwh.orders" does not exist`,
  ],
  [
    'airflow 3 vs bare',
    `[2026-03-09, 04:00:07] ERROR - Task failed with exception: source="task"
UndefinedTable: relation "dwh.orders" does not exist
File "/opt/airflow/dags/load.py", line 7 in load`,
    `relation "dwh.orders" does not exist`,
  ],
  [
    'dagster vs bare',
    `2026-03-09 04:00:07 +0000 - dagster - ERROR - nightly - 5a1b2c3d-0000-4000-8000-000000000001 - 77 - load - STEP_FAILURE - Execution of step "load" failed.
dagster._core.errors.DagsterExecutionStepExecutionError: Error occurred while executing op "load":
Stack Trace:
  File "/usr/lib/x.py", line 7, in execute
The above exception was caused by the following exception:
psycopg2.errors.UndefinedTable: relation "dwh.orders" does not exist
Stack Trace:
  File "/opt/load.py", line 3, in load`,
    `psycopg2.errors.UndefinedTable: relation "dwh.orders" does not exist`,
  ],
  [
    'prefect vs bare',
    `04:00:07.123 | ERROR   | Flow run 'brave-otter' - Encountered exception during execution:
Traceback (most recent call last):
  File "/opt/load.py", line 3, in load
    raise KeyError(name)
psycopg2.errors.UndefinedTable: relation "dwh.orders" does not exist`,
    `(psycopg2.errors.UndefinedTable) relation "dwh.orders" does not exist`,
  ],
  [
    'sqlalchemy wraps',
    `sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "dwh.orders" does not exist`,
    `psycopg2.errors.UndefinedTable: relation "dwh.orders" does not exist`,
  ],
  [
    'spark driver vs executor',
    `org.apache.spark.SparkException: Job aborted due to stage failure: Task 3 in stage 7.0 failed 4 times, most recent failure: Lost task 3.3 in stage 7.0 (TID 40) (10.0.0.7 executor 2): java.lang.NumberFormatException: For input string: "n/a"`,
    `Caused by: java.lang.NumberFormatException: For input string: "n/a"`,
  ],
  [
    'k8s describe another pod',
    `Warning  Failed  2m  kubelet  Failed to pull image "acme/etl:9": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/acme/etl:9": not found`,
    `Warning  Failed  41s (x3 over 2m)  kubelet  Failed to pull image "acme/etl:9": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/acme/etl:9": not found`,
  ],
  [
    'executor oom',
    `Container killed by YARN for exceeding memory limits. 5.6 GB of 5.5 GB physical memory used. container_1700000000000_0042_01_000007`,
    `Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used. container_1700000000001_0043_02_000009`,
  ],
  [
    'container id',
    `Container [pid=28408,containerID=container_1510118383275_0002_02_000001] is running beyond physical memory limits. Current usage: 1.1 GB of 1 GB physical memory used; 2.2 GB of 2.1 GB virtual memory used. Killing container.`,
    `Container [pid=118,containerID=container_1510118389999_0007_01_000004] is running beyond physical memory limits. Current usage: 1.3 GB of 1 GB physical memory used; 2.0 GB of 2.1 GB virtual memory used. Killing container.`,
  ],
  [
    'temp path',
    `PermissionError: [Errno 13] Permission denied: '/tmp/tmpab12cd34/orders.csv'`,
    `PermissionError: [Errno 13] Permission denied: '/tmp/tmpzz98yx76/orders.csv'`,
  ],
  [
    'temp path airflow',
    `bash: /tmp/airflowtmp1a2b3c4d/load.sh: No such file or directory`,
    `bash: /tmp/airflowtmpq9w8e7r6/load.sh: No such file or directory`,
  ],
  [
    's3 part file',
    `java.io.FileNotFoundException: No such file or directory: s3a://lake/orders/dt=2026-03-09/part-00003-7f3b1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-c000.snappy.parquet`,
    `java.io.FileNotFoundException: No such file or directory: s3a://lake/orders/dt=2026-03-10/part-00017-aaaa1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-c000.snappy.parquet`,
  ],
  [
    'aws request id',
    `com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 7B4A0FABBEXAMPLE; S3 Extended Request ID: abcDEF123=)`,
    `com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 99ZZ0FABBEXAMPLF; S3 Extended Request ID: xyzABC987=)`,
  ],
  [
    'boto request id',
    `botocore.exceptions.ClientError: An error occurred (ThrottlingException) when calling the StartQueryExecution operation (reached max retries: 4): Rate exceeded`,
    `botocore.exceptions.ClientError: An error occurred (ThrottlingException) when calling the StartQueryExecution operation (reached max retries: 9): Rate exceeded`,
  ],
  [
    'bq job id',
    `google.api_core.exceptions.NotFound: 404 Not found: Table acme:dwh.orders was not found in location EU; reason: notFound, message: Not found: Table acme:dwh.orders was not found in location EU

Location: EU
Job ID: 7f3b1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`,
    `google.api_core.exceptions.NotFound: 404 Not found: Table acme:dwh.orders was not found in location EU; reason: notFound, message: Not found: Table acme:dwh.orders was not found in location EU

Location: EU
Job ID: aaaa1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`,
  ],
  [
    'snowflake query id',
    `snowflake.connector.errors.ProgrammingError: 002003 (42S02): 01b2c3d4-0000-1111-0000-a1b2c3d4e5f6: SQL compilation error: Object 'ORDERS' does not exist or not authorized.`,
    `snowflake.connector.errors.ProgrammingError: 002003 (42S02): 01b9ffff-0000-2222-0000-a1b2c3d4eeee: SQL compilation error: Object 'ORDERS' does not exist or not authorized.`,
  ],
  [
    'trino query id',
    `Query 20260309_040007_00006_jzmkd failed: line 1:15: Table 'hive.dwh.orders' does not exist`,
    `Query 20260310_110107_00916_aaaaa failed: line 1:15: Table 'hive.dwh.orders' does not exist`,
  ],
  [
    'kafka offset',
    `Failed to deserialize consumer record ConsumerRecord(topic = orders, partition = 3, leaderEpoch = 0, offset = 4242)`,
    `Failed to deserialize consumer record ConsumerRecord(topic = orders, partition = 0, leaderEpoch = 7, offset = 9)`,
  ],
  [
    'kafka partition',
    `org.apache.kafka.common.errors.TimeoutException: Expiring 7 record(s) for orders-3:120000 ms has passed since batch creation`,
    `org.apache.kafka.common.errors.TimeoutException: Expiring 12 record(s) for orders-0:120001 ms has passed since batch creation`,
  ],
  [
    'pg pid',
    `ERROR:  deadlock detected DETAIL:  Process 7 waits for ShareLock on transaction 5; blocked by process 8.`,
    `ERROR:  deadlock detected DETAIL:  Process 99 waits for ShareLock on transaction 6; blocked by process 100.`,
  ],
  [
    'exit attempt',
    `[2026-03-09 04:00:00] Attempt 1 of 3: Quota exceeded: Your project exceeded quota for free query bytes scanned`,
    `[2026-03-09 05:00:00] Attempt 3 of 3: Quota exceeded: Your project exceeded quota for free query bytes scanned`,
  ],
  [
    'ec2 host',
    `java.net.ConnectException: Call From ip-10-0-0-7.ec2.internal/10.0.0.7 to nn1.acme:8020 failed on connection exception: Connection refused`,
    `java.net.ConnectException: Call From ip-10-0-9-91.ec2.internal/10.0.9.91 to nn1.acme:8020 failed on connection exception: Connection refused`,
  ],
  [
    'pod suffix',
    `Pod load-orders-28391640-abcde returned a failure: OOMKilled`,
    `Pod load-orders-28391999-zq9xk returned a failure: OOMKilled`,
  ],
  [
    'object address',
    `AttributeError: '<acme.Client object at 0x7f3b1c2d4e5f>' has no attribute 'fetch'`,
    `AttributeError: '<acme.Client object at 0x7faaaaaaaaaa>' has no attribute 'fetch'`,
  ],
  [
    'gunicorn pid',
    `[2026-03-09 04:00:00 +0000] [77] [CRITICAL] WORKER TIMEOUT (pid:77)`,
    `[2026-03-10 04:00:00 +0000] [9] [CRITICAL] WORKER TIMEOUT (pid:9)`,
  ],
  [
    'spark column ids',
    "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `qty` cannot be resolved. Did you mean one of the following? [`id`]. SQLSTATE: 42703; 'Project [id#2L, 'qty]",
    "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `qty` cannot be resolved. Did you mean one of the following? [`id`]. SQLSTATE: 42703; 'Project [id#917L, 'qty]",
  ],
  [
    'dbt thread/time',
    `04:00:07.123456 [error] [MainThread]:   Database Error in model fct (models/fct.sql)
04:00:07.123456 [error] [MainThread]:   column "qty" does not exist`,
    `05:10:09.999999 [error] [MainThread]:   Database Error in model fct (models/fct.sql)
05:10:09.999999 [error] [MainThread]:   column "qty" does not exist`,
  ],
  [
    'colour',
    `\u001b[31mERROR:  relation "dwh.orders" does not exist\u001b[0m`,
    `ERROR:  relation "dwh.orders" does not exist`,
  ],
  [
    'docker layer',
    `failed to register layer: write /usr/lib/x.so: no space left on device`,
    `failed to register layer: write /usr/lib/x.so: no space left on device\n`,
  ],
  [
    'r temp',
    `Error in file(con, "r") : cannot open file '/tmp/RtmpAbC123/orders.csv': No such file or directory`,
    `Error in file(con, "r") : cannot open file '/tmp/RtmpZyX987/orders.csv': No such file or directory`,
  ],
  [
    'azure request id',
    `ErrorCode:AuthorizationPermissionMismatch This request is not authorized to perform this operation using this permission.\nRequestId:7f3b1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`,
    `ErrorCode:AuthorizationPermissionMismatch This request is not authorized to perform this operation using this permission.\nRequestId:bbbb1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`,
  ],
  [
    'json log vs text',
    `{"level":"error","ts":"2026-03-09T04:00:00Z","msg":"relation \\"dwh.orders\\" does not exist"}`,
    `ERROR:  relation "dwh.orders" does not exist`,
  ],
  [
    'fs block',
    `org.apache.hadoop.hdfs.BlockMissingException: Could not obtain block: BP-1234-10.0.0.1-15000:blk_1073741825_1001 file=/data/orders`,
    `org.apache.hadoop.hdfs.BlockMissingException: Could not obtain block: BP-1234-10.0.0.1-15000:blk_1073749999_2001 file=/data/orders`,
  ],
  [
    'epoch',
    `Checkpoint 42 expired before completing at 1700000000000`,
    `Checkpoint 977 expired before completing at 1800000000001`,
  ],
  ['gh actions', `2026-03-09T04:00:07.1234567Z ##[error]${M}`, M],
  ['gh actions 2', `load\tRun python load.py\t2026-03-09T04:00:07.1234567Z ${M}`, M],
  ['compose', `loader-1  | ${M}`, M],
  ['k8s pod prefix', `[pod/load-7d9f8b6c5d-x2x4z/loader] ${M}`, M],
  ['syslog', `Mar  9 04:00:07 host1 loader[77]: ${M}`, M],
  ['journald', `Mar 09 04:00:07 ip-10-0-0-7 loader[177]: ${M}`, M],
  ['airflow subprocess', `[2026-03-09, 04:00:07 UTC] {subprocess.py:93} INFO - ${M}`, M],
  ['airflow pod manager', `[2026-03-09T04:00:07.123+0000] {pod_manager.py:472} INFO - [base] ${M}`, M],
  ['celery', `[2026-03-09 04:00:07,123: ERROR/ForkPoolWorker-1] ${M}`, M],
  ['logfmt', `time="2026-03-09T04:00:07Z" level=error msg="column \\"qty\\" does not exist"`, M],
  ['json', JSON.stringify({ severity: 'ERROR', timestamp: '2026-03-09', message: M }), M],
  [
    'cloudwatch',
    `2026-03-09T04:00:07.123000+00:00 2026/03/09/[$LATEST]7f3b1c2d4e5f4a6b8c7d9e0f1a2b3c4d [ERROR] UndefinedColumn: column "qty" does not exist`,
    M,
  ],
  [
    'lambda',
    JSON.stringify({
      errorMessage: 'column "qty" does not exist',
      errorType: 'UndefinedColumn',
      requestId: '7f3b1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
    }),
    M,
  ],
  [
    'spark py4j',
    `py4j.protocol.Py4JJavaError: An error occurred while calling o42.save.
: org.postgresql.util.PSQLException: ERROR: column "qty" does not exist`,
    `org.postgresql.util.PSQLException: ERROR: column "qty" does not exist`,
  ],
  [
    'spark o id',
    `py4j.protocol.Py4JJavaError: An error occurred while calling o42.save.
: java.lang.IllegalStateException: lake is closed for acme`,
    `py4j.protocol.Py4JJavaError: An error occurred while calling o977.save.
: java.lang.IllegalStateException: lake is closed for acme`,
  ],
  [
    'java wraps',
    `java.util.concurrent.ExecutionException: org.acme.LoadException: schema acme.v is gone from the registry`,
    `org.acme.LoadException: schema acme.v is gone from the registry`,
  ],
  [
    'caused by',
    `Caused by: org.acme.LoadException: schema acme.v is gone from the registry`,
    `org.acme.LoadException: schema acme.v is gone from the registry`,
  ],
  [
    'dbt summary vs run',
    `04:00:07  Database Error in model fct (models/fct.sql)
04:00:07    column "qty" does not exist
04:00:07    LINE 7: select qty`,
    `  column "qty" does not exist`,
  ],
  [
    'glue',
    `2026-03-09 04:00:07,123 ERROR [main] glue.ProcessLauncher (Logging.scala:logError(77)): Error from Python:Traceback (most recent call last):
  File "/tmp/load.py", line 7, in <module>
    x()
KeyError: 'order_id'`,
    `Traceback (most recent call last):
  File "/tmp/load.py", line 9, in <module>
    x()
KeyError: 'order_id'`,
  ],
  ['heroku', `2026-03-09T04:00:07.123456+00:00 app[worker.1]: ${M}`, M],
  [
    'windows path',
    `FileNotFoundError: [Errno 2] No such file or directory: 'C:\\\\Users\\\\dana\\\\orders.csv'`,
    `FileNotFoundError: [Errno 2] No such file or directory: '/home/lee/orders.csv'`,
  ],
  [
    'mac addr',
    `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='api.acme', port=443): Max retries exceeded with url: /v1/x (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f3b1c2d4e5f>: Failed to establish a new connection: [Errno 111] Connection refused'))`,
    `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='api.acme', port=443): Max retries exceeded with url: /v1/x (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7faaaaaaaaaa>: Failed to establish a new connection: [Errno 111] Connection refused'))`,
  ],
  [
    'url page',
    `HTTPError: 429 Client Error: Too Many Requests for url: https://api.acme/v1/orders?page=7&cursor=abc123def456`,
    `HTTPError: 429 Client Error: Too Many Requests for url: https://api.acme/v1/orders?page=19&cursor=zzz987yyy654`,
  ],
  [
    'run id in text',
    `airflow.exceptions.AirflowException: DAG Run scheduled__2026-03-09T00:00:00+00:00 of load failed: quota exceeded`,
    `airflow.exceptions.AirflowException: DAG Run scheduled__2026-03-10T00:00:00+00:00 of load failed: quota exceeded`,
  ],
  [
    'row number',
    `pandas.errors.ParserError: Error tokenizing data. C error: Expected 5 fields in line 17, saw 6`,
    `pandas.errors.ParserError: Error tokenizing data. C error: Expected 5 fields in line 4242, saw 6`,
  ],
  [
    'mem used',
    `Query exceeded per-node memory limit of 20GB [Allocated: 19.9GB, Delta: 12MB]`,
    `Query exceeded per-node memory limit of 20GB [Allocated: 19.1GB, Delta: 77MB]`,
  ],
  [
    'deadlock xid',
    `Transaction (Process ID 52) was deadlocked on lock resources with another process`,
    `Transaction (Process ID 77) was deadlocked on lock resources with another process`,
  ],
  [
    'emr step',
    `Step s-2OZF2A4TZTS06 failed: AccessDenied: s3://lake/x`,
    `Step s-9ABC2A4TZTXYZ failed: AccessDenied: s3://lake/x`,
  ],
];

/** Two things to fix that differ in one name. */
const OTHER: readonly [string, string, string][] = [
  ['column', `ERROR:  column "qty" does not exist`, `ERROR:  column "price" does not exist`],
  [
    'column digit',
    `ERROR:  column "q1" of relation "orders" does not exist`,
    `ERROR:  column "q2" of relation "orders" does not exist`,
  ],
  ['table v', `relation "dwh.orders_v1" does not exist`, `relation "dwh.orders_v2" does not exist`],
  ['schema', `relation "dwh.orders" does not exist`, `relation "raw.orders" does not exist`],
  ['module', `ModuleNotFoundError: No module named 'acme.load'`, `ModuleNotFoundError: No module named 'acme.save'`],
  ['module digit', `ModuleNotFoundError: No module named 'boto3'`, `ModuleNotFoundError: No module named 'boto'`],
  ['psycopg', `ModuleNotFoundError: No module named 'psycopg2'`, `ModuleNotFoundError: No module named 'psycopg'`],
  ['key', `KeyError: 'order_id'`, `KeyError: 'customer_id'`],
  ['key digit', `KeyError: 'line1'`, `KeyError: 'line2'`],
  ['env', `Required environment variable DWH_HOST is not set`, `Required environment variable DWH_USER is not set`],
  ['conn', "The conn_id `dwh` isn't defined", "The conn_id `lake` isn't defined"],
  [
    'host',
    `could not translate host name "db1.acme" to address`,
    `could not translate host name "cache.acme" to address`,
  ],
  [
    'port',
    `dial tcp 10.0.0.1:5432: connect: connection refused`,
    `dial tcp 10.0.0.1:6379: connect: connection refused`,
  ],
  ['role', `permission denied for schema finance`, `permission denied for schema sales`],
  [
    'action',
    `is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::lake/x`,
    `is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::lake/x`,
  ],
  [
    'bucket',
    `NoSuchBucket: The specified bucket does not exist: lake-raw`,
    `NoSuchBucket: The specified bucket does not exist: lake-cooked`,
  ],
  ['package ver', `No matching distribution found for acme==1.2`, `No matching distribution found for other==1.2`],
  ['image', `Failed to pull image "acme/etl:9"`, `Failed to pull image "acme/app:9"`],
  [
    'http code',
    `Server error '502 Bad Gateway' for url 'https://api.acme/x'`,
    `Client error '403 Forbidden' for url 'https://api.acme/x'`,
  ],
  ['ora', `ORA-00942: table or view does not exist`, `ORA-00904: invalid identifier`],
  [
    'dbt test',
    `Failure in test not_null_orders_id (models/x.yml)\n  Got 3 results, configured to fail if != 0`,
    `Failure in test unique_orders_id (models/x.yml)\n  Got 3 results, configured to fail if != 0`,
  ],
  [
    'file',
    `FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/orders.csv'`,
    `FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/customers.csv'`,
  ],
  [
    'topic',
    `Topic orders not present in metadata after 60000 ms.`,
    `Topic returns not present in metadata after 60000 ms.`,
  ],
  [
    'constraint',
    `duplicate key value violates unique constraint "orders_pkey"`,
    `duplicate key value violates unique constraint "lines_pkey"`,
  ],
  [
    'attr',
    `AttributeError: 'NoneType' object has no attribute 'head'`,
    `AttributeError: 'NoneType' object has no attribute 'tail'`,
  ],
  ['secret name', `secret "dwh-keys" not found`, `secret "lake-keys" not found`],
  ['arg', `load() got an unexpected keyword argument 'days'`, `load() got an unexpected keyword argument 'hours'`],
  [
    'index in two places',
    `Traceback (most recent call last):\n  File "/srv/a.py", line 3, in load\n    x[9]\nIndexError: list index out of range`,
    `Traceback (most recent call last):\n  File "/srv/b.py", line 3, in save\n    x[9]\nIndexError: list index out of range`,
  ],
  ['variable airflow', `KeyError: 'Variable bucket does not exist'`, `KeyError: 'Variable region does not exist'`],
  ['user', `password authentication failed for user "etl"`, `password authentication failed for user "bi"`],
  [
    'library',
    `Error in library(sf) : there is no package called ‘sf’`,
    `Error in library(dplyr) : there is no package called ‘dplyr’`,
  ],
  ['r object', `Error: object 'qty' not found`, `Error: object 'price' not found`],
  ['exit code', `Command exited with code 2`, `Command exited with code 127`],
  ['gh actions other', `2026-03-09T04:00:07.1234567Z ##[error]${M}`, M.replace('qty', 'price')],
  [
    'json other',
    JSON.stringify({ severity: 'ERROR', message: M }),
    JSON.stringify({ severity: 'ERROR', message: M.replace('qty', 'price') }),
  ],
  [
    'url path',
    `404 Client Error: Not Found for url: https://api.acme/v1/orders`,
    `404 Client Error: Not Found for url: https://api.acme/v1/returns`,
  ],
  [
    'url host',
    `404 Client Error: Not Found for url: https://api.acme/v1/orders`,
    `404 Client Error: Not Found for url: https://api.other/v1/orders`,
  ],
  ['py class', `ValueError: bad value for acme`, `TypeError: bad value for acme`],
  ['config option', `spark.executor.memory is not valid`, `spark.driver.memory is not valid`],
  ['macro', `'acme_utils' is undefined`, `'other_utils' is undefined`],
  ['profile', `Could not find profile named 'acme'`, `Could not find profile named 'other'`],
  ['catalog', `Catalog 'hive' not found`, `Catalog 'lake' not found`],
  ['partition col', `Partition column day not found in schema`, `Partition column hour not found in schema`],
  ['type', `invalid input syntax for type integer: "n/a"`, `invalid input syntax for type date: "n/a"`],
  ['cast value', `Numeric value 'n/a' is not recognized`, `Timestamp 'n/a' is not recognized`],
  [
    'gcs bucket perm',
    `loader@acme does not have storage.objects.get access`,
    `loader@acme does not have storage.objects.create access`,
  ],
  [
    'sa',
    `User "system:serviceaccount:etl:runner" cannot list resource "pods"`,
    `User "system:serviceaccount:etl:runner" cannot list resource "jobs"`,
  ],
  ['dns', `Temporary failure in name resolution: db1`, `Temporary failure in name resolution: cache`],
  ['dag', `dag_id could not be found: nightly`, `dag_id could not be found: hourly`],
  ['class', `java.lang.ClassNotFoundException: com.acme.Load`, `java.lang.ClassNotFoundException: com.acme.Save`],
  ['r fn', `could not find function "clean_names"`, `could not find function "pivot_longer"`],
  [
    'syntax file',
    `  File "/srv/a.py", line 7\n    x=(\n      ^\nSyntaxError: '(' was never closed`,
    `  File "/srv/b.py", line 7\n    x=(\n      ^\nSyntaxError: '(' was never closed`,
  ],
  ['required argument', `missing required argument: project_id`, `missing required argument: dataset_id`],
];

describe('the fingerprint of one cause', () => {
  it.each(SAME)('is one, whoever tells it (%s)', (_, first, second) => {
    expect(fingerprintOf(first)).toBe(fingerprintOf(second));
  });

  it.each(OTHER)('is another than that of another %s', (_, first, second) => {
    expect(fingerprintOf(first)).not.toBe(fingerprintOf(second));
  });
});
