import { linesOf } from '../lines';

/** Only the end of a log is looked at for the words of the failure. */
const linesKept = 200;

/** `ValueError: column "total" is missing`, `airflow.exceptions.AirflowException: Bash command failed`. */
const exception =
  /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Timeout|Failed|Failure|Warning)\b(?:: ?.*)?$/;
const complaint = /\b(?:ERROR|CRITICAL|FATAL)\b(?: -)? (.+)$/;

/** Why a task failed, in the words of its log: the last exception, else the last line that complains. Undefined where neither is there. */
export async function errorIn(log: AsyncIterable<Buffer>): Promise<string | undefined> {
  const kept: string[] = [];
  for await (const line of linesOf(log)) {
    kept.push(line.trimEnd());
    if (kept.length > linesKept) kept.shift();
  }
  const bare = kept.map((line) => line.trim());
  const thrown = bare.findLast((line) => exception.test(line));
  if (thrown) return thrown;
  const complained = bare.findLast((line) => complaint.test(line));
  return complained && (complaint.exec(complained)?.[1] ?? complained);
}
