import { describe, expect, test } from 'bun:test';
import { assetUrl, dashboardAssets } from '../../src/views/assets/assets.ts';

const packed = (names: readonly string[]) =>
  names.reduce((sum, name) => sum + Bun.gzipSync(dashboardAssets.get(name)!.body, { level: 9 }).length, 0);

describe('files of the dashboard', () => {
  test('all JavaScript and CSS, compressed, is at most 60 KB: on a page, and with the chart', () => {
    expect(packed(['dashboard.js', 'dashboard.css'])).toBeLessThan(32_000);
    expect(packed(['dashboard.js', 'dashboard.css', 'history.js', 'uplot.css'])).toBeLessThanOrEqual(60_000);
  });

  test('the script is htmx, its stream extension and ours, and asks for no source map', () => {
    const { body } = dashboardAssets.get('dashboard.js')!;
    expect(body).toContain("registerExtension('sse'".replaceAll("'", '"'));
    expect(body).toContain('live-pause');
    expect(body).not.toContain('sourceMappingURL');
    expect(dashboardAssets.get('history.js')!.body).not.toContain('sourceMappingURL');
  });

  test('nothing is loaded from elsewhere', () => {
    for (const name of ['dashboard.css', 'uplot.css']) {
      expect(dashboardAssets.get(name)!.body).not.toMatch(/@import|url\(/);
    }
  });

  test('an address changes with its file', () => {
    expect(assetUrl('dashboard.css')).toMatch(/^\/assets\/dashboard\.css\?v=[0-9a-z]{8,}$/);
    const versions = [...dashboardAssets.values()].map((asset) => asset.version);
    expect(new Set(versions).size).toBe(versions.length);
  });
});
