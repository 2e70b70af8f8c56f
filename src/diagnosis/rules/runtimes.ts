import type { Category } from '../../domain/diagnosis';
import type { Rule, Strength } from '../rule';

/** The exceptions of .NET's own library, by their class. */
function dotnet(what: string, category: Category, classes: string, strength: Strength = 'names'): Rule {
  return {
    id: `dotnet.${what}`,
    category,
    strength,
    says: ['system.'],
    pattern: `\\bSystem\\.(?:\\w{1,40}\\.){0,4}(?-i:${classes})(?:Exception)? ?(?:\\(0x\\w+\\))?[:,]`,
    example: `Unhandled exception. System.${classes.replace(/\|.*$/, '')}Exception: acme`,
  };
}

/** What the runtimes of .NET, Go, Node and R say of a program that broke, whatever it did. */
export const runtimeRules: readonly Rule[] = [
  {
    id: 'r.not-subsettable',
    category: 'code_bug_exception',
    strength: 'settles',
    pattern: 'is not subsettable',
    example: "Warning: Error in $: object of type 'closure' is not subsettable",
  },
  {
    id: 'dotnet.assembly',
    category: 'missing_dependency_or_import',
    strength: 'settles',
    pattern:
      "could not load (?:file or assembly|type '[^']{1,300}' from assembly)|unable to load (?:shared library|DLL) '|(?:DllNotFound|TypeLoad|BadImageFormat|FileLoad)Exception\\b|any compatible framework version|must install (?:or update )?\\.NET|framework '[^']{1,80}', version '[^']{1,40}'.{0,40}(?:not found|was not)",
    example: "System.IO.FileNotFoundException: Could not load file or assembly 'Acme, Version=1.0.0.0'.",
  },
  {
    id: 'dotnet.nuget',
    category: 'missing_dependency_or_import',
    pattern:
      '\\berror NU1\\d{3}: |unable to (?:find|resolve) (?:package )?.{1,120} (?:with version|packages exist with this id)',
    example: 'error NU1101: Unable to find package Acme.',
  },
  {
    id: 'dotnet.compile',
    category: 'syntax_or_parse_error',
    pattern: '\\berror (?:CS|BC|FS)\\d{4}: ',
    example: 'Program.cs(7,9): error CS1002: ; expected',
  },
  {
    id: 'dotnet.services',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      "unable to resolve service for type '|no service for type '|connection string .{0,80}(?:could not be found|has not been initialized|not found)|no connection string named|configuration system failed to initialize|keyword not supported: '",
    example: "System.InvalidOperationException: Unable to resolve service for type 'Acme.IClock'",
  },
  {
    id: 'dotnet.stack',
    category: 'code_bug_exception',
    pattern: '^\\s*Stack overflow\\.\\s*$|terminated due to StackOverflowException',
    example: 'Process is terminated due to StackOverflowException.',
  },
  {
    id: 'dotnet.in-use',
    category: 'deadlock_or_lock_timeout',
    strength: 'settles',
    says: ['because it is being used by another process', 'currently busy and cannot run multiple tasks'],
    example:
      "System.IO.IOException: The process cannot access the file 'C:\\acme' because it is being used by another process.",
  },
  {
    id: 'dotnet.http-client',
    category: 'timeout',
    strength: 'settles',
    says: ['due to the configured httpclient.timeout'],
    example:
      'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 70 seconds elapsing.',
  },
  dotnet(
    'code',
    'code_bug_exception',
    'NullReference|ArgumentNull|ArgumentOutOfRange|IndexOutOfRange|DivideByZero|NotImplemented|NotSupported|StackOverflow|RankMismatch|ObjectDisposed|MissingMethod|MissingMember|MissingField|AmbiguousMatch|KeyNotFound|InsufficientExecutionStack',
  ),
  dotnet('argument', 'code_bug_exception', 'InvalidOperation|Argument', 'generic'),
  dotnet('cast', 'type_or_cast_error', 'InvalidCast|Format|Overflow|Arithmetic|DecoderFallback|EncoderFallback'),
  dotnet('json', 'syntax_or_parse_error', 'Json|Xml|XmlSyntax|RegexParse', 'broad'),
  dotnet('cancelled', 'killed_or_zombie_unknown', 'TaskCanceled|OperationCanceled|ThreadAbort', 'suggests'),
  dotnet('folder', 'config_error_missing_variable', 'DirectoryNotFound|FileNotFound', 'broad'),
  dotnet('access', 'permission_denied', 'UnauthorizedAccess|Security'),

  {
    id: 'go.unmarshal',
    category: 'type_or_cast_error',
    pattern: '\\bcannot unmarshal .{1,200} into |strconv\\.\\w{1,20}: parsing |\\bsql: Scan error on column',
    example: 'json: cannot unmarshal string into Go struct field Order.id of type int',
  },
  {
    id: 'go.crash',
    category: 'code_bug_exception',
    strength: 'suggests',
    pattern:
      'all goroutines are asleep|concurrent map (?:writes|iteration|read)|observed a panic|runtime error: (?:invalid memory|index out of|slice bounds|integer divide|makeslice|hash of)|nil pointer dereference|assignment to entry in nil map|interface conversion: ',
    example: 'E0103 10:00:00.000000       1 runtime.go:78] Observed a panic: runtime error: index out of range [3]',
  },
  {
    id: 'go.compile',
    category: 'syntax_or_parse_error',
    pattern:
      '\\.go:\\d{1,6}:\\d{1,5}: (?:undefined: |syntax error|declared and not used|cannot use |missing return|\\S{1,80} redeclared|.{1,120}imported and not used|too many (?:arguments|return)|not enough (?:arguments|return))',
    example: './main.go:7:2: undefined: acme',
  },
  {
    id: 'grpc.unimplemented',
    category: 'code_bug_exception',
    strength: 'suggests',
    pattern: 'code = Unimplemented desc|StatusCode\\.UNIMPLEMENTED',
    example: 'rpc error: code = Unimplemented desc = unknown method Acme',
  },

  {
    id: 'node.child',
    category: 'killed_or_zombie_unknown',
    strength: 'broad',
    pattern:
      'Error: (?:the )?(?:\\S{1,60} )?(?:child )?(?:process )?exited with (?:exit )?(?:code|status) \\d{1,3}\\s*$',
    example: 'Error: Exited with code 7',
  },
  {
    id: 'npm.sign-in',
    category: 'auth_expired_or_invalid',
    pattern: 'npm (?:ERR!|error) (?:code (?:E401|ENEEDAUTH)|need auth|401 )',
    example: 'npm ERR! code E401',
  },

  {
    id: 'r.app-folder',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'contain a valid shiny app|App dir must contain|No Shiny application exists at the path|directory .{1,200} does not (?:contain|exist).{0,40}(?:app|server)\\.R',
    example: "app directory doesn't contain a valid Shiny app",
  },
  {
    id: 'r.handle',
    category: 'code_bug_exception',
    pattern:
      '(?:corrupt|expired|invalid) (?:connection|database|result ?set) handle|external pointer is not valid|must be a (?:string|character vector|data frame|function|single|number|numeric vector)\\b|applied to an object of class',
    example: 'internal error in RS_DBI_getConnection: corrupt connection handle',
  },
  {
    id: 'r.targets-running',
    category: 'deadlock_or_lock_timeout',
    strength: 'settles',
    pattern: 'is already running a \\{targets\\} pipeline',
    example: 'Process ID 7 is already running a {targets} pipeline with the folder acme as the local data store',
  },
  {
    id: 'r.not-installed',
    category: 'missing_dependency_or_import',
    strength: 'settles',
    pattern:
      '(?:required|following) packages? (?:is|are) not installed|unsatisfiable (?:package specifications|dependencies)',
    example: 'The following required packages are not installed:',
  },
  {
    id: 'r.repository',
    category: 'missing_dependency_or_import',
    pattern:
      'cannot open URL .{1,300}/(?:src|bin/.{1,60})/contrib/|download of package .{1,80} failed|unable to retrieve package records|sources missing at ',
    example: "cannot open URL 'http://cran.example/src/contrib/acme_1.0.tar.gz'",
  },
  {
    id: 'java.class-path',
    category: 'missing_dependency_or_import',
    strength: 'suggests',
    pattern:
      '(?:make sure|ensure|check) .{1,120} (?:on|in) (?:the|your) class ?path|add .{1,120} to (?:the|your) class ?path',
    example: 'TableException: Could not instantiate the executor. Make sure a planner module is on the classpath',
  },
  {
    id: 'python.cancelled',
    category: 'killed_or_zombie_unknown',
    strength: 'broad',
    pattern: '^(?:asyncio\\.(?:exceptions\\.)?|concurrent\\.futures\\._base\\.)CancelledError\\b',
    example: 'asyncio.exceptions.CancelledError',
  },
  {
    id: 'version.upgrade',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern: 'you (?:must|need to) (?:upgrade|update|downgrade) .{1,120}\\bversion\\b',
    example: 'You must upgrade the platform to use this version of acme.',
  },
];
