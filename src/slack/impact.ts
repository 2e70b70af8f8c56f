import type { ImageBlock, KnownBlock } from '@slack/types';
import { pipelineNode } from '../domain/edge';
import type { ImpactAnswer, OwnersTold } from '../domain/impact';
import { buttons } from './buttons';
import { downstreamTree, sayNode, sayWaiting } from './downstream-tree';
import { limits } from './limits';
import {
  actions,
  context,
  header,
  type Message,
  namesWithin,
  section,
  sectionsOf,
  sentence,
  sentences,
  sizeOf,
} from './message';
import { code, cut, date, fence, isUserId, mention, plain, sayDate, words } from './mrkdwn';

export interface ImpactContext {
  /** With its slash, as this workspace calls it. */
  command: string;
  timeZone: string;
  /** The graph, already uploaded. */
  picture?: { fileId: string; alt: string };
}

/** Kept free beside names, for the words around them. */
const spare = 200;
/** Of owners, in the text for those who see no blocks. */
const ownersRead = 1_000;

/** What waits for a pipeline: the picture, the same as a list, whose it is, and how old that knowledge is. Never throws. */
export function renderImpact(answer: ImpactAnswer, asker: ImpactContext): Message {
  const { command, timeZone } = asker;
  if (answer.kind === 'none') {
    const meant = answer.didYouMean.map((name) => code(`${command} impact ${name}`, 160));
    const hint =
      meant.length > 0
        ? `Did you mean ${meant.join(' or ')}?`
        : `${code(`${command} status`)} lists those of this channel.`;
    const asked = answer.asked === '' ? 'Which pipeline?' : `I know no pipeline named ${code(answer.asked, 120)}.`;
    return sentence(`${asked} ${hint}`);
  }
  if (answer.kind === 'several') {
    const meant = answer.names.slice(0, 5).map((name) => code(`${command} impact ${name}`, 160));
    return sentence(`${code(answer.asked, 120)} is known to several orchestrators. Which one: ${meant.join(', ')}?`);
  }
  const { name, downstream, owners } = answer;
  if (downstream.seenAt === undefined || downstream.total === 0) {
    return sentence(
      `I know of nothing that waits for ${code(name, 120)}. What feeds what comes from its orchestrator, from OpenLineage events and ` +
        'from `feeds` in the catalogue; without those I cannot tell that nothing does.',
    );
  }
  const headline = `What waits for ${plain(name)}`;
  const { escaped, more } = downstreamTree([pipelineNode(answer.pipeline)], downstream, {
    max: limits.section.text - 100,
  });
  const rest = more > 0 ? `\nand ${more.toLocaleString('en-US')} more` : '';
  const asOf = `Newest word on what feeds what: ${date(downstream.seenAt, timeZone)}`;
  const tell = buttons.tellOwners.element(answer.pipeline, {
    about: name,
    label: 'Tell those who wait',
    confirm: {
      title: 'Tell those who wait?',
      text: `One message in each channel where alerts of these pipelines go, saying that they wait for ${cut(plain(name), 60)}, and why.`,
      confirm: 'Tell them',
      deny: 'Not now',
    },
  });
  const above = [header(headline), ...pictureBlock(asker.picture, headline), section(`${fence(escaped)}${rest}`)];
  const below = [
    ...(tell && downstream.nodes.some(({ kind }) => kind === 'pipeline') ? [actions([tell])] : []),
    context(asOf),
  ];
  const [first = '', ...next] = namesWithin(
    owners.map(({ who, count }) => `${sayWho(who)} (${count})`),
    limits.message.blocksTotal - sizeOf([...above, ...below]) - spare,
  );
  return {
    text: cut(
      sentences([
        sayWaiting(downstream, words(name)),
        `Nearest: ${downstream.nodes.slice(0, 20).map(sayNode).join('; ')}`,
        owners.length > 0
          ? `Owners: ${namesWithin(
              owners.map(({ who, count }) => `${words(who)} ${count}`),
              ownersRead,
            ).join(', ')}`
          : undefined,
        `As of ${sayDate(downstream.seenAt, timeZone)}`,
      ]),
      limits.message.textAdvised,
    ),
    blocks: [
      ...above,
      ...(owners.length > 0 ? sectionsOf([`*Owners who wait:* ${first}`, ...next], ', ') : []),
      ...below,
    ],
  };
}

export function pictureBlock(picture: ImpactContext['picture'], title: string): KnownBlock[] {
  if (!picture) return [];
  const image: ImageBlock = {
    type: 'image',
    slack_file: { id: picture.fileId },
    alt_text: cut(plain(picture.alt), limits.image.altText),
    title: { type: 'plain_text', text: cut(title, limits.image.title), emoji: true },
  };
  return [image];
}

function sayWho(who: string): string {
  return isUserId(who) ? mention(who) : `*${words(who, 60)}*`;
}

/** What came of the press on "Tell those who wait". */
export function renderOwnersTold(told: OwnersTold, timeZone: string): Message {
  switch (told.kind) {
    case 'told': {
      const names = told.channels.map((channel) => (isUserId(channel) ? mention(channel) : words(channel, 80)));
      const wait = `${told.count.toLocaleString('en-US')} ${told.count === 1 ? 'pipeline waits' : 'pipelines wait'}`;
      const [first = '', ...next] = namesWithin(names, limits.message.blocksTotal - spare);
      return {
        text: `Told in ${namesWithin(names, limits.message.textAdvised - spare).join(', ')}: ${wait}.`,
        blocks: sectionsOf([`${wait}. Told in ${first}`, ...next], ', '),
      };
    }
    case 'told-already':
      return sentence(
        `${mention(told.by)} told them at ${date(told.at, timeZone)} already; within an hour once is enough.`,
      );
    case 'nobody-waits':
      return sentence('No pipeline waits for it any more, as far as I know.');
  }
}
