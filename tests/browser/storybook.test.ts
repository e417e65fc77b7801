// needs chromium
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import axe from 'axe-core';
import { type Storybook, startStorybook } from '../../src/build/storybook-server.ts';
import { stories } from '../../src/views/storybook/stories.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';

// Longer than the longest wait inside: a test that times out takes the browser of the others along.
setDefaultTimeout(60_000);

let book: Storybook;
let browser: Browser;

beforeAll(async () => {
  book = startStorybook({ port: 0, tickMs: 0 });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  book.stop();
});

const go = (path: string) => browser.page.goto(`${book.url}${path}`, { waitUntil: 'load' });
const desk = () => browser.page.setViewportSize({ width: 1440, height: 900 });
const focused = () =>
  browser.page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || '');

/** What axe finds wrong, one line each. The policy of the page does not hold for what a debugger runs. */
async function violations(rules?: readonly string[]): Promise<readonly string[]> {
  await browser.page.evaluate(axe.source);
  return browser.page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const result = await axe.run(document, only ? { runOnly: [...only] } : {});
    return result.violations.flatMap((each) =>
      each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 160)}`),
    );
  }, rules);
}

const overflow = () =>
  browser.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('every story in a browser', () => {
  test.each(stories.map((story) => story.name))(
    '%s: axe, contrast in the dark, 390 px, no complaint',
    async (name) => {
      await desk();
      await go(`/story/${name}?theme=light`);
      expect(await violations()).toEqual([]);
      expect(await overflow()).toBe(0);
      await browser.page.setViewportSize({ width: 390, height: 844 });
      await go(`/story/${name}?theme=dark&lang=ru`);
      expect(await overflow()).toBe(0);
      expect(await violations(['color-contrast'])).toEqual([]);
      expect(await browser.complaints()).toEqual([]);
      expect(await browser.page.evaluate(() => 'hostile' in globalThis)).toBe(false);
    },
  );
});

describe('the live overview', () => {
  const updates = () => browser.page.locator('.figure-value').nth(4).textContent();

  test('numbers move without a reload; focus and typed text survive each frame', async () => {
    await desk();
    await go('/');
    const { page } = browser;
    const retry = page.locator('#panel-jobs button').first();
    await eventually(async () => (await page.locator('#live-state').getAttribute('data-mode')) === 'live');
    await retry.focus();
    const before = await updates();
    await eventually(async () => {
      book.tick();
      return (await updates()) !== before;
    });
    expect(await retry.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await page.evaluate(() => performance.getEntriesByType('navigation').length)).toBe(1);
    await page.locator('.person summary').click();
    book.tick();
    await eventually(async () => (await updates()) !== before);
    expect(await page.locator('.person').getAttribute('open')).not.toBeNull();
  });

  test('a change of state is said, a tick is not; the title follows', async () => {
    await go('/');
    const { page } = browser;
    const said = () => page.locator('#announce').textContent();
    expect(await page.title()).toBe('(4) Overview · Adit');
    const before = await updates();
    await eventually(async () => {
      book.tick();
      return (await updates()) !== before;
    });
    expect(await said()).toBe('');
    await eventually(async () => {
      book.tick(true);
      return (await said())?.includes('All is well.') === true;
    });
    expect(await page.title()).toBe('Overview · Adit');
  });

  test('paused it stands still, resumed it moves again', async () => {
    await go('/');
    const { page } = browser;
    const mode = () => page.locator('#live-state').getAttribute('data-mode');
    await eventually(async () => {
      book.tick();
      return (await updates()) !== '126';
    });
    await page.locator('#live-pause').click();
    expect(await mode()).toBe('paused');
    const still = await updates();
    for (let turn = 0; turn < 5; turn += 1) book.tick();
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await updates()).toBe(still);
    await page.locator('#live-pause').click();
    await eventually(async () => {
      book.tick();
      return (await updates()) !== still;
    });
    expect(await mode()).toBe('live');
  });

  test('a stream that ends is shown, and comes back by itself', async () => {
    await go('/');
    const { page } = browser;
    const mode = () => page.locator('#live-state').getAttribute('data-mode');
    await eventually(async () => (await mode()) === 'live');
    await page.route('**/live?*', (route) => route.abort());
    book.hangUp();
    await eventually(async () => (await mode()) === 'away', { withinMs: 15_000 });
    expect(await page.locator('.live-word').textContent()).toBe('No connection, trying again');
    await page.unroute('**/live?*');
    await eventually(async () => (await mode()) === 'live', { withinMs: 15_000 });
    // The refused connections are what the test is about.
    await browser.complaints();
  });
});

describe('a list that is not what it was', () => {
  test('says so, and is drawn anew only when asked', async () => {
    await desk();
    await go('/jobs');
    const { page } = browser;
    const changed = page.locator('#changed');
    await page.locator('#q').fill('half a word');
    await eventually(async () => (await page.locator('#list').getAttribute('data-mark')) !== null, {
      withinMs: 20_000,
    });
    expect(await changed.isVisible()).toBe(false);
    await eventually(async () => {
      book.tick();
      return changed.isVisible();
    });
    await page.locator('#list tbody a').nth(3).focus();
    await changed.locator('a').click();
    await eventually(async () => !(await changed.isVisible()));
    expect(await page.locator('#q').inputValue()).toBe('half a word');
    expect(await page.evaluate(() => performance.getEntriesByType('navigation').length)).toBe(1);
    expect(await page.locator('#live-state').getAttribute('data-mode')).toBe('still');
  });

  test('a later page is not watched', async () => {
    await go('/story/jobs-done');
    expect(await browser.page.locator('#changed').count()).toBe(0);
  });
});

describe('the keyboard', () => {
  test('? helps, Esc leaves, g goes, j and k walk, / searches', async () => {
    await desk();
    await go('/story/peers');
    const { keyboard } = browser.page;
    await keyboard.press('?');
    expect(await browser.page.locator('#help').getAttribute('open')).not.toBeNull();
    await keyboard.press('Escape');
    expect(await browser.page.locator('#help').getAttribute('open')).toBeNull();
    await keyboard.press('j');
    expect(await focused()).toBe('Phone');
    await keyboard.press('j');
    expect(await focused()).toBe('Ноутбук');
    await keyboard.press('k');
    expect(await focused()).toBe('Phone');
    await keyboard.press('/');
    expect(await focused()).toBe('q');
    await keyboard.type('gj?');
    expect(await browser.page.locator('#q').inputValue()).toBe('gj?');
    await keyboard.press('Escape');
    await keyboard.press('g');
    await keyboard.press('j');
    await browser.page.waitForURL('**/jobs');
  });

  test('the first Tab leads past the menu', async () => {
    await go('/story/jobs');
    await browser.page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await browser.page.keyboard.press('Enter');
    expect(await focused()).toBe('main');
  });
});

describe('lists and forms', () => {
  test('typing searches in place: the address follows, the field keeps focus and text', async () => {
    await desk();
    await go('/peers');
    const { page } = browser;
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await page.locator('#q').pressSequentially('maria');
    await page.waitForURL('**/peers?*q=maria*');
    expect(page.url()).not.toContain('state=');
    expect(await focused()).toBe('q');
    expect(await page.locator('#q').inputValue()).toBe('maria');
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
    await page.locator('.pager a').last().click();
    await page.waitForURL('**after=more*');
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
    expect(await browser.complaints()).toEqual([]);
  });

  test('a retry goes out with the token and comes back to its page, in place', async () => {
    await go('/');
    const { page } = browser;
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.locator('#panel-jobs button').first().click();
    const request = await sent;
    expect(new URL(request.url()).pathname).toMatch(/^\/jobs\/[\w-]+\/retry$/);
    expect(request.postData()).toContain('csrf=token-of-the-session');
    expect(request.postData()).toContain('back=%2F');
    expect(await browser.complaints()).toEqual([]);
  });

  test('the theme changes at once', async () => {
    await go('/');
    const { page } = browser;
    await page.locator('.person summary').click();
    await page.locator('button[name="theme"][value="dark"]').click();
    const background = () => page.evaluate(() => getComputedStyle(document.body).color);
    await eventually(async () => (await background()) === 'rgb(228, 233, 239)');
  });

  test('the chart is drawn by uPlot, within the policy', async () => {
    await go('/story/history');
    await browser.page.locator('#chart .u-wrap').waitFor();
    expect(await browser.page.locator('.history-line').first().isVisible()).toBe(false);
    expect(await browser.complaints()).toEqual([]);
  });

  test('on a phone the menu opens without a script of ours', async () => {
    await browser.page.setViewportSize({ width: 390, height: 844 });
    await go('/story/nodes');
    expect(await browser.page.locator('nav a[href="/peers"]').isVisible()).toBe(false);
    await browser.page.locator('.menu-button').click();
    expect(await browser.page.locator('nav a[href="/peers"]').isVisible()).toBe(true);
  });
});
