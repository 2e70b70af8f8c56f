import type { Rule } from '../rule';

/** What the schedulers of clusters (Slurm, PBS, LSF, Grid Engine), the runners of builds and the workflow tools on them say. */
export const batchRules: readonly Rule[] = [
  {
    id: 'batch.time-limit',
    category: 'timeout',
    strength: 'settles',
    pattern:
      'DUE TO TIME LIMIT|TERM_RUNLIMIT|exceed(?:ed|s|ing) (?:the |its )?(?:running |run |wall ?(?:clock )?)time limit|walltime \\S+ exceeded limit|walltime limit exceeded',
    example: 'slurmstepd: error: *** JOB 7 ON node1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***',
    retryable: 'after_change',
    ownerSide: 'user_code',
    nextStep:
      'Ask the scheduler for more time, or give the job less to do at once. A plain retry reaches the same limit.',
  },
  {
    id: 'batch.memory-limit',
    category: 'out_of_memory',
    strength: 'settles',
    pattern: 'exceeded (?:job|step) memory limit|TERM_MEMLIMIT|(?:p?v?mem) \\S+ exceeded limit',
    example: 'slurmstepd: error: Exceeded job memory limit at some point.',
  },
  {
    id: 'batch.taken-away',
    category: 'resource_preempted_or_evicted',
    strength: 'settles',
    pattern: 'DUE TO (?:PREEMPTION|NODE FAILURE)|TERM_PREEMPT|NODE_FAIL\\b',
    example: 'slurmstepd: error: *** JOB 7 ON node1 CANCELLED AT 2026-01-01T00:00:00 DUE TO PREEMPTION ***',
  },
  {
    id: 'batch.no-room',
    category: 'quota_or_rate_limit',
    pattern:
      'requested (?:node|partition) configuration (?:is )?not available|violates accounting/QOS policy|job submit limit|AssocGrp\\w+Limit|QOSMax\\w+',
    example: 'sbatch: error: Batch job submission failed: Requested node configuration is not available',
    retryable: 'maybe',
    nextStep: 'Ask for less (nodes, memory, time), name another partition, or wait until the partition has room.',
  },
  {
    id: 'batch.request',
    category: 'config_error_missing_variable',
    pattern:
      'invalid (?:partition name|account or account/partition|qos|generic resource)|requested time limit is invalid|invalid account for (?:the )?job',
    example: 'sbatch: error: Batch job submission failed: Invalid partition name specified',
  },
  {
    id: 'kubelet.refused',
    category: 'quota_or_rate_limit',
    strength: 'suggests',
    pattern: 'pod was rejected: |Predicate \\w+ failed|UnexpectedAdmissionError|\\bOutOf(?:cpu|memory|pods)\\b',
    example: "message: 'Pod was rejected: Predicate NodeAffinity failed'",
    nextStep: 'The node could not take the pod: retry; if it stays, ask for less, or for another kind of node.',
  },
  {
    id: 'kubernetes.quota-needs-limits',
    category: 'config_error_missing_variable',
    strength: 'settles',
    pattern: 'failed quota: .{1,120}must specify',
    example: 'pods "acme" is forbidden: failed quota: team: must specify limits.cpu',
    nextStep: 'This namespace has a quota: state the requests and limits that the line names for the pod, then retry.',
  },
  {
    id: 'jupyter.kernel-died',
    category: 'killed_or_zombie_unknown',
    strength: 'suggests',
    pattern: 'kernel died (?:before|while|during|unexpectedly)',
    example: '[NbConvertApp] ERROR | Kernel died while waiting for execute reply.',
    nextStep:
      'The notebook’s kernel was ended and does not say why. Most often it ran out of memory: look at the memory of that minute, or run it with more.',
  },
  {
    id: 'kubernetes.not-ready',
    category: 'image_or_container_start',
    strength: 'broad',
    pattern: 'ContainersNotReady|containers with unready status',
    example: 'ContainersNotReady: "containers with unready status: [helper]"',
    retryable: 'maybe',
  },
  {
    id: 'kubernetes.waiting',
    category: 'image_or_container_start',
    strength: 'settles',
    pattern: ' is waiting to start: |trying and failing to pull image',
    example: 'container "acme" in pod "acme-7" is waiting to start: ContainerCreating',
    retryable: 'maybe',
  },
  {
    id: 'kubernetes.slow-start',
    category: 'timeout',
    pattern: '\\bnot (?:become |be )?ready (?:in|within|after) \\d',
    example: 'The driver pod with name acme in namespace acme was not ready in 60 seconds.',
  },
  {
    id: 'fabric8.operation',
    category: 'network',
    strength: 'broad',
    pattern: 'Operation: \\[\\w+\\] +for kind: ',
    example:
      'KubernetesClientException: Operation: [get]  for kind: [Pod]  with name: [acme]  in namespace: [acme]  failed.',
    retryable: 'maybe',
    nextStep:
      'The Kubernetes API did not answer this call. Retry once; then check that the pod can reach it and what its service account may do.',
  },
  {
    id: 'kubernetes.invalid',
    category: 'config_error_missing_variable',
    pattern: ' is invalid: .{0,200}: (?:required|invalid|unsupported|duplicate|forbidden)\\b',
    example: 'Pod "acme" is invalid: spec.containers[0].env[0].name: Required value',
  },
  {
    id: 'runner.prepare',
    category: 'image_or_container_start',
    strength: 'suggests',
    pattern:
      'prepare environment: |job failed \\(system failure\\)|pod failed to come online|container not found \\(|failed to create container|runner .{0,60}did not (?:start|come online)',
    example: 'ERROR: Job failed (system failure): prepare environment: exit code 1.',
    retryable: 'maybe',
    nextStep:
      'The runner could not set up the place where the job runs. Retry once; then ask those who keep the runners.',
  },
  {
    id: 'toolchain.missing',
    category: 'missing_dependency_or_import',
    strength: 'settles',
    pattern:
      "R was unable to find|library not found for -l|cannot find -l\\w|\\b(?:make|gcc|g\\+\\+|cc|clang|gfortran|cmake|ld|pkg-config|rustc|cargo)'?: (?:no such file|command not found|not found)|'(?:make|gcc|g\\+\\+|gfortran|cmake|pkg-config)' not found|install of package '[\\w.]+' failed",
    example: "Warning in system(cmd) : 'make' not found",
    nextStep:
      'A package is built from source here and a tool or library for that is not installed: install it, or take a built package.',
  },
  {
    id: 'nextflow.wrapper',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern: 'error executing process > |failed to submit process to grid scheduler',
    example: "ERROR ~ Error executing process > 'ALIGN (acme)'",
  },
];
