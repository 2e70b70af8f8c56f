import { blocks } from './blocks.js';
import { bareOf, fieldKey, initialOf } from './controls.js';
import { h } from './dom.js';
import { avatarOf } from './message.js';
import { plainText } from './mrkdwn.js';
import { act, personOf, refresh, session } from './session.js';
import { report } from './toast.js';

let dialog;
let shown = '';
/** What was typed, by view, block and action: it survives a redraw. */
const typed = new Map();
let fields = new Map();

function remember(viewId) {
  for (const [key, read] of fields) typed.set(`${viewId}/${key}`, read());
}

function place(view) {
  return {
    fields,
    idOf: (element) => `field-${element.action_id}`,
    press: async (block, element, value) => {
      remember(view.id);
      report(
        await act('press-view', { viewId: view.id, actionId: element.action_id, blockId: block.block_id, value }),
        'That',
      );
    },
    suggest: (element, query) => act('suggest', { viewId: view.id, actionId: element.action_id, query }),
    initial: (block, element) => {
      const kept = typed.get(`${view.id}/${fieldKey(block, element)}`);
      return kept ?? bareOf(view.state.values[block.block_id]?.[element.action_id]) ?? initialOf(element);
    },
  };
}

function valuesByBlock() {
  const values = {};
  for (const [key, read] of fields) {
    const [blockId, actionId] = [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
    const value = read();
    values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

function showErrors(errors = {}) {
  for (const field of dialog.querySelectorAll('.field')) {
    const line = field.querySelector('.field-error');
    const text = errors[field.dataset.block];
    line.hidden = text === undefined;
    line.textContent = text ?? '';
    field.classList.toggle('wrong', text !== undefined);
  }
  dialog.querySelector('.field.wrong :is(input, textarea, select)')?.focus();
}

async function submit(view) {
  if (dialog.classList.contains('waiting')) return;
  dialog.classList.add('waiting');
  remember(view.id);
  const answer = await act('submit', { viewId: view.id, values: valuesByBlock() });
  dialog.classList.remove('waiting');
  showErrors(answer.errors);
  if (!answer.errors) report(answer, 'Sending the form');
  refresh();
}

async function close(view) {
  for (const key of typed.keys()) if (key.startsWith(view.id)) typed.delete(key);
  await act('close', { viewId: view.id });
  refresh();
}

/** The modal on top of the acting person's stack. */
export function drawModal() {
  const view = session.server.views.at(-1);
  const look = view ? `${session.me}|${view.id}|${view.hash}` : '';
  if (look === shown) return;
  const before = dialog?.dataset.view;
  if (before) remember(before);
  shown = look;
  dialog?.remove();
  dialog = undefined;
  fields = new Map();
  if (!view) {
    typed.clear();
    document.getElementById('composer')?.focus({ preventScroll: true });
    return;
  }
  const bot = personOf(session.server.app.botUserId);
  dialog = h(
    'dialog',
    { class: 'modal', 'aria-labelledby': 'modal-title', 'data-view': view.id },
    h(
      'form',
      { novalidate: true, method: 'dialog' },
      h(
        'header',
        {},
        avatarOf(bot),
        h('h2', { id: 'modal-title' }, plainText(view.title)),
        h('button', { type: 'button', class: 'ghost close', 'aria-label': 'Close', onclick: () => close(view) }, '×'),
      ),
      h('div', { class: 'modal-body', tabindex: -1 }, blocks(view.blocks, place(view))),
      h(
        'footer',
        {},
        h(
          'button',
          { type: 'button', class: 'button', onclick: () => close(view) },
          view.close ? plainText(view.close) : 'Close',
        ),
        view.submit ? h('button', { class: 'button primary' }, plainText(view.submit)) : null,
      ),
    ),
  );
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    close(view);
  });
  dialog.firstChild.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(view);
  });
  document.body.append(dialog);
  dialog.showModal();
  (
    dialog.querySelector('[autofocus]') ??
    dialog.querySelector('.modal-body :is(input, textarea, select, button)') ??
    dialog.querySelector('.modal-body')
  )?.focus();
}
