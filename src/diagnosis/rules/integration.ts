import type { Category } from '../../domain/diagnosis';
import type { Rule, Strength } from '../rule';

/** What SQL Server Integration Services says in a `Description:`, and the code that it prints before it. */
function ssis(what: string, category: Category, pattern: string, example: string, strength: Strength = 'names'): Rule {
  return { id: `ssis.${what}`, category, strength, pattern, example };
}

/** Tools in which pipelines are drawn: Integration Services, Data Factory, Informatica, Talend, and what checks data beside them. */
export const integrationRules: readonly Rule[] = [
  ssis(
    'connection',
    'config_error_missing_variable',
    '0xC001000E|0xC0010001|thrown by Connections collection|the variable cannot be found|0xC0014037|Failed to decrypt (?:protected XML node|an encrypted XML node)|0xC001700A|version number in the package is not valid|0xC0016016',
    'Code: 0xC001000E Description: The connection "Acme" is not found. This error is thrown by Connections collection',
    'suggests',
  ),
  ssis(
    'task-load',
    'missing_dependency_or_import',
    '0xC0010026|task has failed to load|product level is insufficient for component|0xC0000033|component (?:is missing, not registered|metadata for .{1,200} could not be upgraded)|0xC0048021|class not registered|provider is not registered',
    'Description: The task has failed to load. The contact information for this task is "".',
  ),
  ssis(
    'script-language',
    'config_error_missing_variable',
    'not recognized as a valid script language|UnrecognizedVSTAScriptLanguage|binary code for the script is not found',
    '"Acme Basic" was not recognized as a valid script language.',
  ),
  ssis(
    'cast',
    'type_or_cast_error',
    'Invalid character value for cast|potential loss of data|Text was truncated or one or more characters|returned status value \\d{1,2} and status text|data value overflowed|0xC02020A1|0xC020907F|truncation occurred, and the truncation row disposition',
    'Data conversion failed. The data conversion for column "id" returned status value 2 and status text "The value could not be converted because of a potential loss of data.".',
  ),
  ssis(
    'constraint',
    'constraint_violation_or_duplicate',
    'value violated the integrity constraints|DBSTATUS_E_INTEGRITYVIOLATION',
    'The value violated the integrity constraints for the column.',
  ),
  ssis(
    'input',
    'missing_input_data_or_partition',
    'Cannot open the datafile|0xC020200E|enumerator is empty',
    'Cannot open the datafile "C:\\acme\\orders.csv".',
  ),
  ssis(
    'memory',
    'out_of_memory',
    'buffer manager (?:failed a memory allocation|cannot|could not).{0,80}|0xC0047012|system reports \\d{1,3} percent memory load',
    'The buffer manager failed a memory allocation call for 10485760 bytes',
  ),
  ssis(
    'script',
    'code_bug_exception',
    'script returned a failure result',
    'The Script returned a failure result.',
    'broad',
  ),
  ssis(
    'acquire',
    'network',
    'DTS_E_CANNOTACQUIRECONNECTION|AcquireConnection method call to the connection manager',
    'SSIS Error Code DTS_E_CANNOTACQUIRECONNECTIONFROMCONNECTIONMANAGER. The AcquireConnection method call to the connection manager "Acme" failed',
    'broad',
  ),
  ssis(
    'wrapper',
    'killed_or_zombie_unknown',
    'errors during task validation|contains tasks that failed to load|DTSER_FAILURE|component failed validation|failed validation and returned validation status|VS_ISBROKEN|DTS_E_PRIMEOUTPUTFAILED|DTS_E_PROCESSINPUTFAILED|DTS_E_INDUCEDTRANSFORMFAILUREONERROR|DTS_E_THREADFAILED|package execution failed\\.',
    'Error at Data Flow Task [SSIS.Pipeline]: One or more component failed validation.',
    'wrapper',
  ),
  {
    id: 'adf.self-hosted',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'integration runtime .{1,120}(?:is offline|not available|unavailable|not registered|not online)|no available self-hosted|ErrorCode=(?:\\w{0,40}Invalid\\w{0,40}|\\w{0,40}NotSpecified|UserErrorMissing\\w{1,40})',
    example: "The Self-hosted Integration Runtime 'acme' is offline",
  },
  {
    id: 'adf.schema',
    category: 'schema_mismatch',
    strength: 'suggests',
    pattern: 'ErrorCode=\\w{0,60}(?:Schema|Mapping|ColumnCount|ColumnName)\\w{0,80}',
    example: "ErrorCode=SchemaMappingFailedInAcmeStage,'Type=Acme,Message=no luck'",
  },
  {
    id: 'informatica.sign-in',
    category: 'auth_expired_or_invalid',
    pattern: '\\b(?:WRT_8001|RR_4036|CMN_1022|DBGR_\\d{5}).{0,200}(?:logon denied|login failed|password|invalid user)',
    example: 'RR_4036 : Error connecting to database [ORA-01017: invalid username/password; logon denied]',
  },
  {
    id: 'informatica.connection',
    category: 'network',
    strength: 'broad',
    pattern: '\\b(?:RR_4036|CMN_1022|CMN_1076|WRT_8001)\\b',
    example: 'RR_4036 : Error connecting to database [acme].',
  },
  {
    id: 'informatica.setting',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      '\\b(?:VAR_27\\d{3}|CMN_1796|TM_6(?:188|270|293)|REP_12(?:014|033|400)|LM_36(?:320|348|488|053)|PETL_240\\d{2})\\b|unresolved (?:mapping|session) parameter|parameter file .{1,200} (?:not found|cannot)',
    example: 'VAR_27086 : Cannot find specified parameter file [/acme/p.txt] for [session acme].',
  },
  {
    id: 'informatica.file',
    category: 'missing_input_data_or_partition',
    pattern: '\\b(?:FR_3000|FR_3002|FR_3015|SM_7024)\\b',
    example:
      'FR_3000 : Error opening file [/acme/orders.csv].  Operating system error message [No such file or directory].',
  },
  {
    id: 'informatica.wrapper',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern: '\\b(?:TM_6020|TM_6022|PETL_24031|PETL_24042|CMN_1053|LM_36401)\\b|session task instance .{1,200} failed',
    example: 'TM_6020 : Session [s_acme] completed at [Mon Jan 05 10:00:00 2026].',
  },
  {
    id: 'soda.file',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'couldn.t add SodaCL file|invalid configuration header|no checks file specified|could not (?:find|resolve) (?:the )?(?:configuration for )?data source|data source .{1,80} not (?:present|found|configured)|environment variable .{1,80} not (?:set|found)',
    example: "Couldn't add SodaCL file checks.yml: 'warehouse'",
  },
  {
    id: 'expectations.context',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      '\\b(?:DataContextError|DatasourceError|InvalidConfigError|ConfigNotFoundError|GreatExpectationsConfig\\w{0,40}|DataConnectorError|StoreConfigurationError|CheckpointNotFoundError|InvalidTopLevelConfigKeyError|MissingConfigVariableError|DatasourceInitializationError)\\b',
    example: 'great_expectations.exceptions.exceptions.DataContextError: expectation_suite acme not found',
  },
  {
    id: 'prefect.pod-never',
    category: 'image_or_container_start',
    strength: 'suggests',
    pattern: '\\bPod never started\\b',
    example: "Job 'acme-7': Pod never started.",
  },
  {
    id: 'prefect.watch',
    category: 'timeout',
    strength: 'suggests',
    pattern: "Job (?:'[^']{1,200}': )?(?:Job )?did not complete within timeout of",
    example: "Job 'acme-7': Job did not complete within timeout of 60s.",
  },
];
