import { blocks } from './blocks.js';
import { bareOf, initialOf } from './controls.js';
import { h, sync } from './dom.js';
import { act, me, session } from './session.js';
import { report } from './toast.js';

function place(view) {
  return {
    press: async (block, element, value) => {
      const answer = await act('press-home', { actionId: element.action_id, blockId: block.block_id, value });
      report(answer, 'That');
    },
    suggest: (element, query) => act('suggest', { actionId: element.action_id, query }),
    initial: (block, element) => bareOf(view.state.values[block.block_id]?.[element.action_id]) ?? initialOf(element),
  };
}

/** The app's Home tab for the acting person. */
export function drawHome(pane) {
  const view = session.server.home;
  sync(pane, [
    view
      ? {
          key: 'home',
          look: `${session.me}|${view.hash}`,
          make: () => h('div', { class: 'home' }, blocks(view.blocks, place(view))),
        }
      : {
          key: 'none',
          look: session.me,
          make: () =>
            h(
              'div',
              { class: 'home empty-home' },
              h('p', {}, `${session.server.app.name} has no Home for ${me()?.realName} yet.`),
            ),
        },
  ]);
}
