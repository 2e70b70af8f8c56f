import type { Category } from '../../domain/diagnosis';
import type { Rule } from '../rule';

function words(what: string, category: Category, pattern: string, example: string): Rule {
  return { id: `words.${what}`, category, strength: 'generic', pattern, example };
}

const CANNOT = '(?:cannot|can.t|could not|couldn.t|unable to|failed to|not able to)';
const IS_NOT_THERE =
  '(?:(?:is |are |was |were )?not (?:found|available|present|there)|do(?:es)?(?: not|n.t) exist|(?:is|are) missing|no longer (?:exists?|available)|(?:cannot|could not) be (?:found|located|resolved))';
const SETTING =
  '(?:config(?:uration)?s?|settings?|options?|parameter|propert(?:y|ies)|(?:environment )?variables?|profiles?|connection strings?|env vars?|endpoints?|warehouses?|catalogs?|workspaces?|commands?)';
const STORED =
  '(?:tables?|columns?|views?|schemas?|databases?|datasets?|fields?|relations?|collections?|topics?|keyspaces?)';
const PART_OF_CODE =
  '(?:modules?|packages?|librar(?:y|ies)|class(?:es)?|plugins?|drivers?|dependenc(?:y|ies)|extensions?|jars?|providers?|shared object|macros?)';
const INPUT =
  '(?:files?|paths?|partitions?|objects?|blobs?|keys?|director(?:y|ies)|folders?|offsets?|snapshots?|input|batch(?:es)?|checkpoints?|records?|versions?)';

/**
 * What plain words say of an error that no product's rule knows. Asked last, for the cause that was found, and never to find one:
 * the words are too common for that. Among these the earlier wins.
 */
