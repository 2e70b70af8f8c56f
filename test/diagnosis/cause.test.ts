import { createDiagnosis, type Diagnosis } from '../../src/diagnosis';

const diagnoser = createDiagnosis();

interface Case {
  title: string;
  log: string;
  /** The part of the cause line that must be in it. */
  cause: string;
  category: Diagnosis['category'];
}

const airflow = (level: string, text: string, file = 'taskinstance.py:1937') =>
  `[2026-03-09T04:00:07.123+0000] {${file}} ${level} - ${text}`;

const cases: Case[] = [
  {
    title: 'takes what Node raised, and not the line of code that it prints above',
    category: 'network',
    cause: 'Error: Connection terminated unexpectedly',
    log: `/srv/acme/lib/client.js:7
      const error = ending ? new Error('Connection terminated') : new Error('Connection terminated unexpectedly')
                                                                  ^
Error: Connection terminated unexpectedly
    at Socket.emit (node:events:519:28)`,
  },
  {
    title: 'follows the arrows of .NET to the innermost exception',
    category: 'deadlock_or_lock_timeout',
    cause: 'because it is being used by another process',
    log: `Acme.LoadException: could not load the orders
 ---> System.AggregateException: One or more errors occurred. (no luck)
 ---> System.IO.IOException: The process cannot access the file 'C:\\acme\\orders.csv' because it is being used by another process.
   at System.IO.FileStream.Open(String path)
   --- End of inner exception stack trace ---
   at Acme.Program.Main(String[] args)`,
  },
  {
    title: 'takes what R’s condition says, and not the call that raised it',
    category: 'service_unavailable_5xx',
    cause: '! HTTP 503 Service Unavailable.',
    log: `> load_orders()
Error in \`req_perform()\`:
! HTTP 503 Service Unavailable.
Run \`rlang::last_trace()\` to see where the error occurred.`,
  },
  {
    title: 'takes the message of a container’s state rather than its reason of one word',
    category: 'image_or_container_start',
    cause: 'mkdir /srv/acme: file exists',
    log: `  terminated:
    exitCode: 128
    message: 'mkdir /srv/acme: file exists'
    reason: ContainerCannotRun
    startedAt: null`,
  },
  {
    title: 'takes the description of an Integration Services error, and not the heading with its time',
    category: 'missing_dependency_or_import',
    cause: 'The task has failed to load',
    log: `Error: 2026-03-09 04:00:07.01
   Code: 0xC0010026
   Source: Load Orders
   Description: The task has failed to load. The contact information for this task is "".
End Error
Error: 2026-03-09 04:00:07.01
   Code: 0xC0024107
   Source: Load Orders
   Description: There were errors during task validation.
End Error
DTExec: The package execution returned DTSER_FAILURE (1).`,
  },
  {
    title: 'does not take it for a failure that no checks failed',
    category: 'config_error_missing_variable',
    cause: "Couldn't add SodaCL file",
    log: `INFO   | Reading SodaCL file "checks.yml"
ERROR  | Couldn't add SodaCL file checks.yml: 'orders'
INFO   | All is good. No checks failed or warned.`,
  },
  {
    title: 'takes the line that has the words where the innermost exception is a class alone',
    category: 'network',
    cause: 'java.io.EOFException: End of File Exception between local host',
    log: `2026-03-09 04:00:07,123 INFO acme.Retry - Exception while asking the resource manager
java.io.EOFException: End of File Exception between local host is: "a1"; destination host is: "a2":8030
\tat org.apache.hadoop.net.NetUtils.wrapException(NetUtils.java:764)
\tat org.apache.hadoop.ipc.Client.call(Client.java:1478)
Caused by: java.io.EOFException
\tat java.io.DataInputStream.readInt(DataInputStream.java:392)`,
  },
  {
    title: 'takes why a volume could not be mounted for the cause, and not that it was not',
    category: 'network',
    cause: 'dial tcp 10.0.0.7:2049: connect: connection refused',
    log: `Events:
  Type     Reason       Age   From     Message
  ----     ------       ----  ----     -------
  Warning  FailedMount  11s   kubelet  MountVolume.SetUp failed for volume "orders" : rpc error: code = Internal desc = dial tcp 10.0.0.7:2049: connect: connection refused`,
  },
  {
    title: 'takes the line on which a mount says why it failed',
    category: 'timeout',
    cause: 'mount.nfs: Connection timed out',
    log: `  Warning  FailedMount  5m  kubelet  MountVolume.SetUp failed for volume "orders" : mount failed: exit status 32
Mounting command: systemd-run
mount.nfs: Connection timed out`,
  },
  {
    title: 'takes the word at which SQL breaks for the cause, and not what was skipped for it',
    category: 'syntax_or_parse_error',
    cause: 'syntax error at or near "7"',
    log: `04:00:07 | 1 of 2 ERROR creating view model dwh.orders.......................... [ERROR in 0.19s]
04:00:07 | 2 of 2 SKIP relation dwh.fct_orders due to ephemeral model error...... [ERROR SKIP]
Database Error in model orders (models/orders.sql)
  syntax error at or near "7"
  LINE 2:     select 7 7 7`,
  },
  {
    title: 'takes nothing for the cause that was made up for by a default',
    category: 'killed_or_zombie_unknown',
    cause: 'Source process exit with code 1',
    log: `environment variable ACME_HOME is not set, defaulting to /srv/acme
2026-03-09 04:00:08 ERROR Worker: Sync worker failed.
com.acme.WorkerException: Source process exit with code 1.
\tat com.acme.Source.close(Source.java:135)`,
  },
  {
    title: 'takes the words of an exception whose class stands alone on the line above',
    category: 'type_or_cast_error',
    cause: '[UNSUPPORTED_DATATYPE] Unsupported data type',
    log: `Traceback (most recent call last):
  File "/opt/acme/load.py", line 7, in run
    frame.save()
pyspark.errors.exceptions.captured.ParseException:
[UNSUPPORTED_DATATYPE] Unsupported data type "TEXT". (line 1, pos 0)`,
  },
  {
    title: 'takes what a later batch raised for the cause, though the line to the JVM broke before it',
    category: 'missing_dependency_or_import',
    cause: ': java.lang.ClassNotFoundException: org.acme.Driver',
    log: `2026-03-09 04:00:07,123 - ERROR - [root] - Exception while sending command.
Traceback (most recent call last):
  File "/opt/lib/py4j/clientserver.py", line 535, in send_command
    answer = smart_decode(self.stream.readline()[:-1])
ConnectionResetError: [Errno 104] Connection reset by peer
2026-03-09 04:10:07,123 - ERROR - [Batch] - Batch 7 FAILED: An error occurred while calling o87.save.
: java.lang.ClassNotFoundException: org.acme.Driver
\tat java.net.URLClassLoader.findClass(URLClassLoader.java:387)`,
  },
  {
    title: 'takes a process that worked on after it was told to end for one that failed of what it raised later',
    category: 'schema_mismatch',
    cause: 'AcmeSchemaError: schemas do not match',
    log: [
      airflow('ERROR', 'Received SIGTERM. Terminating subprocesses.'),
      ...Array.from({ length: 9 }, (_, at) => airflow('INFO', `Loaded part ${at}`, 'load.py:7')),
      airflow('ERROR', 'Task failed with exception'),
      'Traceback (most recent call last):',
      '  File "/opt/acme/load.py", line 7, in run',
      '    check(schema)',
      'acme.errors.AcmeSchemaError: schemas do not match',
    ].join('\n'),
  },
  {
    title: 'takes what is raised right after a process was told to end for a part of that end',
    category: 'killed_or_zombie_unknown',
    cause: 'Received SIGTERM',
    log: [
      airflow('INFO', 'Loading', 'load.py:7'),
      airflow('ERROR', 'Received SIGTERM. Terminating subprocesses.'),
      'Traceback (most recent call last):',
      '  File "/opt/acme/load.py", line 7, in run',
      '    rows.next()',
      'acme.errors.AcmeError: stopped half way',
    ].join('\n'),
  },
  {
    title: 'looks for a cause in the run before one that only ended',
    category: 'constraint_violation_or_duplicate',
    cause: 'violates foreign key constraint',
    log: [
      airflow('INFO', 'Starting attempt 1 of 2'),
      airflow(
        'ERROR',
        'Failed to execute job 7 for task load ((acme.ForeignKeyViolation) insert on "orders" violates foreign key constraint "fk"; 9)',
      ),
      airflow('INFO', 'Starting attempt 2 of 2'),
      airflow('ERROR', 'Received SIGTERM. Terminating subprocesses.'),
    ].join('\n'),
  },
  {
    title: 'reads no cause out of the name of a task that Flink tells to have failed',
    category: 'code_bug_exception',
    cause: 'java.lang.NullPointerException: null',
    log: `Freshness Check (1/2) switched from RUNNING to FAILED
java.lang.NullPointerException: null
\tat org.acme.Check.onTimer(Check.java:98)`,
  },
  {
    title: 'takes the state in which a task failed for the error, at whatever level it is told',
    category: 'code_bug_exception',
    cause: 'the moon was full',
    log: `08:00:34,689 INFO  [] - word: ERROR
08:00:40,481 WARN  [] - Flat Map (1/2)#0 (ab) switched from RUNNING to FAILED with failure cause: java.lang.RuntimeException: the moon was full
08:00:50,571 INFO  [] - state restored`,
  },
  {
    title: 'judges a failed stage by what its task raised, not by its heading',
    category: 'code_bug_exception',
    cause: 'Job aborted due to stage failure',
    log: `org.apache.spark.SparkException: Job aborted due to stage failure: Task 1 in stage 5.0 failed 4 times, most recent failure: Lost task 1.3 in stage 5.0 (TID 14, etl-1): org.acme.AcmeException: the moon was full
\tat org.acme.Load.run(Load.java:7)`,
  },
  {
    title: 'takes what was met and passed over for no cause',
    category: 'killed_or_zombie_unknown',
    cause: 'Error: UPGRADE FAILED',
    log: `installing acme ...
"acme-chart" already exists with the same configuration, skipping
Error: UPGRADE FAILED: post-upgrade hooks failed: job failed: BackoffLimitExceeded`,
  },
  {
    title: 'takes the line that tells what ended over a field with the code alone',
    category: 'killed_or_zombie_unknown',
    cause: 'AM Container for appattempt_7 exited',
    log: `diagnostics: Application application_7 failed 2 times due to AM Container for appattempt_7 exited with  exitCode: 1
Container id: container_7
Exit code: 1
Exception in thread "main" org.apache.spark.SparkException: Application application_7 finished with failed status`,
  },
  {
    title: 'takes an exception where it was raised, not where a later chain repeats it',
    category: 'config_error_missing_variable',
    cause: 'org.apache.kafka.connect.errors.ConnectException: mode may not be combined',
    log: `[2026-03-09 04:00:07,123] ERROR Error while starting connector (org.apache.kafka.connect.runtime.WorkerConnector:198)
org.apache.kafka.connect.errors.ConnectException: mode may not be combined with query.
\tat org.acme.Source.start(Source.java:62)
[2026-03-09 04:00:08,123] ERROR Stopping after connector error (org.apache.kafka.connect.cli.ConnectStandalone:121)
java.util.concurrent.ExecutionException: org.apache.kafka.connect.errors.ConnectException: Failed to transition connector acme to state STARTED
\tat org.acme.Herder.start(Herder.java:20)
Caused by: org.apache.kafka.connect.errors.ConnectException: mode may not be combined with query.
\tat org.acme.Source.start(Source.java:62)`,
  },
  {
    title: 'takes the statement that was being run for no error',
    category: 'config_error_missing_variable',
    cause: 'InvalidMountException',
    log: `An error occurred when executing the SQL command:
select * from acme limit 50

ERROR processing query/statement. com.acme.InvalidMountException: Error while using path /mnt/acme for resolving path '/x' within mount at '/mnt/acme'.`,
  },
  {
    title: 'takes no connection that was closed in good order for a failure',
    category: 'unknown',
    cause: 'Could not make the session of acme',
    log: `2026-03-09 04:00:01,000 - __main__ - ERROR - Could not make the session of acme
2026-03-09 04:00:02,000 - __main__ - INFO - Database connection closed`,
  },
  {
    title: 'looks past a line to the JVM that broke since the one or the other was ended',
    category: 'missing_dependency_or_import',
    cause: 'Failed to find data source: acme',
    log: `2026-03-09 04:00:07,123 - ERROR - [Analytics] - Stream: Failed to find data source: acme. Please deploy the application
2026-03-09 04:00:08,123 - ERROR - [root] - Exception while sending command.
Traceback (most recent call last):
  File "/opt/lib/py4j/clientserver.py", line 535, in send_command
    answer = smart_decode(self.stream.readline()[:-1])
  File "/usr/lib/python3.12/socket.py", line 720, in readinto
    return self._sock.recv_into(b)
ConnectionResetError: [Errno 104] Connection reset by peer`,
  },
  {
    title: 'takes what was raised where it is told without what wraps it',
    category: 'missing_dependency_or_import',
    cause: 'Caused by: java.sql.SQLException: No suitable driver found for jdbc:acme',
    log: `[2026-03-09 04:00:07,123] ERROR Error while starting connector (org.apache.kafka.connect.runtime.WorkerConnector:207)
org.apache.kafka.connect.errors.ConnectException: Not started
\tat org.acme.Provider.get(Provider.java:62)
Caused by: java.sql.SQLException: No suitable driver found for jdbc:acme
\tat java.sql.DriverManager.getConnection(DriverManager.java:702)
[2026-03-09 04:00:08,123] ERROR Failed to start connector (org.apache.kafka.connect.runtime.Herder:20)
org.apache.kafka.connect.errors.ConnectException: Failed to start connector: orders
\tat org.acme.Herder.start(Herder.java:20)
Caused by: org.apache.kafka.connect.errors.ConnectException: Not in state STARTED
\tat org.acme.Herder.state(Herder.java:21)
Caused by: org.apache.kafka.connect.errors.ConnectException: java.sql.SQLException: No suitable driver found for jdbc:acme
\tat org.acme.Provider.get(Provider.java:62)`,
  },
  {
    title: 'takes an error that holds what was raised for an error of the code, where no rule knows it',
    category: 'code_bug_exception',
    cause: 'Failure is due to org.acme.ScriptException',
    log: `2026-03-09 04:00:07,123 INFO [Thread-4] o.a.Flow started
2026-03-09 04:00:07,124 ERROR [Thread-4] o.a.Flow Flow[id=7] stopped. Failure is due to org.acme.ScriptException: the moon was full
2026-03-09 04:00:07,125 INFO [Thread-4] o.a.Flow yielded`,
  },
  {
    title: 'looks past the heading of a build step',
    category: 'image_or_container_start',
    cause: 'failed to read dockerfile',
    log: `> [etl 4/8] RUN pip install -r requirements.txt:
#0 0.187 collecting
------
failed to solve: failed to read dockerfile: open Dockerfile: gone`,
  },
  {
    title: 'is no frame of a trace, where nothing else tells one',
    category: 'unknown',
    cause: '3 rows were seen',
    log: `3 rows were seen
\tat org.acme.Load.run(Load.java:7)
\tat org.acme.Main.main(Main.java:8)`,
  },
  {
    title: 'takes what broke after a process was told to end for no cause',
    category: 'killed_or_zombie_unknown',
    cause: 'Received SIGTERM',
    log: `${airflow('ERROR', 'Received SIGTERM. Terminating subprocesses')}
Traceback (most recent call last):
  File "/opt/lib/java_gateway.py", line 40, in send
    answer = self.stream.readline()
ConnectionResetError: [Errno 104] Connection reset by peer`,
  },
  {
    title: 'reads a field of an answer that was printed over several lines for what it says',
    category: 'permission_denied',
    cause: 'acme-loader may not write: access denied',
    log: `2026-03-09 04:00:07 platform > failures: [ {
  "failureOrigin" : "destination",
  "internalMessage" : "acme-loader may not write: access denied",
  "externalMessage" : "Something went wrong.",
  "metadata" : {
    "jobId" : 7
  },
} ]`,
  },
  {
    title: 'takes the parameter that was not valid, not that one was not',
    category: 'config_error_missing_variable',
    cause: 'Invalid bucket name "acme/orders"',
    log: `Traceback (most recent call last):
  File "/srv/etl/load.py", line 7, in load
    raise ParamValidationError(report=error_msg)
botocore.exceptions.ParamValidationError: Parameter validation failed:
Invalid bucket name "acme/orders": Bucket name must match the regex`,
  },
  {
    title: 'takes what Spark says first, not what py4j says again',
    category: 'config_error_missing_variable',
    cause: 'org.acme.SparkException: Could not parse Master URL',
    log: `2026-03-09 04:00:07 ERROR SparkContext: Error initializing SparkContext.
2026-03-09 04:00:07 INFO org.acme.SparkException: Could not parse Master URL: 'acme:8090'
py4j.protocol.Py4JJavaError: An error occurred while calling None.org.apache.spark.api.java.JavaSparkContext.
: org.acme.SparkException: Could not parse Master URL: 'acme:8090'`,
  },
  {
    title: 'reads what Celery raised below its own line about it',
    category: 'missing_dependency_or_import',
    cause: "ModuleNotFoundError: No module named 'acme_orders'",
    log: `[2026-03-09 04:00:00,340: INFO/MainProcess] Task acme.tasks.load[7d1c] received
[2026-03-09 04:00:00,341: ERROR/ForkPoolWorker-2] Task acme.tasks.load[7d1c] raised unexpected: ModuleNotFoundError("No module named 'acme_orders'")
Traceback (most recent call last):
  File "/srv/app/celery/app/trace.py", line 451, in trace_task
    R = retval = fun(*args, **kwargs)
ModuleNotFoundError: No module named 'acme_orders'`,
  },
  {
    title: 'takes the worker that took too long, not the code it ended with',
    category: 'timeout',
    cause: 'WORKER TIMEOUT (pid:31)',
    log: `[2026-03-09 04:00:00 +0000] [7] [INFO] Booting worker with pid: 31
[2026-03-09 04:09:41 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:31)
[2026-03-09 04:09:41 +0000] [31] [INFO] Worker exiting (pid: 31)
[2026-03-09 04:09:41 +0000] [7] [ERROR] Worker (pid:31) exited with code 1`,
  },
  {
    title: 'takes the last of several readings of a DAG file',
    category: 'code_bug_exception',
    cause: "NameError: name 'orders' is not defined",
    log: `${airflow('INFO', 'Started process (PID=7) to work on /srv/dags/nightly.py', 'processor.py:157')}
Traceback (most recent call last):
  File "/srv/dags/nightly.py", line 3, in <module>
    import acme_orders
ModuleNotFoundError: No module named 'acme_orders'
${airflow('INFO', 'Started process (PID=9) to work on /srv/dags/nightly.py', 'processor.py:157')}
Traceback (most recent call last):
  File "/srv/dags/nightly.py", line 9, in <module>
    load(orders)
NameError: name 'orders' is not defined`,
  },
  {
    title: 'takes the script that could not be opened, not a tool that the shell did without',
    category: 'config_error_missing_variable',
    cause: "can't open file '/srv/jobs/load_orders.py'",
    log: `${airflow('INFO', '/srv/bin/env.sh: line 68: ps: command not found', 'subprocess.py:93')}
${airflow('INFO', "python3: can't open file '/srv/jobs/load_orders.py': [Errno 2] No such file or directory", 'subprocess.py:93')}
${airflow('INFO', 'Command exited with return code 2', 'subprocess.py:97')}`,
  },
  {
    title: 'leaves out the lines that a reader skipped',
    category: 'missing_table_or_column',
    cause: "KeyError: 'region'",
    log: `${airflow('WARNING', "b'Skipping line 17: expected 1 fields, saw 2'", 'logging_mixin.py:149')}
Traceback (most recent call last):
  File "/srv/lib/pandas/core/frame.py", line 3807, in __getitem__
    indexer = self.columns.get_loc(key)
  File "/srv/lib/pandas/core/indexes/base.py", line 3804, in get_loc
    raise KeyError(key) from err
KeyError: 'region'`,
  },
  {
    title: 'reads what a dyno passes on, with the level that its program gave it',
    category: 'network',
    cause: 'OSError: Connection closed by server.',
    log: `2026-03-09T04:00:01.716218+00:00 app[worker.1]: [2026-03-09 04:00:01,703: WARNING/MainProcess] consumer: Connection to broker lost. Trying to re-establish the connection...
2026-03-09T04:00:01.716222+00:00 app[worker.1]: Traceback (most recent call last):
2026-03-09T04:00:01.716223+00:00 app[worker.1]:   File "/app/redis/connection.py", line 129, in _read_from_socket
2026-03-09T04:00:01.716224+00:00 app[worker.1]:     raise socket.error(SERVER_CLOSED_CONNECTION_ERROR)
2026-03-09T04:00:01.716225+00:00 app[worker.1]: OSError: Connection closed by server.`,
  },
  {
    title: 'takes the level of a PostgreSQL server’s line',
    category: 'missing_table_or_column',
    cause: 'relation "orders" does not exist',
    log: `2026-03-09 04:00:00.123 UTC [77] LOG:  checkpoint complete
2026-03-09 04:00:01.123 UTC [78] etl@dwh ERROR:  relation "orders" does not exist at character 15
2026-03-09 04:00:01.123 UTC [78] etl@dwh STATEMENT:  select * from orders`,
  },
  {
    title: 'looks past the command and the failed step of an image build to what the step said',
    category: 'network',
    cause: 'npm ERR! network Socket timeout',
    log: `#9 60.12 npm notice new version
#9 60.13 npm ERR! network Socket timeout
#9 60.14 npm ERR! A complete log of this run can be found in: /root/.npm/_logs
------
failed to solve: executor failed running [/bin/sh -c if [ -f lock.json ]; then npm ci; else echo "no such file"; fi]: exit code: 1`,
  },
  {
    title: 'takes no line of code that raises for a message where a trace lost its indentation',
    category: 'code_bug_exception',
    cause: 'TypeError: orders must be a list',
    log: `File /srv/etl/load.py:40, in load
rows = check(orders)

File /srv/etl/check.py:7, in check
raise TypeError("orders must be a list")

TypeError: orders must be a list`,
  },
  {
    title: 'takes the message of an answer, not its bare code',
    category: 'auth_expired_or_invalid',
    cause: 'Request had invalid authentication credentials',
    log: `acme.sheets.APIError: {
  "error": {
    "code": 401,
    "message": "Request had invalid authentication credentials.",
    "status": "UNAUTHENTICATED"
  }
}`,
  },
  {
    title: 'takes what stands under the call in R for what was raised, whatever it says',
    category: 'code_bug_exception',
    cause: 'orders went missing over night',
    log: `Error in load_orders(path, day = yesterday) :
  orders went missing over night
Calls: main -> load_orders
Execution halted`,
  },
  {
    title: 'takes a failure of Kafka Connect from what is caused, and its own exception for no matter of the network',
    category: 'type_or_cast_error',
    cause: 'Unknown magic byte!',
    log: `[2026-03-09 04:00:07,123] ERROR WorkerSinkTask{id=orders-0} Task threw an uncaught and unrecoverable exception. Task is being killed and will not recover until manually restarted (org.apache.kafka.connect.runtime.WorkerTask:207)
org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler
\tat org.apache.kafka.connect.runtime.WorkerSinkTask.poll(WorkerSinkTask.java:320)
Caused by: org.apache.kafka.common.errors.SerializationException: Unknown magic byte!`,
  },
  {
    title: 'takes the event that says why an image was not pulled, not that it was tried again',
    category: 'image_or_container_start',
    cause: 'denied: who are you',
    log: `  Warning  Failed   12s (x2 over 13s)  kubelet  Error: ImagePullBackOff
  Normal   Pulling  2s (x2 over 14s)   kubelet  Pulling image "acme/etl:9"
  Warning  Failed   1s (x2 over 14s)   kubelet  Failed to pull image "acme/etl:9": denied: who are you`,
  },
  {
    title: 'does not take the name of a pod for what happened to it',
    category: 'resource_preempted_or_evicted',
    cause: 'The node was low on resource',
    log: `event for oomkill-check-pod: {kubelet n1} Pulled: image already present
event for oomkill-check-pod: {kubelet n1} Evicted: The node was low on resource: memory.`,
  },
  {
    title: 'reads the line after a heading that names no error',
    category: 'config_error_missing_variable',
    cause: 'Must specify schema',
    log: `Encountered an error:
Runtime Error
  Credentials in profile "acme", target "prod" invalid: Runtime Error
    Must specify schema`,
  },
  {
    title: 'takes the database’s words for an error, whatever they are, also after an empty line',
    category: 'code_bug_exception',
    cause: 'gadget loop in the flux relation',
    log: `04:00:07  Concurrency: 4 threads (target='prod')
04:00:09  Completed with 1 error and 0 warnings:
04:00:09
04:00:09    Database Error in model fct_orders (models/fct_orders.sql)
04:00:09    gadget loop in the flux relation
04:00:09  Done. PASS=0 WARN=0 ERROR=1 SKIP=0 TOTAL=1`,
  },
  {
    title: 'does not take the name of a dbt node for an error',
    category: 'syntax_or_parse_error',
    cause: 'unexpected char',
    log: `Compilation Error in test orders_missing_columns (tests/orders_missing_columns.sql)
  unexpected char '&' at 7`,
  },
  {
    title: 'reads a stamp whose zone is told in hours alone',
    category: 'missing_table_or_column',
    cause: 'relation "orders" does not exist',
    log: `[2026-03-09, 04:00:07 +07] {subprocess.py:94} INFO - ERROR:  relation "orders" does not exist
[2026-03-09, 04:00:08 +07] {subprocess.py:98} INFO - Command exited with return code 1`,
  },
  {
    title: 'takes the innermost of nested Java causes',
    category: 'network',
    cause: 'Caused by: java.net.ConnectException: Connection refused',
    log: `2026-03-09 04:00:07,123 ERROR [main] com.acme.Load: load failed
com.acme.LoadException: could not load orders
\tat com.acme.Load.run(Load.java:10)
Caused by: java.sql.SQLException: could not open the pool
\tat com.acme.Pool.open(Pool.java:20)
\t... 3 more
Caused by: java.net.ConnectException: Connection refused
\tat java.net.Socket.connect(Socket.java:600)
\t... 9 more
2026-03-09 04:00:08,000 ERROR [main] com.acme.Load: job aborted`,
  },
  {
    title: 'takes the first of a Python chain that goes on directly',
    category: 'missing_table_or_column',
    cause: 'psycopg2.errors.UndefinedTable: relation "stage.orders" does not exist',
    log: `Traceback (most recent call last):
  File "/srv/venv/lib/python3.11/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec
    cursor.execute(statement)
psycopg2.errors.UndefinedTable: relation "stage.orders" does not exist
LINE 1: select * from stage.orders
                      ^


The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/acme/load.py", line 12, in <module>
    main()
sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "stage.orders" does not exist`,
  },
  {
    title: 'takes what was raised while a mere look-up failed',
    category: 'code_bug_exception',
    cause: 'acme.errors.UnknownRegionError: no such region: north',
    log: `Traceback (most recent call last):
  File "/srv/acme/region.py", line 4, in find
    return REGIONS[name]
KeyError: 'north'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/acme/load.py", line 12, in <module>
    find('north')
acme.errors.UnknownRegionError: no such region: north`,
  },
  {
    title: 'follows Dagster, which tells the outer exception first',
    category: 'type_or_cast_error',
    cause: "ValueError: could not convert string to float: 'n/a'",
    log: `2026-03-09 04:00:07 +0000 - dagster - ERROR - nightly - 5a1b2c3d-0000-4000-8000-000000000001 - 77 - load_orders - STEP_FAILURE - Execution of step "load_orders" failed.

dagster._core.errors.DagsterExecutionStepExecutionError: Error occurred while executing op "load_orders":

Stack Trace:
  File "/srv/venv/lib/python3.11/site-packages/dagster/_core/execution/plan/utils.py", line 57, in op_execution_error_boundary
    yield

The above exception was caused by the following exception:
ValueError: could not convert string to float: 'n/a'

Stack Trace:
  File "/srv/acme/assets.py", line 20, in load_orders
    return float(row.qty)
`,
  },
  {
    title: 'takes the executor’s error for Spark, not the driver’s end',
    category: 'out_of_memory',
    cause: 'java.lang.OutOfMemoryError: Java heap space',
    log: `26/03/09 04:00:01 INFO TaskSetManager: Starting task 3.0 in stage 7.0 (TID 40) (10.0.0.7, executor 2, partition 3)
26/03/09 04:00:07 ERROR Executor: Exception in task 3.0 in stage 7.0 (TID 40)
java.lang.OutOfMemoryError: Java heap space
\tat java.util.Arrays.copyOf(Arrays.java:3236)
26/03/09 04:00:07 WARN TaskSetManager: Lost task 3.0 in stage 7.0 (TID 40) (10.0.0.7 executor 2): java.lang.OutOfMemoryError: Java heap space
26/03/09 04:00:08 ERROR TaskSetManager: Task 3 in stage 7.0 failed 4 times; aborting job
26/03/09 04:00:08 INFO DAGScheduler: Job 3 failed: save at Load.scala:20, took 7.1 s`,
  },
  {
    title: 'reads the failed program, not the wrapper that ran it',
    category: 'missing_dependency_or_import',
    cause: "ModuleNotFoundError: No module named 'acme_tools'",
    log: [
      airflow('INFO', "Running command: ['bash', '-c', 'python /srv/load.py']", 'subprocess.py:75'),
      airflow('INFO', 'Output:', 'subprocess.py:86'),
      airflow('INFO', 'Traceback (most recent call last):', 'subprocess.py:93'),
      airflow('INFO', '  File "/srv/load.py", line 1, in <module>', 'subprocess.py:93'),
      airflow('INFO', '    import acme_tools', 'subprocess.py:93'),
      airflow('INFO', "ModuleNotFoundError: No module named 'acme_tools'", 'subprocess.py:93'),
      airflow('INFO', 'Command exited with return code 1', 'subprocess.py:97'),
      airflow('ERROR', 'Task failed with exception'),
      'Traceback (most recent call last):',
      '  File "/srv/venv/lib/python3.11/site-packages/airflow/operators/bash.py", line 210, in execute',
      '    raise AirflowException(',
      'airflow.exceptions.AirflowException: Bash command failed. The command returned a non-zero exit code 1.',
      airflow('INFO', 'Marking task as FAILED. dag_id=load, task_id=orders'),
      airflow('INFO', 'Task exited with return code 1', 'local_task_job_runner.py:228'),
    ].join('\n'),
  },
  {
    title: 'does not guess when only wrappers speak',
    category: 'killed_or_zombie_unknown',
    cause: 'Bash command failed. The command returned a non-zero exit code 1.',
    log: [
      airflow('ERROR', 'Task failed with exception'),
      'Traceback (most recent call last):',
      '  File "/srv/venv/lib/python3.11/site-packages/airflow/operators/bash.py", line 210, in execute',
      '    raise AirflowException(',
      'airflow.exceptions.AirflowException: Bash command failed. The command returned a non-zero exit code 1.',
      airflow('INFO', 'Task exited with return code 1', 'local_task_job_runner.py:228'),
    ].join('\n'),
  },
  {
    title: 'takes the failed test out of a dbt run',
    category: 'data_quality_check_failed',
    cause: '2 of 3 FAIL 12 not_null_orders_id',
    log: `04:00:01  Running with dbt=1.9.1
04:00:02  1 of 3 PASS unique_orders_id ........ [PASS in 0.20s]
04:00:03  2 of 3 FAIL 12 not_null_orders_id ... [FAIL 12 in 0.31s]
04:00:04  3 of 3 SKIP relation dwh.fct_orders . [SKIP]
04:00:04  Completed with 1 error and 0 warnings:
04:00:04  Done. PASS=1 WARN=0 ERROR=1 SKIP=1 TOTAL=3`,
  },
  {
    title: 'takes the database’s words out of a dbt summary',
    category: 'missing_table_or_column',
    cause: "Object 'DWH.STAGE.ORDERS' does not exist or not authorized.",
    log: `04:00:01  1 of 2 START sql table model dwh.dim_orders ..... [RUN]
04:00:03  1 of 2 ERROR creating sql table model dwh.dim_orders ..... [ERROR in 1.80s]
04:00:03  2 of 2 SKIP relation dwh.fct_orders ..... [SKIP]
04:00:04  Database Error in model dim_orders (models/dim_orders.sql)
04:00:04    002003 (42S02): SQL compilation error:
04:00:04    Object 'DWH.STAGE.ORDERS' does not exist or not authorized.
04:00:04    compiled code at target/run/acme/models/dim_orders.sql
04:00:04  Done. PASS=0 WARN=0 ERROR=1 SKIP=1 TOTAL=2`,
  },
  {
    title: 'reads what R puts on the line after "Error in"',
    category: 'code_bug_exception',
    cause: "object 'orders' not found",
    log: `> orders |> clean()
Error in clean(orders) : 
  object 'orders' not found
Calls: main -> clean
Execution halted`,
  },
  {
    title: 'takes the Warning out of Kubernetes events',
    category: 'image_or_container_start',
    cause: 'Failed to pull image "acme/etl:9"',
    log: `Events:
  Type     Reason     Age                From               Message
  ----     ------     ----               ----               -------
  Normal   Scheduled  90s                default-scheduler  Successfully assigned etl/load-7 to node-3
  Normal   Pulling    44s (x3 over 90s)  kubelet            Pulling image "acme/etl:9"
  Warning  Failed     43s (x3 over 89s)  kubelet            Failed to pull image "acme/etl:9": rpc error: code = NotFound
  Warning  Failed     43s (x3 over 89s)  kubelet            Error: ErrImagePull
  Normal   BackOff    8s (x5 over 88s)   kubelet            Back-off pulling image "acme/etl:9"`,
  },
  {
    title: 'takes the last run of a file that holds several',
    category: 'config_error_missing_variable',
    cause: "Could not find profile named 'acme'",
    log: `============================== 04:00:00.000000 | 5a1b2c3d-0000-4000-8000-000000000001 ==============================
04:00:01.000000 [info ] [MainThread]: Running with dbt=1.9.1
04:00:02.000000 [error] [MainThread]:   Database Error
    invalid access token
============================== 05:00:00.000000 | 5a1b2c3d-0000-4000-8000-000000000002 ==============================
05:00:01.000000 [info ] [MainThread]: Running with dbt=1.9.1
05:00:02.000000 [error] [MainThread]: Encountered an error:
Runtime Error
  Could not find profile named 'acme'`,
  },
  {
    title: 'keeps to the first of the same words',
    category: 'deadlock_or_lock_timeout',
    cause: 'deadlock detected',
    log: `2026-03-09 04:00:07.123 UTC [77] ERROR:  deadlock detected
2026-03-09 04:00:07.123 UTC [77] DETAIL:  Process 77 waits for ShareLock on transaction 900; blocked by process 78.
2026-03-09 04:00:09.123 UTC [79] ERROR:  deadlock detected`,
  },
  {
    title: 'is not led astray by a warning that passed',
    category: 'constraint_violation_or_duplicate',
    cause: 'duplicate key value violates unique constraint "orders_pkey"',
    log: `2026-03-09 04:00:01,000 WARNING acme.http: connection refused, trying again in 2 s
2026-03-09 04:00:03,000 INFO acme.http: connected
2026-03-09 04:00:07,000 ERROR acme.load: load failed
Traceback (most recent call last):
  File "/srv/acme/load.py", line 44, in load
    cursor.execute(sql)
psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "orders_pkey"
DETAIL:  Key (id)=(7) already exists.`,
  },
  {
    title: 'passes over the logger’s own mishap',
    category: 'code_bug_exception',
    cause: 'IndexError: list index out of range',
    log: `--- Logging error ---
Traceback (most recent call last):
  File "/usr/lib/python3.11/logging/__init__.py", line 1113, in emit
    stream.write(msg + self.terminator)
UnicodeEncodeError: 'charmap' codec can't encode character in position 0
Call stack:
  File "/srv/acme/load.py", line 3, in <module>
    main()
Message: 'started'
Arguments: ()
Traceback (most recent call last):
  File "/srv/acme/load.py", line 9, in main
    rows[3]
IndexError: list index out of range`,
  },
  {
    title: 'reads lines of JSON, and the trace in them',
    category: 'permission_denied',
    cause: 'PermissionError: [Errno 13] Permission denied',
    log: `{"timestamp":"2026-03-09T04:00:01Z","level":"info","event":"started"}
{"timestamp":"2026-03-09T04:00:07Z","level":"error","event":"Task failed with exception","error_detail":[{"exc_type":"PermissionError","exc_value":"[Errno 13] Permission denied: '/srv/out'","frames":[]}]}`,
  },
  {
    title: 'reads key=value lines',
    category: 'dns',
    cause: 'no such host',
    log: `time=2026-03-09T04:00:01Z level=info msg="starting sync"
time=2026-03-09T04:00:07Z level=error msg="sync failed" error="dial tcp: lookup kafka on 10.0.0.2:53: no such host"`,
  },
  {
    title: 'reads the pods of kubectl that are interleaved',
    category: 'missing_input_data_or_partition',
    cause: "FileNotFoundError: [Errno 2] No such file or directory: '/data/orders.csv'",
    log: `[pod/load-7/base] Traceback (most recent call last):
[pod/web-1/app] 2026-03-09 04:00:07 INFO ready
[pod/load-7/base]   File "/srv/load.py", line 9, in <module>
[pod/web-1/app] 2026-03-09 04:00:07 INFO served / in 3 ms
[pod/load-7/base]     open('/data/orders.csv')
[pod/load-7/base] FileNotFoundError: [Errno 2] No such file or directory: '/data/orders.csv'
[pod/web-1/app] 2026-03-09 04:00:08 INFO served / in 4 ms`,
  },
  {
    title: 'reads Prefect, whose state repeats the words',
    category: 'timeout',
    cause: 'httpx.ReadTimeout: The read operation timed out',
    log: `04:00:01.123 | INFO    | Flow run 'calm-otter' - Beginning flow run 'calm-otter' for flow 'load'
04:00:31.123 | ERROR   | Task run 'fetch-0' - Task run failed with exception
Traceback (most recent call last):
  File "/srv/flows/load.py", line 12, in fetch
    httpx.get(url)
httpx.ReadTimeout: The read operation timed out
04:00:31.300 | ERROR   | Flow run 'calm-otter' - Finished in state Failed('Flow run encountered an exception. ReadTimeout: The read operation timed out')`,
  },
  {
    title: 'takes the shell’s complaint before its exit code',
    category: 'config_error_missing_variable',
    cause: 'line 3: dbt: command not found',
    log: `+ cd /srv/dwh
+ dbt run
/srv/run.sh: line 3: dbt: command not found
##[error] Process completed with exit code 127.`,
  },
];

