import { h } from './dom.js';
import { emojiNames, emojiOf } from './emoji.js';
import { pictured } from './emoji-art.js';
import { act, people, refresh, session } from './session.js';
import { report, toast } from './toast.js';

/** What could stand where the cursor is: commands, people, groups, channels, emoji. */
function offers(text, at, inThread) {
  const before = text.slice(0, at);
  if (!inThread && /^\/\S*$/.test(before))
    return session.server.app.commands
      .filter(({ command }) => command.startsWith(before))
      .map(({ command, description, usage }) => ({
        from: 0,
        insert: `${command} `,
        label: command,
        usage,
        detail: description ?? '',
      }));
  const word = /(?:^|[\s(])([@#:])([\w.+-]*)$/.exec(before);
  if (!word) return [];
  const [, sign, typed] = word;
  const from = at - typed.length - 1;
  const fits = (name) => name.toLowerCase().startsWith(typed.toLowerCase());
  if (sign === '@')
    return [
      ...people()
        .filter((person) => !person.deleted && (fits(person.name) || fits(person.realName)))
        .map((person) => ({ from, insert: `@${person.name} `, label: person.realName, detail: `@${person.name}` })),
      ...session.server.userGroups
        .filter((group) => fits(group.handle))
        .map((group) => ({ from, insert: `@${group.handle} `, label: `@${group.handle}`, detail: group.name })),
    ].slice(0, 8);
  if (sign === '#')
    return session.server.channels
      .filter((channel) => channel.kind === 'channel' && fits(channel.name))
      .map((channel) => ({ from, insert: `#${channel.name} `, label: `#${channel.name}`, detail: '' }))
      .slice(0, 8);
  if (typed.length < 2) return [];
  return emojiNames
    .filter(fits)
    .slice(0, 8)
    .map((name) => ({ from, insert: `:${name}: `, label: pictured(`${emojiOf(name)} :${name}:`), detail: '' }));
}

async function send(text, channelId, threadTs) {
  const command = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (!command) return report(await act('post', { channelId, text, ...(threadTs ? { threadTs } : {}) }), 'Sending');
  if (threadTs) {
    toast('Slash commands cannot be used in threads.');
    return false;
  }
  if (!session.server.app.commands.some((known) => known.command === command[1])) {
    toast(`${command[1]} is not a valid command.`);
    return false;
  }
  // The box is free at once; a late or refused answer shows as a toast.
  act('command', { channelId, command: command[1], text: command[2]?.trim() ?? '' }).then((answer) =>
    report(answer, command[1]),
  );
  return true;
}

/** The box to write in. One for the channel, one for the thread; `where()` says where it sends to. */
export function createComposer({ id, where }) {
  const drafts = new Map();
  let list = [];
  let chosen = 0;
  const popup = h('div', { class: 'offers', role: 'listbox', id: `${id}-offers`, hidden: true });
  const box = h('textarea', {
    id,
    rows: 1,
    'aria-autocomplete': 'list',
    'aria-controls': `${id}-offers`,
    'aria-label': 'Message',
  });
  const button = h('button', { class: 'send', 'aria-label': 'Send', title: 'Send (Enter)', disabled: true }, '➤');
  const node = h(
    'form',
    { class: 'composer' },
    popup,
    h('div', { class: 'composer-box' }, box, button),
    h('p', { class: 'composer-hint' }, 'Enter sends · Shift+Enter starts a line · / for commands'),
  );
  const keyNow = () => Object.values(where()).join('/');

  const resize = () => {
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
    button.disabled = box.value.trim() === '';
    drafts.set(keyNow(), box.value);
  };
  const drawOffers = () => {
    popup.hidden = list.length === 0;
    popup.replaceChildren(
      ...list.map((offer, index) =>
        h(
          'button',
          {
            type: 'button',
            role: 'option',
            tabindex: -1,
            'aria-selected': index === chosen,
            class: index === chosen ? 'chosen' : '',
            onpointerdown: (event) => event.preventDefault(),
            onclick: () => take(offer),
          },
          h('strong', {}, offer.label),
          offer.usage ? h('code', {}, offer.usage) : null,
          h('small', {}, offer.detail),
        ),
      ),
    );
  };
  const look = () => {
    list = offers(box.value, box.selectionStart, Boolean(where().threadTs));
    if (list.length === 1 && box.value.slice(list[0].from) === list[0].insert.trim() && !list[0].usage) list = [];
    chosen = 0;
    drawOffers();
  };
  const take = (offer) => {
    const after = box.value.slice(box.selectionStart);
    box.value = box.value.slice(0, offer.from) + offer.insert + after;
    const at = offer.from + offer.insert.length;
    box.setSelectionRange(at, at);
    list = [];
    drawOffers();
    resize();
    box.focus();
  };
  const submit = async () => {
    const text = box.value.trim();
    const { channelId, threadTs } = where();
    if (text === '') return;
    box.value = '';
    list = [];
    drawOffers();
    resize();
    if (!(await send(text, channelId, threadTs)) && box.value === '') {
      box.value = text;
      resize();
    }
    refresh();
  };

  box.addEventListener('input', () => {
    resize();
    look();
  });
  box.addEventListener('blur', () => {
    list = [];
    drawOffers();
  });
  box.addEventListener('keydown', (event) => {
    if (list.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const offer = list[chosen];
      const complete = offer && box.value.slice(offer.from, box.selectionStart) === offer.insert.trim();
      if (step) chosen = (chosen + step + list.length) % list.length;
      else if (event.key === 'Escape') list = [];
      else if (event.key === 'Tab' || (event.key === 'Enter' && !complete && !event.shiftKey)) {
        event.preventDefault();
        take(offer);
        return;
      }
      if (step || event.key === 'Escape') {
        event.preventDefault();
        drawOffers();
        return;
      }
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  let shownFor = '';
  return {
    node,
    focus: () => box.focus(),
    /** Called whenever the place may have changed: brings back what was typed there. */
    draw(placeholder) {
      box.placeholder = placeholder;
      const key = keyNow();
      if (key === shownFor) return;
      shownFor = key;
      box.value = drafts.get(key) ?? '';
      resize();
    },
  };
}
