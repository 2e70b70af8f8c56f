import { createDiagnosis } from '../../src/diagnosis';

const { fingerprintOf, diagnoseText } = createDiagnosis();

describe('a fingerprint is the same', () => {
  it.each([
    [
      'at another time',
      '[2026-03-09T04:00:07.123+0000] {x.py:1} ERROR - load of orders failed: deadlock detected',
      '[2026-04-01T05:10:00.999+0000] {x.py:7} ERROR - load of orders failed: deadlock detected',
    ],
    [
      'for another process and transaction',
      'Process 77 waits for ShareLock on transaction 900; deadlock detected',
      'Process 1234 waits for ShareLock on transaction 17; deadlock detected',
    ],
    [
      'on another address',
      'connection to 10.0.0.7:5432 refused: Connection refused',
      'connection to 10.9.8.7:5432 refused: Connection refused',
    ],
    [
      'on another machine of a row',
      'Failed to connect to worker-7.acme.example: Connection refused',
      'Failed to connect to worker-41.acme.example: Connection refused',
    ],
    [
      'in another folder',
      "FileNotFoundError: [Errno 2] No such file or directory: '/tmp/run7/orders.csv'",
      "FileNotFoundError: [Errno 2] No such file or directory: '/srv/data/orders.csv'",
    ],
    [
      'for another day’s partition',
      'Path does not exist: s3a://acme/orders/dt=2026-03-09',
      'Path does not exist: s3a://acme/orders/dt=2026-03-10',
    ],
    [
      'for another size',
      'Unable to allocate 7.45 GiB for an array with shape (100, 7)',
      'Unable to allocate 11.2 GiB for an array with shape (190, 7)',
    ],
    [
      'for another run id',
      'run 5a1b2c3d-0000-4000-8000-000000000001: Quota exceeded',
      'run 9f8e7d6c-1111-4111-8111-111111111112: Quota exceeded',
    ],
    [
      'for another Spark task',
      'Lost task 3.0 in stage 7.0 (TID 40) (10.0.0.7 executor 2): java.lang.OutOfMemoryError: Java heap space',
      'Lost task 9.3 in stage 12.0 (TID 411) (10.0.0.9 executor 11): java.lang.OutOfMemoryError: Java heap space',
    ],
    [
      'with the class of what was raised and without it',
      "acme.sql.OperationalError: (1205, 'Lock wait timeout exceeded for orders')",
      "(1205, 'Lock wait timeout exceeded for orders')",
    ],
    [
      'for another id that a product gave the run',
      'Statement was cancelled (query_id: 20260309_040007_00006_jzmkd) by the limit of warehouse LOAD',
      'Statement was cancelled (query_id: 20260310_050107_00019_qqabc) by the limit of warehouse LOAD',
    ],
    [
      'for a flow run that goes by another name',
      "Flow run 'lazy-otter' could not load orders: exit code 137",
      "Flow run 'brave-lion' could not load orders: exit code 137",
    ],
    [
      'on another host of a dictionary',
      "Detected zombie job: {'Task Id': 'load', 'Hostname': 'worker-5f7d'}",
      "Detected zombie job: {'Task Id': 'load', 'Hostname': 'worker-9ccc'}",
    ],
    ['for another attempt', 'Attempt 1 of 3: Quota exceeded for loads', 'Attempt 3 of 3: Quota exceeded for loads'],
    [
      'for another object in memory',
      "<urllib3.HTTPSConnection object at 0x7f01>: Failed to resolve 'api.acme.example'",
      "<urllib3.HTTPSConnection object at 0x7fee>: Failed to resolve 'api.acme.example'",
    ],
    [
      'with another password in it',
      'could not connect: postgresql://etl:firstfirst1@db.example/dwh Connection refused',
      'could not connect: postgresql://etl:otherother2@db.example/dwh Connection refused',
    ],
    [
      'wherever it was nested',
      'Caused by: java.net.ConnectException: Connection refused: db.acme.example',
      'java.util.concurrent.ExecutionException: java.net.ConnectException: Connection refused: db.acme.example',
    ],
  ])('%s', (_, a, b) => {
    expect(fingerprintOf(a)).toBe(fingerprintOf(b));
  });

  it('for a bare error text and for the log that ends with it', () => {
    const error = 'psycopg2.errors.UndefinedTable: relation "stage.orders" does not exist';
    const log = `[2026-03-09T04:00:07.123+0000] {taskinstance.py:2905} ERROR - Task failed with exception
Traceback (most recent call last):
  File "/srv/acme/load.py", line 88, in load
    cursor.execute(statement)
${error}
[2026-03-09T04:00:08.000+0000] {local_task_job_runner.py:228} INFO - Task exited with return code 1`;
    expect(fingerprintOf(error)).toBe(diagnoseText(log).fingerprint);
  });
});

describe('a fingerprint differs', () => {
  it.each([
    [
      'for another table that is named without quotes',
      'DB::Exception: Table dwh.orders_v1 does not exist',
      'DB::Exception: Table dwh.orders_v2 does not exist',
    ],
    ['for another table', 'relation "stage.orders" does not exist', 'relation "stage.lines" does not exist'],
    ['for another column', "invalid identifier 'QTY'", "invalid identifier 'PRICE'"],
    [
      'for another module',
      "ModuleNotFoundError: No module named 'acme'",
      "ModuleNotFoundError: No module named 'pandas'",
    ],
    ['for another key', "KeyError: 'qty'", "KeyError: 'price'"],
    ['for another setting', 'DWH_HOST is not set', 'DWH_USER is not set'],
    [
      'for another service',
      'connection to db.acme.example:5432 failed: Connection refused',
      'connection to cache.acme.example:5432 failed: Connection refused',
    ],
    [
      'for another port',
      'connection to localhost:5432 failed: Connection refused',
      'connection to localhost:6379 failed: Connection refused',
    ],
    [
      'for another file',
      "No such file or directory: '/data/orders.csv'",
      "No such file or directory: '/data/lines.csv'",
    ],
    ['for another status', 'HTTP 403 from https://api.acme.example/v1', 'HTTP 503 from https://api.acme.example/v1'],
    ['for another version of a table', 'relation "orders_v1" does not exist', 'relation "orders_v2" does not exist'],
    [
      'for another fault of the same table',
      'relation "orders" does not exist',
      'permission denied for relation "orders"',
    ],
  ])('%s', (_, a, b) => {
    expect(fingerprintOf(a)).not.toBe(fingerprintOf(b));
  });

  it('for the rows of another test of dbt', () => {
    const of = (name: string) =>
      diagnoseText(`  Failure in test ${name} (models/schema.yml)
    Got 5 results, configured to fail if != 0`).fingerprint;
    expect(of('not_null_orders_id')).not.toBe(of('unique_orders_id'));
  });

  it('for the same poor words in two programs', () => {
    const at = (file: string) => `Traceback (most recent call last):
  File "/srv/acme/${file}", line 9, in main
    rows[3]
IndexError: list index out of range`;
    expect(fingerprintOf(at('load.py'))).not.toBe(fingerprintOf(at('publish.py')));
  });
});
