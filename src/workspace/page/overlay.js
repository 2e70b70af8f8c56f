import { h } from './dom.js';
import { plainText, textNodes } from './mrkdwn.js';

/**
 * A small box over everything, with two buttons; Escape is the first of them.
 *
 * @param of.focus what is chosen to begin with. @default the second button
 * @returns whether the second one was pressed
 */
function asked(of) {
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      dialog.close();
      dialog.remove();
      resolve(yes);
    };
    const yes = h('button', { class: `button ${of.style ?? 'primary'}`, onclick: answer(true) }, of.yes);
    const dialog = h(
      'dialog',
      { class: 'confirm', 'aria-labelledby': 'confirm-title' },
      h('h2', { id: 'confirm-title' }, of.title),
      h('div', { class: 'text' }, of.content),
      h('footer', {}, h('button', { class: 'button', onclick: answer(false) }, of.no ?? 'Cancel'), yes),
    );
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      answer(false)();
    });
    document.body.append(dialog);
    dialog.showModal();
    (of.focus ?? yes).focus();
  });
}

/** The confirm dialog of a control. @returns whether the person agreed; true at once when there is none */
export async function confirmed(confirm) {
  if (!confirm) return true;
  return asked({
    title: confirm.title ? plainText(confirm.title) : 'Are you sure?',
    content: textNodes(confirm.text),
    yes: confirm.confirm ? plainText(confirm.confirm) : 'Yes',
    no: confirm.deny ? plainText(confirm.deny) : undefined,
    style: confirm.style,
  });
}

/** A box with a text to change. @returns the new text; undefined where it is left as it was */
export async function rewritten(title, text) {
  const box = h('textarea', { class: 'text', rows: 4, 'aria-label': title });
  box.value = text;
  const isGiven = await asked({ title, content: box, yes: 'Save', focus: box });
  const now = box.value.trim();
  return isGiven && now !== '' && now !== text ? now : undefined;
}

/** A menu beside a button: arrow keys move, Escape closes. `items`: `{ label, detail, run }` */
export function openMenu(button, items, className = 'menu') {
  const opener = button;
  const close = () => {
    menu.remove();
    opener.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('keydown', keys, true);
  };
  const entries = items.map(({ label, detail, title, run }) =>
    h(
      'button',
      {
        role: 'menuitem',
        title,
        onclick: () => {
          close();
          opener.focus();
          run();
        },
      },
      h('span', {}, label),
      detail ? h('small', {}, detail) : null,
    ),
  );
  const menu = h('div', { class: className, role: 'menu' }, entries);
  const outside = (event) => {
    if (!menu.contains(event.target) && event.target !== opener) close();
  };
  const keys = (event) => {
    const at = entries.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') {
      close();
      opener.focus();
    } else if (step) entries[(at + step + entries.length) % entries.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  (opener.closest('dialog') ?? document.body).append(menu);
  const box = opener.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = box.bottom + size.height + 8 < innerHeight;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - size.height - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
  opener.setAttribute('aria-expanded', 'true');
  document.addEventListener('pointerdown', outside, true);
  document.addEventListener('keydown', keys, true);
  entries[0]?.focus();
}
