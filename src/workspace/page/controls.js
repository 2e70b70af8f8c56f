import { h, safeUrl } from './dom.js';
import { plainString, plainText, textNodes } from './mrkdwn.js';
import { confirmed, openMenu } from './overlay.js';
import { people, session, titleOf } from './session.js';

/*
 * Controls of messages, modals and Home. `place` says where a control is:
 *   press(block, element, value)  tells the app; resolves when it acknowledged
 *   suggest(element, query)       asks the app for the options of an external select
 *   initial(block, element)       what is chosen now, in the plain form below
 *   fields                        in a form: Map of "block/action" → () => plain value
 * Plain form: text for inputs; the option's value for menus; a list for several; the option itself for external selects.
 */

export const fieldKey = (block, element) => `${block.block_id}/${element.action_id}`;

const optionsOf = (element) => [
  ...(element.options ?? []),
  ...(element.option_groups ?? []).flatMap((group) => group.options),
];

/** What the app set at first, in the plain form. */
export function initialOf(element) {
  if (element.type.endsWith('external_select')) return element.initial_option ?? element.initial_options;
  if (element.initial_option) return element.initial_option.value;
  if (element.initial_options) return element.initial_options.map((option) => option.value);
  const key = Object.keys(element).find((name) => name.startsWith('initial_'));
  return key === undefined ? undefined : element[key];
}

/** A `state.values` entry in the plain form. */
export function bareOf(entry) {
  if (!entry) return undefined;
  const { type, ...rest } = entry;
  const value = Object.values(rest)[0];
  if (type.endsWith('external_select')) return value ?? undefined;
  if (Array.isArray(value)) return value.map((item) => item?.value ?? item);
  return value?.value ?? value ?? undefined;
}

async function busyWhile(node, work) {
  node.classList.add('busy');
  node.setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    node.classList.remove('busy');
    node.removeAttribute('aria-busy');
  }
}

function button(block, element, place) {
  const node = h(
    'button',
    {
      type: 'button',
      class: `button ${element.style ?? ''}`,
      'aria-label': element.accessibility_label,
      onclick: async () => {
        if (node.classList.contains('busy') || !(await confirmed(element.confirm))) return;
        if (safeUrl(element.url)) open(element.url, '_blank', 'noopener');
        await busyWhile(node, () => place.press(block, element, element.value));
      },
    },
    h('span', {}, plainText(element.text)),
    element.url ? h('span', { class: 'out', 'aria-hidden': 'true' }, '↗') : null,
  );
  return node;
}

function overflow(block, element, place) {
  const node = h(
    'button',
    {
      type: 'button',
      class: 'button icon',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      onclick: () =>
        openMenu(
          node,
          element.options.map((option) => ({
            label: plainText(option.text),
            detail: option.description ? plainText(option.description) : undefined,
            run: async () => {
              if (!(await confirmed(element.confirm))) return;
              if (safeUrl(option.url)) open(option.url, '_blank', 'noopener');
              await busyWhile(node, () => place.press(block, element, option.value));
            },
          })),
        ),
    },
    '⋯',
  );
  return node;
}

/** A control that holds a value: tells the app when it changes, unless it is a silent part of a form. */
function holding(block, element, place, node, read, event = 'change') {
  place.fields?.set(fieldKey(block, element), read);
  const silent = block.type === 'input' && !block.dispatch_action;
  if (!silent)
    node.addEventListener(event, async () => {
      if (!(await confirmed(element.confirm))) return;
      await busyWhile(node, () => place.press(block, element, read()));
    });
  return node;
}

function choices(element) {
  const channels = session.server.channels;
  const several = element.type.startsWith('multi_');
  const kind = several ? element.type.slice('multi_'.length) : element.type;
  switch (kind) {
    case 'users_select':
      return people()
        .filter((person) => !person.deleted)
        .map((person) => ({ value: person.id, label: person.realName }));
    case 'channels_select':
      return channels
        .filter((channel) => channel.kind === 'channel' && !channel.isPrivate)
        .map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
    case 'conversations_select':
      return channels.map((channel) => ({
        value: channel.id,
        label: channel.kind === 'channel' ? `#${channel.name}` : titleOf(channel),
      }));
    default:
      return optionsOf(element).map((option) => ({ value: option.value, label: plainString(option.text) }));
  }
}

