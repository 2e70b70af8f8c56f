/** One pipeline of a list: what hit it, and where its run can be seen. */
export interface ListedPipeline {
  pipeline: string;
  partition: string;
  state: string;
  run: string;
  url: string | null;
  cause: string | null;
}

const cell = (text: string | null): string => (text ?? '').replace(/[\t\r\n]+/g, ' ');

/** The list as a file that a spreadsheet and `grep` can read: one line each, fields parted by tabs. */
export function listFile(rows: ListedPipeline[]): { name: string; title: string; content: string } {
  return {
    name: 'pipelines.tsv',
    title: `${rows.length} pipelines hit`,
    content: [
      'pipeline\tpartition\tstate\trun\taddress\tcause',
      ...rows.map((row) => [row.pipeline, row.partition, row.state, row.run, row.url, row.cause].map(cell).join('\t')),
    ].join('\n'),
  };
}

/** Characters of names that one reply takes, with room for what escaping and marks add. */
const namesMax = 6_000;
/** A longer name is shown cut. */
const nameMax = 80;

/** The first of them, as many as one reply can name. */
export function fitting<T extends { pipeline: string; partition: string }>(members: T[]): T[] {
  let size = 0;
  const end = members.findIndex(({ pipeline, partition }) => {
    size += Math.min(nameMax, pipeline.length + partition.length + 3) + 2;
    return size > namesMax;
  });
  return end < 0 ? members : members.slice(0, end);
}
