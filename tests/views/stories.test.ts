import { describe, expect, test } from 'bun:test';
import { renderStory } from '../../src/build/storybook-server.ts';
import type { Language } from '../../src/views/dashboard/models.ts';
import { HOSTILE } from '../../src/views/storybook/hostile.ts';
import { stories } from '../../src/views/storybook/stories.ts';

/** What stands in a page, by a parser of HTML: what the text looks like says nothing. */
interface Seen {
  readonly problems: string[];
  readonly ids: string[];
  posts: number;
  tokens: number;
}

const FORBIDDEN = ['img', 'iframe', 'object', 'embed', 'base', 'style', 'foreignobject'];

function look(html: string): Seen {
  const seen: Seen = { problems: [], ids: [], posts: 0, tokens: 0 };
  const rewriter = new HTMLRewriter().on('*', {
    element(element) {
      const attributes = [...element.attributes];
      for (const [name, value] of attributes) {
        if (name.startsWith('on') || name === 'style' || name.startsWith('hx-on')) {
          seen.problems.push(`<${element.tagName} ${name}>`);
        }
        if (name === 'id') seen.ids.push(value!);
        if (/^(href|action|formaction|src|hx-)/.test(name) && /^\s*(javascript|data|js):/i.test(value!)) {
          seen.problems.push(`${name}=${value}`);
        }
      }
      if (FORBIDDEN.includes(element.tagName)) seen.problems.push(`<${element.tagName}>`);
      if (element.tagName === 'script' && !isOurScript(element)) seen.problems.push('a script of its own');
      if (element.tagName === 'form' && element.getAttribute('method') === 'post') seen.posts += 1;
      if (element.getAttribute('name') === 'csrf') seen.tokens += 1;
    },
  });
  rewriter.transform(html);
  return seen;
}

function isOurScript(element: HTMLRewriterTypes.Element): boolean {
  return (
    element.getAttribute('type') === 'application/json' ||
    (element.getAttribute('src') ?? '').startsWith('/assets/')
  );
}

const each = stories.flatMap((story) =>
  (['en', 'ru'] as const).map((language) => [story.name, language, story] as const),
);

describe('every view, with canned and hostile data', () => {
  test.each(each)('%s in %s runs nothing of its data, every form has its token', (_, language, story) => {
    const html = renderStory(story, language as Language, 'system');
    const seen = look(html);
    expect(seen.problems).toEqual([]);
    expect(seen.ids.filter((id, index) => seen.ids.indexOf(id) !== index)).toEqual([]);
    expect(seen.tokens).toBe(seen.posts);
    expect(html).toContain(`<html lang="${language}"`);
  });

  test('every page there is has a story', async () => {
    const root = new URL('../../src/views/', import.meta.url).pathname;
    const told = await Bun.file(`${root}storybook/stories.ts`).text();
    const files = [...new Bun.Glob('dashboard/**/*.tsx').scanSync(root)];
    const code = await Promise.all(files.map((file) => Bun.file(`${root}${file}`).text()));
    const pages = [...code.join('\n').matchAll(/export function (\w+Page)\(/g)].map((match) => match[1]!);
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.filter((page) => !told.includes(page))).toEqual([]);
  });

  test('hostile data are really in the hostile pages, as text', () => {
    const html = renderStory(stories.find((story) => story.name === 'peers-hostile')!, 'en', 'system');
    expect(html).toContain('&lt;script&gt;window.hostile=1&lt;/script&gt;');
    expect(HOSTILE.filter((text) => html.includes(text) && /[<>"]/.test(text))).toEqual([]);
  });

  test('characters that reorder or hide never reach a page', () => {
    // What is copied is copied exactly.
    const pages = stories.map((story) =>
      renderStory(story, 'en', 'system').replace(/data-copy="[^"]*"/g, ''),
    );
    const hidden = /[\u202a-\u202e\u2066-\u2069\u200b]|(?![\n\t])\p{Cc}/u;
    expect(pages.flatMap((html) => hidden.exec(html)?.input.match(/<title>[^<]*/)?.[0] ?? [])).toEqual([]);
  });

  test('a page of 50 peers is under 100 KB, whatever they are called', () => {
    for (const name of ['peers', 'peers-hostile', 'accounts-hostile']) {
      const html = renderStory(stories.find((story) => story.name === name)!, 'ru', 'system');
      expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    }
  });

  test('a viewer is shown no act but the way out', () => {
    const html = renderStory(
      { ...stories.find((story) => story.name === 'account')!, role: 'viewer' },
      'en',
      'system',
    );
    const actions = [...html.matchAll(/<form method="post" action="([^"]+)"/g)].map((match) => match[1]);
    expect(actions).toEqual(['/theme', '/language', '/logout']);
  });
});