function select(block, element, place) {
  const initial = place.initial(block, element);
  const option = ({ value, label }) => h('option', { value, selected: value === initial }, label);
  const groups = element.option_groups?.map((group) =>
    h(
      'optgroup',
      { label: plainString(group.label) },
      group.options.map((entry) => option({ value: entry.value, label: plainString(entry.text) })),
    ),
  );
  const hint = element.placeholder ? plainString(element.placeholder) : 'Choose an option';
  const node = h(
    'select',
    { class: 'select', id: place.idOf?.(element), 'aria-label': hint },
    h(
      'option',
      { value: '', selected: initial === undefined, disabled: block.type !== 'input', hidden: block.type !== 'input' },
      hint,
    ),
    groups ?? choices(element).map(option),
  );
  return holding(block, element, place, node, () => node.value);
}

function multi(block, element, place) {
  const initial = place.initial(block, element) ?? [];
  const boxes = choices(element).map(({ value, label }) =>
    h(
      'label',
      { class: 'choice' },
      h('input', { type: 'checkbox', value, checked: initial.includes(value) }),
      h('span', {}, label),
    ),
  );
  const read = () =>
    boxes
      .map((box) => box.firstChild)
      .filter((box) => box.checked)
      .map((box) => box.value);
  const summary = h('summary', { class: 'select' });
  const node = h('details', { class: 'multi' }, summary, h('div', { class: 'choices' }, boxes));
  const say = () => {
    const chosen = boxes.filter((box) => box.firstChild.checked).map((box) => box.textContent);
    summary.textContent =
      chosen.join(', ') || (element.placeholder ? plainString(element.placeholder) : 'Choose options');
  };
  node.addEventListener('change', say);
  say();
  return holding(block, element, place, node, read);
}

/** Typing asks the app; the answers appear below. */
function external(block, element, place) {
  const several = element.type.startsWith('multi_');
  let chosen = place.initial(block, element);
  if (several) chosen = chosen ?? [];
  const shown = () => (several ? '' : chosen ? plainString(chosen.text) : '');
  const chips = h('span', { class: 'chips' });
  const input = h('input', {
    class: 'text',
    type: 'text',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    id: place.idOf?.(element),
    placeholder: element.placeholder ? plainString(element.placeholder) : 'Type to search',
    autocomplete: 'off',
    value: shown(),
  });
  const list = h('div', { class: 'suggestions', role: 'listbox', hidden: true });
  const node = h('div', { class: 'external' }, chips, input, list);
  const draw = () => {
    chips.replaceChildren(
      ...(several ? chosen : []).map((option) =>
        h(
          'button',
          {
            type: 'button',
            class: 'chip',
            onclick: () => choose(option),
            'aria-label': `Remove ${plainString(option.text)}`,
          },
          plainText(option.text),
          ' ×',
        ),
      ),
    );
  };
  const choose = (option) => {
    if (several)
      chosen = chosen.some(({ value }) => value === option.value)
        ? chosen.filter(({ value }) => value !== option.value)
        : [...chosen, option];
    else chosen = option;
    input.value = shown();
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    draw();
    node.dispatchEvent(new Event('change'));
  };
  let turn = 0;
  const search = async () => {
    if (input.value.length < (element.min_query_length ?? 3)) {
      list.hidden = true;
      return;
    }
    turn += 1;
    const mine = turn;
    const answer = await place.suggest(element, input.value);
    if (mine !== turn) return;
    const options = [...(answer.options ?? []), ...(answer.optionGroups ?? []).flatMap((group) => group.options ?? [])];
    list.replaceChildren(
      ...(options.length > 0
        ? options.map((option) =>
            h('button', { type: 'button', role: 'option', onclick: () => choose(option) }, plainText(option.text)),
          )
        : [h('p', {}, answer.error ? `No options: ${answer.error}` : 'Nothing found.')]),
    );
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
  };
  input.addEventListener('input', (event) => {
    event.stopPropagation();
    search();
  });
  input.addEventListener('change', (event) => event.stopPropagation());
  input.addEventListener('focus', search);
  node.addEventListener('focusout', (event) => {
    if (!node.contains(event.relatedTarget)) list.hidden = true;
  });
  draw();
  return holding(block, element, place, node, () => chosen ?? '');
}

