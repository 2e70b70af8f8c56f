import type { Rule } from '../rule';

/** AWS, Google Cloud, Azure, Databricks, Snowflake and Redshift. */
export const cloudRules: readonly Rule[] = [
  {
    id: 'aws.region',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'unable to (?:find a region|load region)|must provide an explicit region|you must specify a region|NoRegionError',
    example: 'SdkClientException: Unable to find a region via the region provider chain.',
  },
  {
    id: 'aws.connection-pool',
    category: 'network',
    says: ['timeout waiting for connection from pool', 'acquire operation took longer than'],
    example: 'SdkClientException: Unable to execute HTTP request: Timeout waiting for connection from pool',
  },
  {
    id: 'aws.credentials-chain',
    category: 'config_error_missing_variable',
    pattern:
      'No valid credential sources|NoAuthWithAWSException|No AWS Credentials provided|no credential provider in the chain',
    strength: 'settles',
    example: 'NoAuthWithAWSException: No AWS Credentials provided by AcmeProvider',
  },
  {
    id: 'athena.bucket',
    category: 'config_error_missing_variable',
    says: ['unable to verify/create output bucket'],
    example: 'InvalidRequestException: Unable to verify/create output bucket acme',
  },
  {
    id: 'glue.launch',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'LAUNCH ERROR|file name was not specified|could not find S3 endpoint or NAT gateway|failed to (?:find|resolve) (?:the )?(?:glue )?connection',
    example: 'LAUNCH ERROR | File name was not specified',
  },
  {
    id: 'glue.capacity',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern:
      '(?:max(?:imum)?|account) (?:DPU|resource|capacity) limit|exceeded the (?:maximum|max) (?:number|capacity|DPU)|could not acquire capacity',
    example: 'Resource unavailable: could not acquire capacity; the account has reached its max DPU limit',
  },
  {
    id: 'glue.crawler',
    category: 'missing_input_data_or_partition',
    strength: 'suggests',
    pattern:
      'crawler.{0,120}(?:internal service exception|no (?:files|objects))|unable to retrieve .{0,80}from the (?:target|data store)',
    example: 'The crawler found no files in the target acme',
  },
  {
    id: 'step-functions.path',
    category: 'code_bug_exception',
    pattern:
      'States\\.(?:Runtime|ParameterPathFailure|ResultPathMatchFailure|IntrinsicFailure|NoChoiceMatched|QueryEvaluationError)|the JSONPath .{0,200}could not be found',
    example: "States.Runtime: The JSONPath '$.rows' could not be found in the input",
  },
  {
    id: 'lambda.handler',
    category: 'missing_dependency_or_import',
    pattern:
      'Runtime\\.(?:HandlerNotFound|ImportModuleError|InvalidEntrypoint|UserCodeSyntaxError)|handler .{1,80} missing on module',
    example: "Runtime.HandlerNotFound: Handler 'main' missing on module 'acme'",
  },
  {
    id: 'batch.host',
    category: 'resource_preempted_or_evicted',
    strength: 'settles',
    pattern:
      'host EC2 \\(instance .{1,60}\\) terminated|SPOT_INSTANCE_TERMINATION|Your Spot (?:Task|instance) was interrupted|CLUSTER_TERMINATED_BY_CLOUD|spot_interruption',
    example: 'Host EC2 (instance i-0) terminated.',
  },
  {
    id: 'emr.role',
    category: 'permission_denied',
    strength: 'settles',
    pattern:
      'has insufficient (?:EC2 )?permissions|InstanceProfile is required|(?:service|job flow) role .{1,120}(?:is invalid|has insufficient)',
    example: 'Terminated with errors: Service role acme has insufficient EC2 permissions',
  },
  {
    id: 'emr.bootstrap',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern: 'bootstrap action \\d+ (?:returned|failed)|provisioner configuration|bootstrap failure',
    example: 'On the master instance, bootstrap action 1 returned a non-zero return code',
  },
  {
    id: 'gcp.metadata-token',
    category: 'config_error_missing_variable',
    pattern:
      'error getting access token from metadata server|metadata server.{0,80}(?:unavailable|not found|unreachable)|Application Default Credentials are not available',
    example: 'IOException: Error getting access token from metadata server at: http://192.0.2.7',
  },
  {
    id: 'bigquery.load-field',
    category: 'schema_mismatch',
    strength: 'settles',
    pattern:
      'no such field: |error while reading data, error message: .{0,200}(?:no such field|schema|too many values|missing required)|invalid field name|Provided Schema does not match',
    example: 'Error while reading data, error message: JSON parsing error in row 7: No such field: acme.',
  },
  {
    id: 'azure.blob-type',
    category: 'type_or_cast_error',
    says: ['incorrect blob type'],
    example: 'StorageException: Incorrect Blob type, please use the correct Blob type.',
  },
  {
    id: 'databricks.mount',
    category: 'config_error_missing_variable',
    pattern:
      'InvalidMountException|while using path .{0,200} within mount|mount point .{0,120}(?:does not exist|invalid)',
    example: 'InvalidMountException: Error while using path /mnt/acme within mount.',
  },
  {
    id: 'databricks.init-script',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern: 'INIT_SCRIPT_FAILURE|init script .{0,200} failed|BOOTSTRAP_TIMEOUT|container launch failure',
    example: 'INIT_SCRIPT_FAILURE: Cluster-scoped init script acme.sh failed',
  },
  {
    id: 'databricks.notebook',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'unable to access the notebook|notebook not found|(?:cluster|warehouse|policy) \\S{1,80} does not exist|RESOURCE_DOES_NOT_EXIST',
    example: 'Unable to access the notebook "/acme/load". Either it does not exist, or the identity lacks permissions.',
  },
  {
    id: 'redshift.monitoring-rule',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern: 'cancelled by WLM abort|query monitoring rule',
    retryable: 'no',
    example: 'ERROR: Query (7) cancelled by WLM abort action of Query Monitoring Rule "acme"',
  },
  {
    id: 'aws.already-owned',
    category: 'constraint_violation_or_duplicate',
    pattern: 'BucketAlready(?:OwnedByYou|Exists)|you already own it|ResourceAlreadyExists\\w*|EntityAlreadyExists',
    example: 'BucketAlreadyOwnedByYou: the named bucket acme succeeded and you already own it.',
  },
  {
    id: 'aws.assume-role',
    category: 'permission_denied',
    strength: 'suggests',
    pattern: '(?:unable|failed|not able|cannot) to assume (?:the )?role|cannot assume (?:the )?role',
    example: 'InvalidInputException: Unable to assume role for arn: acme',
  },
  {
    id: 'gcp.no-instance',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    pattern:
      'aborted because there was no available instance|unable to place a task because|vcores available|CAPACITY_EXCEEDED',
    example: 'The request was aborted because there was no available instance.',
  },
  {
    id: 'gcp.request-timeout',
    category: 'timeout',
    pattern:
      'reached the maximum request timeout|took longer than (?:the )?[\\dhms. ]{1,20}(?:s|h|seconds|minutes)\\b|execution took longer than',
    example: 'The request has been terminated because it has reached the maximum request timeout.',
  },
  {
    id: 'datafactory.conversion',
    category: 'type_or_cast_error',
    strength: 'settles',
    pattern:
      'TypeConversionFailure|exception occurred when converting value|data conversion failed while converting|potential loss of data',
    example: "ErrorCode=TypeConversionFailure,Exception occurred when converting value 'n/a'",
  },
  {
    id: 'google.argument',
    category: 'config_error_missing_variable',
    strength: 'generic',
    pattern: 'google\\.api_core\\.exceptions\\.(?:InvalidArgument|FailedPrecondition|OutOfRange|BadRequest): 400',
    example: 'google.api_core.exceptions.FailedPrecondition: 400 Cluster acme is not RUNNING',
  },
  {
    id: 'github.spending',
    category: 'quota_or_rate_limit',
    pattern: 'spending limit needs to be increased|payments have failed',
    example: 'The job was not started because your spending limit needs to be increased.',
  },
  {
    id: 'bigquery.locations',
    category: 'config_error_missing_variable',
    pattern: 'cannot (?:read and write|query .{1,40}) in different (?:locations|regions)',
    example: 'Cannot read and write in different locations: source: US, destination: EU',
  },
  {
    id: 'bigquery.in-use',
    category: 'deadlock_or_lock_timeout',
    strength: 'broad',
    pattern: 'resourceInUse\\b',
    example: 'resourceInUse: Cannot delete dataset acme',
  },
  {
    id: 'bigquery.outstanding',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    says: ['dml statements outstanding against table'],
    example: 'Too many DML statements outstanding against table acme:lake.orders, limit is 20.',
  },
  {
    id: 'ssis.metadata',
    category: 'schema_mismatch',
    pattern:
      'VS_NEEDSNEWMETADATA|external metadata column collection is out of sync|external metadata column .{1,120} needs to be',
    example: 'The external metadata column "acme" needs to be removed from the external columns.',
  },
  {
    id: 'gateway.credentials',
    category: 'auth_expired_or_invalid',
    pattern:
      'the credentials provided for .{1,80} are invalid|InvalidConnectionCredentials|invalid client[_ ]?id or (?:client[_ ]?)?secret|signin error|sign-?in (?:error|failed)|^\\S*JSchException: Auth (?:fail|cancel)',
    example: 'The credentials provided for the acme source are invalid.',
  },
  {
    id: 'gateway.offline',
    category: 'network',
    pattern: '(?:gateway|integration runtime) .{0,60}is (?:offline|unreachable)|SpooledOperationMissing',
    example: 'The gateway is offline or could not be reached',
  },
  {
    id: 'sftp.file',
    category: 'missing_input_data_or_partition',
    strength: 'settles',
    pattern: 'SftpException: 2: |error_perm: 550 .{0,160}(?:no such file|cannot find)',
    example: 'SftpException: 2: No such file',
  },
  {
    id: 'azure.sign-in',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: '\\bAADSTS\\d{5,7}\\b',
    example: 'AADSTS700016: Application was not found in the directory',
  },
  {
    id: 'cloudformation.unstable',
    category: 'timeout',
    pattern: '(?:failed to|did not) stabilize',
    example: 'CREATE_FAILED Custom Resource failed to stabilize in expected time',
  },
  {
    id: 'bigquery.load-count',
    category: 'schema_mismatch',
    strength: 'names',
    retryable: 'no',
    pattern:
      '(?:CSV|JSON|Avro|Parquet) (?:table|processing) encountered too many errors|too many errors encountered|stl_load_errors|sys_load_error_detail',
    example:
      '400 Error while reading data, error message: JSON table encountered too many errors, giving up. Rows: 1; errors: 1.',
  },
  {
    id: 'bigquery.retry',
    category: 'service_unavailable_5xx',
    retryable: 'yes',
    pattern:
      'retrying the (?:job|request|query|operation) may (?:solve|help)|please retry (?:the|your) (?:job|query|request)',
    example: '400 The job encountered an error during execution. Retrying the job may solve the problem.',
  },
  {
    id: 'databricks.repl',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern:
      'Repl(?:StartFailure|Lost|Failed)\\w*|failure starting repl|could not (?:start|launch) (?:the )?(?:repl|kernel)',
    example: 'com.databricks.backend.common.rpc.ReplStartFailureException',
  },
  {
    id: 'azure.status-401',
    category: 'auth_expired_or_invalid',
    strength: 'suggests',
    pattern: '\\bHTTP ?401\\b',
    example: 'ADLException: Error getting info for file /acme HTTP401',
  },
  {
    id: 'azure.status-403',
    category: 'permission_denied',
    strength: 'suggests',
    pattern: '\\bHTTP ?403\\b',
    example: 'ADLException: Error creating file /acme HTTP403',
  },
  {
    id: 'databricks.not-ready',
    category: 'service_unavailable_5xx',
    retryable: 'yes',
    pattern:
      '(?:jobs?|service|cluster|workspace) (?:is|are) not (?:fully |yet )*(?:initialized|ready)|please retry later',
    example: 'Details: Jobs is not fully initialized yet. Please retry later.',
  },
  {
    id: 'warehouse.billed',
    category: 'quota_or_rate_limit',
    strength: 'settles',
    retryable: 'after_change',
    pattern: 'limit for bytes billed|bytes scanned limit',
    example: 'Query exceeded limit for bytes billed: 1000. 2000 or higher required.',
  },
];
