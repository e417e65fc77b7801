/** Headless Chromium on the machine a namespace is, and everything it complains about there. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../../src/build/chromium.ts';
import type { Namespace } from './netns.ts';

export interface WatchedBrowser {
  readonly context: BrowserContext;
  /**
   * Errors and warnings of the console, failed requests, answers of 400 and above, what the content policy refused;
   * each with the page it was on.
   */
  readonly complaints: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A browser whose 127.0.0.1 is the namespace's own, with a fresh profile. */
export async function openBrowserWithin(
  namespace: Namespace,
  options: BrowserContextOptions,
): Promise<WatchedBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-chromium-'));
  const starter = join(folder, 'chromium');
  await writeFile(starter, `#!/bin/sh\nexec ${namespace.prefix.join(' ')} ${CHROMIUM_PATH} "$@"\n`);
  await chmod(starter, 0o755);
  const browser = await chromium.launch({ executablePath: starter, args: [...CHROMIUM_FLAGS] });
  const context = await browser.newContext(options);
  return {
    context,
    complaints: await listen(context),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listen(context: BrowserContext): Promise<string[]> {
  const heard: string[] = [];
  const hear = (page: Page | null, text: string) => {
    const where = page === null ? '' : new URL(page.url(), 'http://none').pathname;
    heard.push(`${where}: ${text}`);
  };
  context.on('console', (message) => {
    const loud = message.type() === 'error' || message.type() === 'warning';
    if (loud) hear(message.page(), `console: ${message.text()}`);
  });
  context.on('weberror', (error) => hear(error.page(), String(error.error())));
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    const path = new URL(request.url()).pathname;
    // The browser's own decision: a page that is left takes its stream and its icon along.
    if (why === 'net::ERR_ABORTED') return;
    hear(null, `${request.method()} ${path} failed: ${why}`);
  });
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() >= 400) hear(null, `${pathname} answered ${response.status()}`);
  });
  await context.exposeBinding('policyRefused', ({ page }, text: string) => hear(page, `policy: ${text}`));
  await context.addInitScript(() => {
    const { policyRefused } = globalThis as unknown as { policyRefused(text: string): void };
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      policyRefused(`${violatedDirective}: ${blockedURI} ${sample}`),
    );
  });
  return heard;
}

/** What axe finds wrong on the page, one line each; all rules, or only these. */
export async function axeViolations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const result = await axe.run(document, only ? { runOnly: [...only] } : {});
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
    );
  }, rules);
}

/** How far the page can be pushed sideways. Pixels. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
