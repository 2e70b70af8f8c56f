import { h, sync } from './dom.js';
import { avatarOf } from './message.js';
import { act, actAs, go, me, people, refresh, session } from './session.js';

const themes = ['system', 'light', 'dark'];

function applyTheme(theme) {
  localStorage.setItem('theme', theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

applyTheme(localStorage.getItem('theme') ?? 'system');

function toggleSidebar() {
  document.body.classList.toggle('sidebar-open');
}

function turnTheme(event) {
  const next = themes[(themes.indexOf(localStorage.getItem('theme')) + 1) % themes.length];
  applyTheme(next);
  event.currentTarget.title = `Theme: ${next}`;
}

/** The line at the top: which workspace, who acts, theme, inspector. */
export function drawTopbar(bar) {
  const { server } = session;
  const actors = people().filter((person) => !person.isBot && !person.deleted);
  const look = JSON.stringify([server.team, session.me, actors, session.inspect, server.app.connected, server.app.way]);
  sync(bar, [
    {
      key: 'bar',
      look,
      make: () =>
        h(
          'div',
          { class: 'topbar-row' },
          h('button', { class: 'ghost only-narrow', 'aria-label': 'Channels', onclick: toggleSidebar }, '☰'),
          h('span', { class: 'team' }, h('img', { src: '/page/icon.svg', alt: '' }), h('strong', {}, server.team.name)),
          h(
            'span',
            {
              class: `link-state ${server.app.connected ? 'on' : 'off'}`,
              title: `${server.app.name} by ${server.app.way}`,
            },
            h('span', { class: 'dot', 'aria-hidden': 'true' }),
            server.app.connected ? `${server.app.name} is connected` : `${server.app.name} is away`,
          ),
          h('span', { class: 'space' }),
          h(
            'label',
            { class: 'actor' },
            h('span', { class: 'actor-label' }, 'Acting as'),
            avatarOf(me()),
            h(
              'select',
              { id: 'actor', onchange: (event) => actAs(event.target.value) },
              actors.map((person) =>
                h(
                  'option',
                  { value: person.id, selected: person.id === session.me },
                  `${person.realName}${person.isGuest ? ' (guest)' : ''}`,
                ),
              ),
            ),
          ),
          h(
            'button',
            {
              class: 'ghost',
              id: 'theme',
              'aria-label': 'Change the theme',
              title: `Theme: ${localStorage.getItem('theme')}`,
              onclick: turnTheme,
            },
            '◐',
          ),
          h(
            'button',
            {
              class: 'ghost',
              id: 'inspect',
              'aria-pressed': session.inspect,
              title: 'What goes over the wire, and faults to try',
              onclick: () => {
                session.inspect = !session.inspect;
                refresh();
              },
            },
            h('span', { 'aria-hidden': 'true' }, '⌥ '),
            h('span', { class: 'wide-only' }, 'Inspector'),
          ),
        ),
    },
  ]);
}

/** Opens the app's Home tab as Slack does: the app is told. */
export async function openHome() {
  go({ home: true });
  await act('open-home', { tab: 'home' });
}