export const wordRules: readonly Rule[] = [
  words(
    'memory',
    'out_of_memory',
    'out of memory|insufficient memory|not enough memory|heap space',
    'AcmeException: not enough memory left',
  ),
  words(
    'room',
    'disk_full',
    'no space|disk (?:is )?full|not enough (?:disk )?space',
    'AcmeException: no space for the sort',
  ),
  words(
    'time',
    'timeout',
    '\\btime[ds]?[ -]?out\\b|took too long|deadline (?:exceeded|passed)|did not (?:finish|complete|respond|answer|start) (?:in|within)|too long to',
    'AcmeException: time out while waiting for rows',
  ),
  words(
    'limit',
    'quota_or_rate_limit',
    '\\btoo many\\b|limit (?:was |has been |is )?(?:exceeded|reached|hit)|exceed\\w* .{0,40}(?:limit|quota|maximum|allowed)|quota|thrott\\w+',
    'AcmeException: too many cursors',
  ),
  words(
    'only-with',
    'config_error_missing_variable',
    '\\b(?:is|are) only (?:supported|available|allowed|possible|valid|issued) (?:when|if|with|in|on|over|for)\\b',
    'AcmeException: sign-in is only supported when running over TLS',
  ),
  words(
    'conflict',
    'deadlock_or_lock_timeout',
    'conflict(?:ing|s|ed)?\\b|concurrent(?:ly)?\\b|is (?:already |currently )?(?:locked|in use|running|busy|active)\\b|another (?:process|instance|run|session|transaction)',
    'AcmeException: conflicting change of acme',
  ),
  words(
    'grant',
    'permission_denied',
    'not (?:allowed|permitted|authori[sz]ed) to|permissions?\\b|forbidden|access (?:is |was )?denied|privileges?\\b|access rights',
    'AcmeException: access is denied for acme',
  ),
  words(
    'sign-in',
    'auth_expired_or_invalid',
    '(?:un)?authentica\\w+|credentials?\\b|\\blog ?in\\b|sign[- ]?in|unauthori[sz]ed|certificate',
    'AcmeException: authentication with acme failed',
  ),
  words(
    'part',
    'missing_dependency_or_import',
    `${PART_OF_CODE}\\b.{0,80}(?:${IS_NOT_THERE}|not (?:installed|loaded|registered))|(?:${CANNOT} (?:find|load|locate|resolve|import)|no such|missing|unknown) .{0,40}\\b${PART_OF_CODE}\\b`,
    'AcmeException: the plugin acme is not installed',
  ),
  words(
    'stored',
    'missing_table_or_column',
    `\\b${STORED}\\b.{0,80}(?:${IS_NOT_THERE}|is unknown)|(?:${CANNOT} (?:find|locate|resolve)|no such|unknown|missing) .{0,20}\\b${STORED}\\b`,
    'AcmeException: could not find the column acme',
  ),
  words(
    'setting',
    'config_error_missing_variable',
    `\\b${SETTING}\\b.{0,80}(?:${IS_NOT_THERE}|not (?:set|defined|valid|specified|provided|configured|recogni[sz]ed)|invalid|required|unknown|malformed|empty|must )|(?:${CANNOT} (?:find|read|load|locate|parse)|missing|invalid|unknown|unrecogni[sz]ed|unsupported|required|no) .{0,30}\\b${SETTING}\\b|must be (?:set|specified|configured|provided|enabled|defined)|(?:is|was) not (?:configured|enabled)|is disabled`,
    "AcmeException: couldn't find the configuration of acme",
  ),
  words(
    'input',
    'missing_input_data_or_partition',
    `\\b${INPUT}\\b.{0,120}${IS_NOT_THERE}|(?:${CANNOT} (?:find|locate)|no such|missing) .{0,30}\\b${INPUT}\\b|no (?:data|files?|rows|records|input)\\b`,
    'AcmeException: the partition day=7 does not exist',
  ),
  words(
    'away',
    'service_unavailable_5xx',
    '(?:not|un)[ -]?(?:yet |fully |currently )?(?:available|ready|initiali[sz]ed)\\b|internal (?:server |service )?error|try again|retry (?:later|the)|57P0[123]|is (?:down|offline|overloaded)|shutting down',
    'AcmeException: internal error in the lock of acme',
  ),
  words(
    'link',
    'network',
    `disconnect\\w*|unreachable|connection|socket|handshake|\\bpeer\\b|${CANNOT} (?:reach|connect)`,
    'AcmeException: disconnected from acme',
  ),
  words(
    'exists',
    'constraint_violation_or_duplicate',
    'already (?:exists?|present|defined|registered)|duplicat\\w+|not unique|(?:not empty|non-empty)',
    'AcmeException: acme is already registered',
  ),
  words(
    'shape',
    'schema_mismatch',
    'mismatch\\w*|incompatib\\w+|do(?:es)? not match|different (?:type|schema|number of (?:columns|fields))|corrupt\\w*|not a valid .{0,30}(?:file|format)|bad magic',
    'AcmeException: the footer of acme is corrupt',
  ),
  words(
    'syntax',
    'syntax_or_parse_error',
    'syntax|unexpected (?:token|character|end|symbol)|parse error|(?:failed|unable) to parse (?:the )?(?:query|sql|statement|expression|template|yaml|json)',
    'AcmeException: unexpected token in acme',
  ),
  words(
    'value',
    'type_or_cast_error',
    `${CANNOT} (?:be )?(?:cast|convert\\w*|parsed?|deseriali[sz]e\\w*|seriali[sz]e\\w*|decoded?|encoded?)|overflow|out of range|invalid (?:value|number|date|timestamp|literal|type)|wrong type|unexpected type`,
    'AcmeException: could not deserialize acme',
  ),
  words(
    'check',
    'data_quality_check_failed',
    '(?:quality|checks?|expectations?|tests?) (?:has |have |was )?failed|did not pass',
    'AcmeException: 2 checks failed for acme',
  ),
  words(
    'ended',
    'killed_or_zombie_unknown',
    '\\b(?:terminated|killed|cancell?ed|interrupted|crashed)\\b|exited\\b|exit code',
    'AcmeException: the worker was terminated',
  ),
];