describe('the cause of a log', () => {
  it.each(cases)('$title', ({ log, cause, category }) => {
    const diagnosis = diagnoser.diagnoseText(log);
    expect(diagnosis.causeLine).toContain(cause);
    expect(diagnosis.category).toBe(category);
    const at = log
      .split('\n')
      .findIndex((line) => line.includes(cause) || line.includes(JSON.stringify(cause).slice(1, -1)));
    if (at >= 0) expect(diagnosis.causeLineNo).toBe(at + 1);
  });

  it('comes with at most 15 lines that hold it, numbered as in the log', () => {
    const lines = Array.from({ length: 60 }, (_, at) => (at === 40 ? 'ERROR:  deadlock detected' : `row ${at} stored`));
    const { excerpt, excerptFromLineNo, causeLineNo } = diagnoser.diagnoseText(lines.join('\n'));
    const shown = excerpt.split('\n');
    expect(shown).toEqual(lines.slice(excerptFromLineNo - 1, excerptFromLineNo - 1 + shown.length));
    expect(shown.length).toBeLessThanOrEqual(15);
    expect(shown[causeLineNo - excerptFromLineNo]).toBe('ERROR:  deadlock detected');
  });

  it('is unknown, with a retry that may help and a fingerprint, where nothing tells it', () => {
    const { category, retryable, confidence, fingerprint } = diagnoser.diagnoseText('the sun rose\nthe sun set');
    expect({ category, retryable }).toEqual({ category: 'unknown', retryable: 'maybe' });
    expect(confidence).toBeLessThan(0.2);
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is what broke behind the status 500, and why an app did not start, where it is told', () => {
    const answer = { message: 'Request failed with status code 500', response: { error: "Unknown column 'acme'" } };
    expect(diagnoser.diagnoseText(JSON.stringify(answer)).causeLine).toContain('acme');
    const app =
      'Error in library(acme) : there is no package called ‘acme’\nExecution halted\nAn error has occurred\nThe application failed to start.\nexit status 1';
    expect(diagnoser.diagnoseText(app).category).toBe('missing_dependency_or_import');
  });

  it('is the first of R’s errors, in one line or over two', () => {
    const log =
      'Error: Error in acme_path(path) : could not find function "acme_path"\nError in acme_remove(envir) : \n  object \'acme_handlers\' not found';
    expect(diagnoser.diagnoseText(log).causeLineNo).toBe(1);
  });

  it('is not that a process ended well', () => {
    const log = 'INFO - Task exited with return code 0\nINFO - Marking task as FAILED. dag_id=acme, task_id=load';
    expect(diagnoser.diagnoseText(log).causeLineNo).toBe(2);
  });

  it('is unknown for an empty text', () => {
    const { category, causeLine, causeLineNo, excerpt } = diagnoser.diagnoseText('');
    expect({ category, causeLine, causeLineNo, excerpt }).toEqual({
      category: 'unknown',
      causeLine: '',
      causeLineNo: 1,
      excerpt: '',
    });
  });

  it('is told without secrets, anywhere in the answer', () => {
    const log = `connecting with postgresql://etl:hunter2hunter2@db.example/dwh
FATAL:  password authentication failed for user "etl", password=hunter2hunter2
owner dana.lee@data.example`;
    const diagnosis = diagnoser.diagnoseText(log);
    expect(JSON.stringify(diagnosis)).not.toContain('hunter2');
    expect(JSON.stringify(diagnosis)).not.toContain('dana.lee');
    expect(diagnosis.redactions).toEqual({ url_password: 1, password: 1, email: 1 });
    expect(diagnosis.category).toBe('auth_expired_or_invalid');
  });
});
