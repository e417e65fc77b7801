import type { Run, TextBlock } from '../../../views/simulator/props.ts';
import type { MessageEntity } from '../model/telegram-types.ts';

const MARKS = new Set(['bold', 'italic', 'underline', 'strikethrough', 'code', 'spoiler']);
const BLOCKS: Readonly<Record<string, 'pre' | 'quote'>> = {
  pre: 'pre',
  blockquote: 'quote',
  expandable_blockquote: 'quote',
};

/** Text with overlapping entities, cut into blocks of runs that a page can draw one after another. */
export function textBlocks(text: string, entities: readonly MessageEntity[]): readonly TextBlock[] {
  if (text === '') return [];
  const cuts = new Set([0, text.length]);
  for (const entity of entities) cuts.add(entity.offset).add(entity.offset + entity.length);
  const edges = [...cuts].sort((a, b) => a - b);
  const blocks: { kind: TextBlock['kind']; runs: Run[]; key: string }[] = [];
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1];
    if (to === undefined) break;
    const over = entities.filter((e) => e.offset <= from && to <= e.offset + e.length);
    const outer = over.find((entity) => BLOCKS[entity.type]);
    const kind = BLOCKS[outer?.type ?? ''] ?? 'plain';
    const key = `${kind}${outer?.offset ?? ''}`;
    if (blocks.at(-1)?.key !== key) blocks.push({ kind, runs: [], key });
    blocks.at(-1)?.runs.push(toRun(text.slice(from, to), over));
  }
  return blocks.map((block, i) => withoutSeam(block, i > 0, i < blocks.length - 1));
}

/** The line break between plain text and a block of its own is the block's edge already. */
function withoutSeam(block: TextBlock, isAfterBlock: boolean, isBeforeBlock: boolean): TextBlock {
  if (block.kind !== 'plain') return { kind: block.kind, runs: block.runs };
  const last = block.runs.length - 1;
  const runs = block.runs.map((run, i) => {
    const head = isAfterBlock && i === 0 ? run.text.replace(/^\n/, '') : run.text;
    return { ...run, text: isBeforeBlock && i === last ? head.replace(/\n$/, '') : head };
  });
  return { kind: 'plain', runs: runs.filter((run) => run.text !== '') };
}

function toRun(text: string, over: readonly MessageEntity[]): Run {
  const link = over.find((entity) => entity.type === 'text_link' || entity.type === 'url');
  const href = link ? safeLink(link.url ?? text) : null;
  return { text, marks: over.map((e) => e.type).filter((type) => MARKS.has(type)), href };
}

/** Only what a browser may open from here: nothing that runs script. */
export function safeLink(url: string): string | null {
  const protocol = URL.parse(url)?.protocol;
  return protocol === 'https:' || protocol === 'http:' || protocol === 'tg:' ? url : null;
}
