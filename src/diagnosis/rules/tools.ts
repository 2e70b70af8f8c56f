import type { Category } from '../../domain/diagnosis';
import type { Rule, Strength } from '../rule';

function tool(what: string, category: Category, pattern: string, example: string, strength: Strength = 'names'): Rule {
  return { id: what, category, strength, pattern, example };
}

/** Reports and their gateways, machine learning, loaders and the builders of other languages. */
export const toolRules: readonly Rule[] = [
  tool(
    'powerquery.column',
    'missing_table_or_column',
    'of the table wasn.t found|key didn.t match any rows in the table',
    "Expression.Error: The column 'acme' of the table wasn't found.",
    'settles',
  ),
  tool(
    'powerquery.firewall',
    'permission_denied',
    'Formula\\.Firewall|may not directly access a data source',
    "Formula.Firewall: Query 'acme' references other queries or steps, so it may not directly access a data source.",
  ),
  tool(
    'powerbi.credentials',
    'auth_expired_or_invalid',
    'CredentialsNotSpecified|user is forced to change password|password (?:change|reset) (?:is )?required',
    '{"error":{"code":"ModelRefreshFailed_CredentialsNotSpecified"}}',
  ),
  tool(
    'powerbi.gateway',
    'service_unavailable_5xx',
    'gateway is (?:either )?(?:offline|not reachable|unreachable)|Gateway_?(?:Not|Un)Reachable\\w*|DM_GWPipeline_UnknownError',
    'The gateway is either offline or could not be reached.',
  ),
  tool(
    'ray.died',
    'killed_or_zombie_unknown',
    '(?:worker|actor|node) (?:\\w+ )?died unexpectedly|(?:WorkerCrashed|ActorDied|ActorUnavailable|NodeDied)Error',
    'ray.exceptions.WorkerCrashedError: The worker died unexpectedly while executing this task.',
    'suggests',
  ),
  tool(
    'ml.capacity',
    'quota_or_rate_limit',
    'unable to provision (?:the )?requested .{0,40}capacity|\\bCapacityError\\b',
    'CapacityError: Unable to provision requested ML compute capacity.',
  ),
  tool('ml.memory', 'out_of_memory', 'replicas? (?:are |is )?low on memory', 'Replicas low on memory: pool 0.'),
  tool(
    'mlflow.missing',
    'config_error_missing_variable',
    'MlflowException: .{0,20}\\b(?:run|model|experiment|artifact)\\b.{0,120}not found|RESOURCE_DOES_NOT_EXIST: no ',
    "mlflow.exceptions.MlflowException: Run 'acme' not found",
    'suggests',
  ),
  tool(
    'dlt.config',
    'config_error_missing_variable',
    'ConfigFieldMissing\\w*|following fields are missing: .{0,200} in configuration',
    'ConfigFieldMissingException: Following fields are missing in configuration',
    'settles',
  ),
  tool(
    'dlt.contract',
    'schema_mismatch',
    'contract on \\w+ with .{0,20}mode .{0,20}is violated|invalid series dtype|can.t add (?:variant )?column',
    'Contract on data_type with mode freeze is violated: acme',
    'settles',
  ),
  tool(
    'meltano.environment',
    'config_error_missing_variable',
    "Environment '[^']{1,80}' was not found",
    "Environment 'acme' was not found in project",
  ),
  tool(
    'rust.build',
    'missing_dependency_or_import',
    'failed to select a version for (?:the requirement)?|no matching package named|error\\[E043[23]\\]',
    'error: failed to select a version for the requirement `acme = "^9"`',
  ),
  tool('rust.code', 'code_bug_exception', '^error\\[E0\\d{3}\\]', 'error[E0425]: cannot find value `acme`', 'broad'),
  tool(
    'scala.build',
    'missing_dependency_or_import',
    'librarymanagement\\.ResolveException|error downloading \\S+:\\S+:\\S+',
    'sbt.librarymanagement.ResolveException: Error downloading com.acme:load_2.12:1.0',
  ),
  {
    id: 'go.module',
    category: 'missing_dependency_or_import',
    strength: 'settles',
    says: ['go: '],
    pattern: '^go: \\S+@\\S+: (?:reading|invalid|unrecognized|unknown revision)',
    example: 'go: git.example/acme/x@v1.2.3: unknown revision v1.2.3',
  },
  tool(
    'dotnet.reference',
    'missing_dependency_or_import',
    'error CS02(?:46|34)\\b|missing a using directive or an assembly reference',
    "error CS0246: The type or namespace name 'Acme' could not be found",
    'settles',
  ),
  tool(
    'calcite.object',
    'missing_table_or_column',
    "SqlValidator\\w*: .{0,20}(?:Object|Table|Column) '[^']{1,200}' not found",
    "org.apache.calcite.sql.validate.SqlValidatorException: Object 'acme' not found",
  ),
  tool(
    'step-functions.size',
    'quota_or_rate_limit',
    'DataLimitExceeded|result with a size exceeding',
    'States.DataLimitExceeded: The state/task returned a result with a size exceeding the limit',
    'settles',
  ),
];
