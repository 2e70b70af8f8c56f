import { h } from './dom.js';

/** A line at the foot of the page that goes away by itself. */
export function toast(text, kind = 'error') {
  const note = h(
    'div',
    { class: `toast ${kind}` },
    h('span', {}, text),
    h('button', { 'aria-label': 'Dismiss', onclick: () => note.remove() }, '×'),
  );
  document.getElementById('toasts').append(note);
  setTimeout(() => note.remove(), 8000);
}

const words = {
  operation_timeout: 'the app did not answer within 3 seconds (operation_timeout)',
  dispatch_failed: 'the app could not be reached (dispatch_failed)',
  not_reachable: 'the workspace does not answer',
  channel_not_found: 'there is no such channel',
};

/** Shows what went wrong, if anything. @returns whether all went well */
export function report(answer, what) {
  if (!answer.error) return true;
  toast(`${what} failed: ${answer.message ?? words[answer.error] ?? answer.error}`);
  return false;
}
