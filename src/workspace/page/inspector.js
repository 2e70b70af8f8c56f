import { h, sync } from './dom.js';
import { act, refresh, session } from './session.js';
import { report } from './toast.js';

let tab = 'calls';
const opened = new Set();

const pretty = (value) => JSON.stringify(value, null, 2) ?? '';
const timeOf = (text) => new Date(text).toLocaleTimeString('en-GB');

function row(key, summary, parts, bad) {
  const node = h(
    'details',
    {
      class: `wire${bad ? ' bad' : ''}`,
      open: opened.has(key),
      ontoggle: () => (node.open ? opened.add(key) : opened.delete(key)),
    },
    h('summary', {}, summary),
    parts.map(([title, value]) => [h('h4', {}, title), h('pre', { tabindex: 0 }, pretty(value))]),
  );
  return node;
}

function calls({ calls: list, callCount }) {
  return list.map((call, index) => {
    const key = `call-${callCount - index}`;
    const word = call.status === 0 ? 'cut' : call.answer.ok ? 'ok' : (call.answer.error ?? call.status);
    return {
      key,
      look: `${call.status}`,
      make: () =>
        row(
          key,
          [
            h('code', {}, call.method),
            h('span', { class: 'word' }, String(word)),
            call.fault ? h('span', { class: 'word' }, `fault: ${call.fault}`) : null,
            h('time', {}, timeOf(call.at)),
          ],
          [
            ['Arguments', call.args],
            ['Answer', call.answer],
          ],
          !call.answer.ok || call.status === 0,
        ),
    };
  });
}

function deliveries({ deliveries: list, deliveryCount }) {
  return list.map((delivery, index) => {
    const key = `delivery-${deliveryCount - index}`;
    const last = delivery.attempts.at(-1);
    const outcome = last ? `${last.outcome}${last.tookMs === undefined ? '' : ` in ${last.tookMs} ms`}` : 'waiting';
    return {
      key,
      look: JSON.stringify(delivery.attempts),
      make: () =>
        row(
          key,
          [
            h('code', {}, delivery.type),
            h('span', { class: 'word' }, outcome),
            delivery.attempts.length > 1 ? h('span', { class: 'word' }, `${delivery.attempts.length} tries`) : null,
            h('time', {}, last ? timeOf(last.at) : ''),
          ],
          [
            ['Tries', delivery.attempts],
            ['Payload', delivery.payload],
            ['Answer', delivery.answer],
          ],
          last && ['timeout', 'unreachable', 'refused'].includes(last.outcome),
        ),
    };
  });
}

const methods = [
  '',
  'chat.postMessage',
  'chat.update',
  'chat.postEphemeral',
  'views.open',
  'views.update',
  'views.publish',
  'conversations.history',
  'files.completeUploadExternal',
];
const kinds = [
  ['drop-answer', 'Lose the answer', 'The next call takes effect, but its answer is lost.'],
  ['close', 'Cut before effect', 'The connection of the next call is cut before anything happens.'],
  ['delay', 'Answer 5 s late', 'The next call takes effect and is answered after 5 seconds.'],
  ['5xx', 'Answer 503', 'The next call is refused by a broken server.'],
  ['429', 'Rate limit', 'The next call is told to come again in 5 seconds.'],
];

function faults() {
  const method = h(
    'select',
    { class: 'select', id: 'fault-method' },
    methods.map((name) => h('option', { value: name }, name || 'any method')),
  );
  const set = async (kind) =>
    report(await act('fault', { kind, ...(method.value ? { method: method.value } : {}) }), 'The fault');
  const twice = h('input', {
    type: 'checkbox',
    checked: session.server.twice,
    onchange: () => set(twice.checked ? 'twice' : 'once'),
  });
  const armed = session.server.inspection.faults;
  return h(
    'div',
    { class: 'faults' },
    h('label', { class: 'label', for: 'fault-method' }, 'The next call of'),
    method,
    h(
      'div',
      { class: 'fault-buttons' },
      kinds.map(([kind, label, title]) => h('button', { class: 'button', title, onclick: () => set(kind) }, label)),
    ),
    h('label', { class: 'choice' }, twice, h('span', {}, 'Deliver every event, command and press twice')),
    h(
      'div',
      { class: 'fault-buttons' },
      h('button', { class: 'button', onclick: () => set('refresh') }, 'Ask for new sockets'),
      h('button', { class: 'button danger', onclick: () => set('cut') }, 'Cut the sockets'),
    ),
    h('h3', {}, 'Waiting to happen'),
    armed.length === 0
      ? h('p', { class: 'hint' }, 'Nothing.')
      : h(
          'ul',
          {},
          armed.map(({ match, kind, times }) =>
            h('li', {}, `${kind} on ${match.method ?? 'any call'}${times > 1 ? ` (${times} times)` : ''}`),
          ),
        ),
    h('button', { class: 'button', onclick: () => set('clear') }, 'Clear all faults'),
  );
}

const body = h('div', { class: 'inspector-body' });
const tabs = h('div', { class: 'tabs', role: 'tablist' });

/** What goes over the wire, and faults to put in its way. */
export function drawInspector(drawer) {
  drawer.hidden = !session.inspect;
  const seen = session.server.inspection;
  if (!session.inspect || !seen) return;
  const close = () => {
    session.inspect = false;
    refresh();
  };
  if (!body.isConnected)
    drawer.append(
      h(
        'header',
        { class: 'pane-header' },
        h('div', { class: 'pane-title' }, h('h1', {}, 'Inspector'), tabs),
        h('button', { class: 'ghost close', 'aria-label': 'Close the inspector', onclick: close }, '×'),
      ),
      body,
    );
  const choose = (name) => () => {
    tab = name;
    drawInspector(drawer);
  };
  const titles = [
    ['calls', `Calls ${seen.callCount}`],
    ['deliveries', `Deliveries ${seen.deliveryCount}`],
    ['faults', 'Faults'],
  ];
  tabs.replaceChildren(
    ...titles.map(([name, title]) =>
      h(
        'button',
        {
          role: 'tab',
          'aria-selected': tab === name,
          class: tab === name ? 'tab current' : 'tab',
          onclick: choose(name),
        },
        title,
      ),
    ),
  );
  if (tab === 'calls') sync(body, calls(seen));
  else if (tab === 'deliveries') sync(body, deliveries(seen));
  else sync(body, [{ key: 'faults', look: JSON.stringify([seen.faults, session.server.twice]), make: faults }]);
}
