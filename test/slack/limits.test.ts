import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../src/slack/limits';
import { onlyWhere } from '../support/only-where';

const reference = join(__dirname, '..', '..', '..', 'shared', 'slack-limits.json');
const whereThere = onlyWhere(existsSync(reference), '../shared/slack-limits.json is not there');

type Numbers = Record<string, number>;
interface Reference {
  surfaces: Numbers;
  message: Numbers;
  ids: Numbers;
  views: Numbers;
  deadlines: { ack_ms: Numbers; response_url: Numbers };
  blocks: Record<string, { limits: Numbers }>;
  elements: Record<string, { limits: Numbers }>;
  composition: Record<string, { limits: Numbers }>;
}

describe('our numbers of Slack', () => {
  whereThere.it('are those of the reference that lies beside the repository', () => {
    const { surfaces, message, ids, views, deadlines, blocks, elements, composition }: Reference = JSON.parse(
      readFileSync(reference, 'utf8'),
    );
    const of = (part: { limits: Numbers } | undefined, name: string) => part?.limits[name];
    expect(limits).toEqual({
      message: {
        blocks: surfaces['message.blocks.max'],
        textAdvised: message['text.advised_max'],
        blocksTotal: message['blocks_total_chars.safe_max'],
      },
      textObject: of(composition.mrkdwn, 'text.max'),
      header: of(blocks.header, 'text.max'),
      section: {
        text: of(blocks.section, 'text.max'),
        fields: of(blocks.section, 'fields.max'),
        fieldText: of(blocks.section, 'fields.text.max'),
      },
      button: {
        shownText: of(elements.button, 'text.shown_about'),
        value: ids['button.value.max'],
        url: of(elements.button, 'url.max'),
        accessibilityLabel: of(elements.button, 'accessibility_label.max'),
      },
      option: {
        // The page of options says 150, the SDK 75.
        value: Math.min(75, of(composition.option, 'value.max') ?? 0),
        text: of(composition.option, 'text.max'),
        description: of(composition.option, 'description.max'),
      },
      overflow: { options: of(elements.overflow, 'options.max') },
      image: { altText: of(blocks.image, 'alt_text.max'), title: of(blocks.image, 'title.max') },
      confirm: {
        title: of(composition.confirm, 'title.max'),
        text: of(composition.confirm, 'text.max'),
        confirm: of(composition.confirm, 'confirm.max'),
        deny: of(composition.confirm, 'deny.max'),
      },
      view: {
        title: views['title.max'],
        submit: views['submit.max'],
        close: views['close.max'],
        privateMetadata: views['private_metadata.max'],
        blocks: surfaces['modal.blocks.max'],
      },
      input: {
        label: of(blocks.input, 'label.max'),
        hint: of(blocks.input, 'hint.max'),
        text: of(elements.plain_text_input, 'max_length.max'),
      },
      ackMs: deadlines.ack_ms.block_actions,
    });
  });
});
