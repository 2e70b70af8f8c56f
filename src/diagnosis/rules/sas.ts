import type { Rule } from '../rule';

/**
 * What a SAS program prints: `ERROR:` or `ERROR 22-322:` and then a sentence. The wording is that of SAS 9.4's and Viya's notes,
 * warnings and errors (documentation.sas.com, "System messages").
 */
export const sasRules: readonly Rule[] = [
  {
    id: 'sas.syntax',
    category: 'syntax_or_parse_error',
    pattern:
      '^ERROR \\d{1,3}-\\d{1,3}: |Statement is not valid or it is used out of proper order|expecting one of the following: |^(?:ERROR: )?(?:Open code statement recursion|The macro \\S+ will stop executing)',
    example: 'ERROR 180-322: Statement is not valid or it is used out of proper order.',
  },
  {
    id: 'sas.data-set',
    category: 'missing_table_or_column',
    pattern:
      '^(?:ERROR: )?(?:File \\w+\\.\\w+\\.(?:DATA|VIEW|CATALOG) does not exist|Variable \\S+ (?:not found|in list does not match)|The following columns were not found in the contributing tables|Table \\S+ (?:doesn.t|does not) have any columns)',
    example: 'ERROR: File WORK.ACME.DATA does not exist.',
  },
  {
    id: 'sas.input-file',
    category: 'missing_input_data_or_partition',
    pattern: '^(?:ERROR: )?(?:Physical file does not exist|No physical file name)',
    example: 'ERROR: Physical file does not exist, /srv/acme/orders.csv.',
  },
  {
    id: 'sas.setting',
    category: 'config_error_missing_variable',
    pattern:
      '^(?:ERROR: )?(?:Lib(?:name|ref) \\S+ is not assigned|Invalid (?:physical name|file, |option name|libref)|No logical assign for filename|Error in the LIBNAME statement|The \\S+ engine cannot be found)|Apparent symbolic reference \\S+ not resolved',
    example: 'ERROR: Libref ACME is not assigned.',
  },
  {
    id: 'sas.program',
    category: 'missing_dependency_or_import',
    pattern:
      '^(?:ERROR: )?(?:Procedure \\S+ not found|Cannot open %INCLUDE file|Module \\S+ not found in search paths)|Apparent invocation of macro \\S+ not resolved|The (?:function|subroutine|informat|format) \\S+ (?:is unknown, or cannot be accessed|was not found or could not be loaded)',
    example: 'ERROR: Procedure ACME not found.',
  },
  {
    id: 'sas.grant',
    category: 'permission_denied',
    pattern:
      '^(?:ERROR: )?(?:Insufficient authorization to access|User does not have appropriate authorization level|Write access to member \\S+ is denied)',
    example: 'ERROR: Insufficient authorization to access /srv/acme/orders.sas7bdat.',
  },
  {
    id: 'sas.lock',
    category: 'deadlock_or_lock_timeout',
    pattern:
      '^(?:ERROR: )?A lock is not available for |You cannot open \\S+ for (?:output|update|input) access with (?:member|record)-level control because',
    example: 'ERROR: A lock is not available for WORK.ACME.DATA.',
  },
  {
    id: 'sas.type',
    category: 'type_or_cast_error',
    pattern:
      'Variable \\S+ has been defined as both character and numeric|Expression using .{1,40} has components that are of different data types',
    example: 'ERROR: Variable ACME has been defined as both character and numeric.',
  },
  {
    id: 'sas.page',
    category: 'killed_or_zombie_unknown',
    strength: 'wrapper',
    pattern: '^(?:ERROR: )?Errors printed on pages? \\d',
    example: 'ERROR: Errors printed on page 7.',
  },
];
