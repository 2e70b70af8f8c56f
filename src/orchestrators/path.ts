import { Failure } from '../domain/failure';

/**
 * A path with every value encoded as one segment: path`/workflows/${id}/instances`.
 *
 * @throws Failure `not-found` for a value that no server can hold as an id and that would turn the path into another one: empty, `.` or `..`
 */
export function path(literals: TemplateStringsArray, ...values: (string | number)[]): string {
  return literals.reduce((text, literal, index) => {
    const value = String(values[index - 1]);
    if (value === '' || value === '.' || value === '..') {
      throw new Failure('not-found', 'the orchestrator', { detail: `"${value}" is not an id.` });
    }
    return text + encodeURIComponent(value) + literal;
  });
}