function boxes(block, element, place) {
  const type = element.type === 'checkboxes' ? 'checkbox' : 'radio';
  const initial = [place.initial(block, element) ?? []].flat();
  const name = `${block.block_id}-${element.action_id}-${Math.random().toString(36).slice(2)}`;
  const rows = element.options.map((option) =>
    h(
      'label',
      { class: 'choice' },
      h('input', { type, name, value: option.value, checked: initial.includes(option.value) }),
      h('span', {}, textNodes(option.text), option.description ? h('small', {}, textNodes(option.description)) : null),
    ),
  );
  const node = h('div', { class: 'choices', role: type === 'radio' ? 'radiogroup' : 'group' }, rows);
  const read = () => {
    const chosen = rows
      .map((row) => row.firstChild)
      .filter((box) => box.checked)
      .map((box) => box.value);
    return type === 'radio' ? (chosen[0] ?? '') : chosen;
  };
  return holding(block, element, place, node, read);
}

const inputTypes = {
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'number',
  datepicker: 'date',
  timepicker: 'time',
};

function textInput(block, element, place) {
  const common = {
    class: 'text',
    id: place.idOf?.(element),
    placeholder: element.placeholder ? plainString(element.placeholder) : undefined,
    'aria-label': place.idOf ? undefined : element.placeholder && plainString(element.placeholder),
    autofocus: element.focus_on_load,
    maxlength: element.max_length,
    value: place.initial(block, element) ?? '',
  };
  const large = element.multiline || element.type === 'rich_text_input';
  const node = large
    ? h('textarea', { ...common, rows: 4 })
    : h('input', {
        ...common,
        type: inputTypes[element.type] ?? 'text',
        min: element.min_value,
        max: element.max_value,
        step: element.is_decimal_allowed ? 'any' : undefined,
      });
  if (element.type === 'rich_text_input') {
    const read = () =>
      node.value === ''
        ? ''
        : {
            type: 'rich_text',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: node.value }] }],
          };
    return holding(block, element, place, node, read);
  }
  const each = element.dispatch_action_config?.trigger_actions_on?.includes('on_character_entered');
  return holding(block, element, place, node, () => node.value, each ? 'input' : 'change');
}

/** Date and time, read in this browser's zone as Slack's client does. */
function dateTime(block, element, place) {
  const seconds = place.initial(block, element);
  const local = seconds ? new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60_000) : undefined;
  const node = h('input', {
    class: 'text',
    type: 'datetime-local',
    id: place.idOf?.(element),
    value: local?.toISOString().slice(0, 16) ?? '',
  });
  return holding(block, element, place, node, () =>
    node.value ? Math.floor(new Date(node.value).getTime() / 1000) : '',
  );
}

function feedback(block, element, place) {
  return [element.positive_button, element.negative_button].map((choice) =>
    button(
      block,
      { ...element, text: choice.text, value: choice.value, accessibility_label: choice.accessibility_label },
      place,
    ),
  );
}

/** @returns a node, or several */
export function control(block, element, place) {
  switch (element.type) {
    case 'button':
    case 'workflow_button':
      return button(block, element, place);
    case 'icon_button':
      return button(
        block,
        { ...element, text: { text: '🗑' }, accessibility_label: element.accessibility_label ?? element.text.text },
        place,
      );
    case 'feedback_buttons':
      return feedback(block, element, place);
    case 'overflow':
      return overflow(block, element, place);
    case 'checkboxes':
    case 'radio_buttons':
      return boxes(block, element, place);
    case 'external_select':
    case 'multi_external_select':
      return external(block, element, place);
    case 'datetimepicker':
      return dateTime(block, element, place);
    case 'file_input':
      return h('p', { class: 'hint' }, 'Files cannot be chosen in this workspace.');
    default:
      if (element.type.startsWith('multi_')) return multi(block, element, place);
      if (element.type.endsWith('_select')) return select(block, element, place);
      return textInput(block, element, place);
  }
}
