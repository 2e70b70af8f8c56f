import type { Category } from '../../src/domain/diagnosis';

/** What the runtimes of languages and the tools for drawn pipelines say, with names of our own; the category that a reader would give it. */
export const saidByRuntimes: Partial<Record<Category, readonly string[]>> = {
  deadlock_or_lock_timeout: [
    'resourceInUse: Cannot delete dataset because it is being used',
    "System.IO.IOException: The process cannot access the file 'C:\\a' because it is being used by another process.",
    'Process ID 7 is already running a {targets} pipeline with the folder acme as the local data store',
  ],
  quota_or_rate_limit: [
    'tableUnavailable: 403 Transactions DML too many DML statements outstanding against table acme:d.t, limit is 20.',
  ],
  config_error_missing_variable: [
    'Cannot read and write in different locations: source: US, destination: EU',
    'System.Configuration.ConfigurationErrorsException: Configuration system failed to initialize',
    "System.InvalidOperationException: No connection string named 'Default' could be found in the application config file.",
    'VAR_27086 : Cannot find specified parameter file [/acme/p.txt] for [session acme].',
    "2026/01/05 10:00:00 app directory doesn't contain a valid Shiny app",
  ],
  constraint_violation_or_duplicate: ['ORA-01400: cannot insert NULL into ("A"."B"."C")'],
  code_bug_exception: [
    'ORA-01422: exact fetch returns more than requested number of rows',
    'ORA-01476: divisor is equal to zero',
    'rpc error: code = Unimplemented desc = unknown method',
    'System.NullReferenceException: Object reference not set to an instance of an object.',
    "System.ArgumentNullException: Value cannot be null. (Parameter 'a')",
    'System.ArgumentOutOfRangeException: Index was out of range.',
    'System.IndexOutOfRangeException: Index was outside the bounds of the array.',
    "System.Collections.Generic.KeyNotFoundException: The given key 'a' was not present in the dictionary.",
    'System.DivideByZeroException: Attempted to divide by zero.',
    'System.NotImplementedException: The method or operation is not implemented.',
    'System.StackOverflowException: Stack overflow.',
    'fatal error: concurrent map writes',
  ],
  type_or_cast_error: [
    "System.InvalidCastException: Unable to cast object of type 'A' to type 'B'.",
    'System.FormatException: Input string was not in a correct format.',
    'System.OverflowException: Value was either too large or too small for an Int32.',
    'strconv.ParseInt: parsing "a": invalid syntax',
    'SSIS Error Code DTS_E_OLEDBERROR.  An OLE DB error has occurred. Description: "Invalid character value for cast specification".',
  ],
  missing_dependency_or_import: [
    "System.IO.FileNotFoundException: Could not load file or assembly 'Acme, Version=1.0.0.0' or one of its dependencies.",
    "System.TypeLoadException: Could not load type 'A' from assembly 'B'",
    "System.DllNotFoundException: Unable to load shared library 'libacme' or one of its dependencies.",
    "It was not possible to find any compatible framework version The framework 'Microsoft.NETCore.App', version '6.0.0' was not found.",
    'error NU1101: Unable to find package Acme. No packages exist with this id in source(s): nuget.org',
    'main.go:4:2: no required module provides package github.com/acme/x; to add it:',
    '   Description: The task has failed to load. The contact information for this task is "".',
  ],
  permission_denied: [
    "System.UnauthorizedAccessException: Access to the path 'C:\\a' is denied.",
    "Error: EACCES: permission denied, open '/a'",
  ],
  disk_full: ['System.IO.IOException: There is not enough space on the disk.'],
  out_of_memory: [
    "System.OutOfMemoryException: Exception of type 'System.OutOfMemoryException' was thrown.",
    'The executor with id 7 exited with exit code 52(JVM OOM).',
  ],
  timeout: [
    'System.TimeoutException: The operation has timed out.',
    'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
  ],
  killed_or_zombie_unknown: [
    'System.Threading.Tasks.TaskCanceledException: A task was canceled.',
    'Lost executor 7 on 10.0.0.1: The executor with id 7 exited with exit code -1(unexpected).',
  ],
  network: [
    'System.Net.Sockets.SocketException (111): Connection refused',
    'System.Net.Http.HttpRequestException: No connection could be made because the target machine actively refused it.',
  ],
  dns: ['System.Net.Sockets.SocketException (11001): No such host is known.'],
  syntax_or_parse_error: ['error CS1002: ; expected'],
  auth_expired_or_invalid: ['npm ERR! code E401'],
  missing_input_data_or_partition: [
    'Error: 0xC020200E at Load Orders, Flat File Source [7]: Cannot open the datafile "C:\\acme\\orders.csv".',
  ],
};
