import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../../src/build/chromium.ts';

export interface Browser {
  readonly page: Page;
  /** What the page complained about since the last call: errors of the console, of scripts, of the policy. */
  complaints(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** One page of Debian's Chromium with a profile of its own, which goes with it. */
export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'adit-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM_PATH,
    args: [...CHROMIUM_FLAGS],
    viewport: { width: 1440, height: 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const heard = listen(page);
  await reportPolicy(context);
  return {
    page,
    async complaints() {
      const policy = await page.evaluate(
        () => (globalThis as { brokenPolicy?: string[] }).brokenPolicy ?? [],
      );
      return [...heard.splice(0), ...policy];
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

function listen(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(String(error)));
  return heard;
}

/** The page keeps what its content policy refused. */
async function reportPolicy(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const kept: string[] = [];
    (globalThis as { brokenPolicy?: string[] }).brokenPolicy = kept;
    document.addEventListener('securitypolicyviolation', (event) => {
      kept.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
}
