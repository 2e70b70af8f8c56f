import type { Rule } from '../rule';

/** Kubernetes' own verdicts, Helm, Terraform, Docker, build services, job schedulers, and what publishes data apps. */
export const deploymentRules: readonly Rule[] = [
  {
    id: 'kubernetes.job-failed',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern:
      'encountered failed job pods|discovered failed kubernetes job|step .{1,120} failed health check|no message received from kubernetes|pod failed because of none',
    example:
      'Step load_orders failed health check: Discovered failed Kubernetes job dagster-step-7 for step load_orders.',
  },
  {
    id: 'databricks.cluster-ended',
    category: 'killed_or_zombie_unknown',
    strength: 'generic',
    pattern:
      'cluster (?:was )?terminated (?:by|due to) (?:inactivity|user|job)|not able to transition from \\w+ to \\w+|has to be running or resizing|spark error: driver down',
    example: 'cluster acme is not able to transition from TERMINATING to RUNNING: cluster terminated by INACTIVITY',
  },
  {
    id: 'kubernetes.not-fitting',
    category: 'quota_or_rate_limit',
    pattern: 'failed to fit in any node|fit failure on node',
    example: 'pod (acme-7) failed to fit in any node',
  },
  {
    id: 'kubernetes.progress',
    category: 'image_or_container_start',
    strength: 'suggests',
    pattern:
      'exceeded its progress deadline|ProgressDeadlineExceeded|(?:readiness|liveness|startup) probe (?:failed|errored)',
    example: 'error: deployment "acme" exceeded its progress deadline',
  },
  {
    id: 'helm.template',
    category: 'syntax_or_parse_error',
    strength: 'settles',
    pattern:
      'error calling include|no template .{1,120} associated with template|template: \\S{1,200}:\\d+:\\d+: executing|parse error at \\(|YAML parse error on',
    example: 'template: acme/templates/job.yaml:7:3: executing "job" at <include "acme.name" .>: error calling include',
  },
  {
    id: 'helm.values',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'execution error at \\(\\S{1,200}\\): |values don.t meet the specifications of the schema|has no deployed releases|chart .{1,120} not found in |failed to download .{1,120}chart|repo .{1,80} not found',
    example: 'Error: INSTALLATION FAILED: execution error at (acme/templates/job.yaml:7:3): image.tag is required',
  },
  {
    id: 'helm.exists',
    category: 'constraint_violation_or_duplicate',
    strength: 'settles',
    pattern:
      'cannot re-use a name that is still in use|cannot be imported into the current release|invalid ownership metadata',
    example: 'Error: INSTALLATION FAILED: cannot re-use a name that is still in use',
  },
  {
    id: 'terraform.reference',
    category: 'syntax_or_parse_error',
    pattern:
      'reference to undeclared|invalid (?:block|resource|variable|module) (?:definition|type|name)\\b|unsupported (?:argument|block type|attribute)|missing required argument|argument or block definition required|an argument named .{0,80} is not expected|invalid (?:expression|function argument|reference|for_each|count) ?(?:argument|value)?\\b|inconsistent conditional result types|error in function call',
    example: 'Error: Unsupported argument on main.tf line 7: An argument named "acme" is not expected here.',
  },
  {
    id: 'terraform.init',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'backend (?:initialization required|configuration changed)|please run .?terraform init|no value for required variable|no valid credential sources|inconsistent dependency lock file|error configuring (?:the )?(?:backend|terraform)',
    example: 'Error: Backend initialization required, please run "terraform init"',
  },
  {
    id: 'terraform.provider',
    category: 'missing_dependency_or_import',
    strength: 'settles',
    pattern:
      'failed to (?:query available|install) provider|no available releases match|module not installed|could not load plugin|registry\\.terraform\\.io.{0,80}(?:not found|does not have)',
    example: 'Error: Failed to query available provider packages: no available releases match the given constraints',
  },
  {
    id: 'docker.bind',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'bind source path does not exist|invalid mount config|invalid volume specification|mount path must be absolute',
    example: 'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /acme',
  },
  {
    id: 'build.time-limit',
    category: 'timeout',
    strength: 'settles',
    pattern:
      'exceed(?:ed|s) (?:the )?(?:build|step|job|execution) (?:time limit|timeout)|(?:build|step|job) (?:time limit|timeout) (?:of .{1,40} )?(?:was )?exceeded|exceeded the maximum execution time',
    example: 'Exceeded build time limit of 120 minutes.',
  },
  {
    id: 'automic.object',
    category: 'config_error_missing_variable',
    pattern: 'Object .{1,120} not found in client|Error in Script .{1,80}, line',
    example: "U00011801 Error in Script 'LOAD', line '00007'. Object 'CONN.ACME' not found in client '0100'.",
  },
  {
    id: 'automic.return-code',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern: 'ended with return code .?0*[1-9]|ENDED_NOT_OK|abnormally ended|job ended (?:not ok|abnormally)',
    example: "U00011007 Remote job ended with return code '0099'.",
  },
  {
    id: 'posit.version',
    category: 'config_error_missing_variable',
    pattern:
      'could not find (?:a|any) (?:compatible )?(?:version|installation)s? of (?:R|Python|Quarto)|no compatible (?:R|Python|Quarto|local) (?:version|environment)|matching version of (?:R|Python|Quarto)',
    example: 'Could not find a version of R that matches 4.4.1 for this content',
  },
  {
    id: 'web.bind',
    category: 'config_error_missing_variable',
    strength: 'suggests',
    pattern:
      'failed to bind to (?:/|\\[|[\\d*:.]|localhost)|failed to start (?:the )?(?:web|http|rest|rpc) server|failed to bind properties under',
    example: 'Failed to start web server: Failed to bind to 0.0.0.0/0.0.0.0:8080',
  },
  {
    id: 'jenkins.credentials',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'could not find credentials (?:entry )?(?:with ID|matching)|credentials .{1,120} is of type .{1,120}',
    example: 'ERROR: Could not find credentials entry with ID acme',
  },
  {
    id: 'jenkins.channel',
    category: 'network',
    pattern:
      'ChannelClosedException|RequestAbortedException|the channel is closing down|agent (?:went offline|was disconnected|is offline)',
    example: 'ChannelClosedException: Channel "unknown": The channel is closing down',
  },
  {
    id: 'git.lock',
    category: 'deadlock_or_lock_timeout',
    strength: 'settles',
    pattern: '\\.lock.{0,10}: File exists|another git process seems to be running',
    example: "fatal: Unable to create '/acme/.git/index.lock': File exists.",
  },
  {
    id: 'posit.restore',
    category: 'missing_dependency_or_import',
    pattern: 'failed to download package|python-package-version-not-available|r-package-\\w+',
    example: 'Error in getSourceForPkgRecord(acme) : Failed to download package from URL:',
  },
  {
    id: 'posit.restore-summary',
    category: 'missing_dependency_or_import',
    strength: 'generic',
    pattern: 'unable to (?:fully )?restore the (?:R|python) packages',
    example: 'Unable to fully restore the R packages associated with this deployment.',
  },
  {
    id: 'prefect.block-class',
    category: 'missing_dependency_or_import',
    pattern: 'No class found for dispatch key',
    example: `KeyError: "No class found for dispatch key 'acme' in registry for type 'Block'."`,
    nextStep: 'Install the integration that brings this kind of block or worker where the flow runs.',
  },
  {
    id: 'npm.exit-handler',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern: '(?:exit handler|cb\\(\\)) never called',
    example: 'npm ERR! cb() never called!',
    nextStep:
      'npm ended by itself and does not say why. Retry; if it happens again, use another version of npm, and look at the log that it names.',
  },
  {
    id: 'apt.fetch',
    category: 'network',
    strength: 'suggests',
    pattern:
      'unable to fetch some archives|(?:hash sum|file has unexpected size).{0,40}(?:mismatch|mirror sync)|some index files failed to download',
    example: 'E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?',
    retryable: 'maybe',
    nextStep:
      'Build again without the cache of old package lists. If it fails again, check that the mirror and this release are still served.',
  },
  {
    id: 'kubernetes.sync',
    category: 'image_or_container_start',
    strength: 'broad',
    pattern: '\\bFailedSync\\b|error syncing pod|FailedKillPod|FailedPostStartHook',
    example: '0s 26 kubelet, node-7 Warning FailedSync Error syncing pod',
    retryable: 'maybe',
  },
  {
    id: 'remote.final-state',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern:
      '(?:unexpected|final|terminal|result) (?:state|status)[ :=]{1,3}\\W?(?:failed|failure|error|cancell?ed|stopped)\\b|status=failed|\\bfailed: failed\\b|in stopped state',
    example: 'Encountered unexpected state `failed` for job_id `7`.',
  },
  {
    id: 'java.version-too-old',
    category: 'config_error_missing_variable',
    pattern:
      '(?:upgrade|update) (?:the|your) (?:JVM|JDK|java)|java version: .{0,120}(?:suffers|is not supported)|requires (?:at least )?(?:java|jdk) ?\\d',
    example: 'RuntimeException: Please upgrade the JVM, see acme',
  },
  {
    id: 'class.invalid-name',
    category: 'config_error_missing_variable',
    strength: 'broad',
    pattern:
      '\\b(?-i:Invalid(?:Name|Uri|URI|Url|URL|Host|HostName|Port|Address|Endpoint|Path|Bucket\\w*|Topic)Exception)\\b',
    example: 'javax.naming.InvalidNameException: Invalid name: acme',
  },
  {
    id: 'kubernetes.claim',
    category: 'config_error_missing_variable',
    pattern: 'failed to provision volume with StorageClass|already bound to a different claim',
    example: 'failed to provision volume with StorageClass "fast": claim Selector is not supported',
  },
  {
    id: 'kubernetes.spec',
    category: 'image_or_container_start',
    pattern: 'failed to generate (?:container )?(?:"[^"]{1,200}" )?spec\\b|failed to apply default image tag',
    example: 'Error: failed to generate container "acme7" spec: failed to generate spec: failed to stat "/acme"',
  },
  {
    id: 'mount.late',
    category: 'timeout',
    strength: 'settles',
    pattern: 'mount\\.[a-z0-9]{2,12}: .{0,80}timed out',
    example: 'mount.nfs4: Connection timed out',
  },
  {
    id: 'mount.denied',
    category: 'permission_denied',
    strength: 'settles',
    pattern: 'mount\\.[a-z0-9]{2,12}: .{0,80}(?:access denied|permission denied|not permitted)',
    example: 'mount.nfs: access denied by server while mounting acme:/orders',
  },
  {
    id: 'mount.name',
    category: 'dns',
    strength: 'settles',
    pattern: 'mount\\.[a-z0-9]{2,12}: .{0,80}(?:failed to resolve|could not resolve|name or service not known)',
    example: 'mount.nfs4: Failed to resolve server acme.example: Name or service not known',
  },
  {
    id: 'git.reference',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'fatal: reference is not a tree|fatal: bad object|fatal: ambiguous argument .{1,200}unknown revision',
    example: 'fatal: reference is not a tree: 7f0c1d',
  },
  {
    id: 'kind.no-nodes',
    category: 'config_error_missing_variable',
    pattern: 'no nodes found for cluster',
    example: 'ERROR: no nodes found for cluster "acme"',
  },
  {
    id: 'ansible.no-file',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'could not find or access .{1,300} on the ansible controller',
    example: 'Could not find or access "acme.yml" on the Ansible Controller.',
  },
  {
    id: 'shell.not-executable',
    category: 'permission_denied',
    strength: 'broad',
    pattern: '(?:exit(?:ed with)?|error) (?:code|status) 126\\b',
    example: 'Error: Process completed with exit code 126.',
  },
  {
    id: 'mount.credential',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern: '\\bauth error: |the token or (?:volume|account|user|key) is invalid',
    example: 'Could not mount acme: auth error: the token or volume is invalid',
  },
  {
    id: 'helm.job-gave-up',
    category: 'killed_or_zombie_unknown',
    strength: 'broad',
    pattern: 'job failed: BackoffLimitExceeded',
    example: 'Error: INSTALLATION FAILED: failed post-install: job failed: BackoffLimitExceeded',
  },
  {
    id: 'process.ended-with',
    category: 'killed_or_zombie_unknown',
    strength: 'broad',
    pattern: '(?:source|destination|child|worker) process exit(?:ed)? with (?:non-zero exit )?code \\d',
    example: 'WorkerException: Source process exit with code 1.',
  },
  {
    id: 'kubernetes.no-match',
    category: 'quota_or_rate_limit',
    retryable: 'after_change',
    pattern:
      'didn.t match (?:pod.s )?node (?:affinity|selector)|node\\(s\\) had (?:untolerated )?taint|volume node affinity conflict|unbound immediate PersistentVolumeClaims|didn.t find available persistent volumes|didn.t match pod (?:anti-)?affinity',
    example: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
  },
  {
    id: 'kubernetes.claim-missing',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'persistentvolumeclaim "[^"]{1,120}" not found|serviceaccount "[^"]{1,120}" not found|error looking up service account',
    example: 'persistentvolumeclaim "acme" not found',
  },
  {
    id: 'kubernetes.pressure',
    category: 'resource_preempted_or_evicted',
    pattern: '\\b(?:Disk|Memory|PID)Pressure\\b',
    example: 'Pod The node had condition: [DiskPressure].',
  },
  {
    id: 'kubernetes.context',
    category: 'config_error_missing_variable',
    pattern:
      '\\bcontext "?[\\w.:/@-]{1,120}"? does not exist|no context exists with the name|current-context (?:must exist|is not set)',
    example: 'error: context "acme" does not exist',
  },
  {
    id: 'kubernetes.server-refused',
    category: 'network',
    pattern: 'connection to the server \\S{1,200} was refused',
    example: 'The connection to the server acme:8080 was refused - did you specify the right host or port?',
  },
  {
    id: 'compose.invalid',
    category: 'config_error_missing_variable',
    pattern:
      'invalid compose project|refers to undefined (?:volume|network|secret|config)|services?\\.\\S{1,80} (?:additional properties|must be a)',
    example: 'service "acme" refers to undefined volume data: invalid compose project',
  },
  {
    id: 'docker.cache-key',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'failed to (?:compute|calculate) (?:the )?(?:cache key|checksum)\\b.{0,200}not found|(?:COPY|ADD) failed: .{0,200}(?:no such file|not found|no source files)',
    example: 'failed to compute cache key: failed to calculate checksum of ref 1: "/acme.txt": not found',
  },
  {
    id: 'git.conflict',
    category: 'code_bug_exception',
    pattern: 'CONFLICT \\(|merge conflict in |Automatic merge failed|needs merge$|resolve your current index first',
    example: 'CONFLICT (content): Merge conflict in models/acme.sql',
  },
  {
    id: 'git.basic',
    category: 'auth_expired_or_invalid',
    strength: 'settles',
    pattern:
      'HTTP Basic: Access denied|could not read (?:username|password) for |support for password authentication was removed|Authentication failed for .https?:',
    example: 'remote: HTTP Basic: Access denied',
  },
  {
    id: 'kubernetes.node-condition',
    category: 'resource_preempted_or_evicted',
    strength: 'settles',
    pattern: 'the node had condition: |imminent node shutdown|pod was terminated in response to',
    example: 'Message: Pod The node had condition: [MemoryPressure].',
  },
  {
    id: 'kubernetes.backoff-reason',
    category: 'killed_or_zombie_unknown',
    strength: 'broad',
    pattern: '^\\W*BackoffLimitExceeded\\W*$',
    example: 'BackoffLimitExceeded',
  },
  {
    id: 'npm.package',
    category: 'missing_dependency_or_import',
    strength: 'settles',
    pattern: '404 Not Found - GET |\\bE404\\b|notarget No matching version|\\bETARGET\\b|\\bERESOLVE\\b',
    example: 'npm ERR! 404 Not Found - GET https://registry.example/acme - Not found',
  },
  {
    id: 'node.module-kind',
    category: 'missing_dependency_or_import',
    pattern:
      'ERR_REQUIRE_ESM|ERR_UNKNOWN_FILE_EXTENSION|ERR_PACKAGE_PATH_NOT_EXPORTED|cannot use import statement outside a module|ERR_UNSUPPORTED_DIR_IMPORT',
    example: 'Error [ERR_REQUIRE_ESM]: require() of ES Module /acme.js not supported.',
  },
  {
    id: 'shell.test',
    category: 'code_bug_exception',
    pattern:
      ': line \\d+: \\[+: .{0,60}(?:too many arguments|unary operator|binary operator|integer expression expected|missing `\\])',
    example: 'run.sh: line 3: [: too many arguments',
  },
  {
    id: 'make.target',
    category: 'killed_or_zombie_unknown',
    strength: 'ended',
    pattern: '^make(?:\\[\\d+\\])?: \\*\\*\\* \\[.{1,200}\\] Error \\d+',
    example: 'make: *** [Makefile:12: acme] Error 1',
  },
  {
    id: 'shiny.start',
    category: 'timeout',
    strength: 'settles',
    pattern:
      'unable to connect to worker after|startup took too long|app(?:lication)? failed to start within|did not (?:start|become ready) (?:in|within)',
    example: 'Unable to connect to worker after 60.00 seconds; startup took too long.',
  },
  {
    id: 'meltano.block',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern:
      'block violates set requirements|Found no (?:end|start|beginning) in block set|Plugin .{1,80} is not known to Meltano|is not installed\\. Run .meltano',
    example: 'block violates set requirements: Found no end in block set!',
  },
  {
    id: 'lint.found',
    category: 'code_bug_exception',
    pattern:
      'Code style issues (?:were )?found|would reformat|^ {1,8}\\d{1,5}:\\d{1,5} +error +\\S|Found \\d+ errors?(?: in \\d+ files?| \\(|\\.$)|^L: +\\d+ \\| P: |linting (?:errors?|failed)|error TS\\d{4}: ',
    example: '  42:7  error  acme is assigned a value but never used  no-unused-vars',
  },
  {
    id: 'net.no-internet',
    category: 'network',
    strength: 'settles',
    pattern:
      'no (?:internet|network) connection|could not connect to the internet|internet connection (?:is )?(?:lost|not available|required)',
    example: 'No internet connection found...',
  },
  {
    id: 'lint.counted',
    category: 'code_bug_exception',
    strength: 'broad',
    pattern: '\\d+ problems? \\(\\d+ errors?',
    example: '1 problem (1 error, 0 warnings)',
  },
];
