/** Only the end of a log is looked at for the words of the failure. */
const linesKept = 400;
const longestBlock = 12;

const colours = /\u001b\[[0-9;]*m/g;
const clock = /^\d{2}:\d{2}:\d{2}(?:\.\d+)?\s{1,3}/;
/** `Database Error in model orders (models/orders.sql)`, `Failure in test not_null_orders_id (models/schema.yml)`. */
const fault =
  /^\s*(?:[A-Z][a-z]+ )?(?:Error|Failure|Exception) in \S|^\s*(?:Compilation|Runtime|Database|Parsing) Error\b/;
const end = /^\s*(?:Done\. PASS=|$)|compiled code at /;

/** The log as people read it: without colours, and without the time before each line. */
export function readable(log: string): string {
  return log
    .replace(colours, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, '').replace(clock, ''))
    .join('\n');
}

/** Why a step failed, in the words of its log: what dbt says of the first node that failed. Undefined where it says nothing of the kind. */
export function errorIn(log: string): string | undefined {
  const lines = readable(log).split('\n').slice(-linesKept);
  const from = lines.findIndex((line) => fault.test(line));
  if (from < 0) return lines.findLast((line) => /^\s*(?:error|fatal)\b/i.test(line))?.trim();
  const rest = lines.slice(from, from + longestBlock);
  const until = rest.findIndex((line, at) => at > 1 && end.test(line));
  return rest
    .slice(0, until < 0 ? undefined : until)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
