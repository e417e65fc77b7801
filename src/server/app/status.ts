import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { type StatusLine, type StatusSection, worstState } from '../core/health-report.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { renderStatus, statusJson } from '../entry/cli/render-report.ts';
import type { Readiness } from '../entry/http/server.ts';
import type { ReportOptions } from './doctor.ts';
import { type Outside, standard } from './serve.ts';
import { createWorld, type World } from './world.ts';

const TIMEOUT_MS = 3000;

/** `adit status`: asks the running program over its own HTTP. Exit code 1 when it is not there or not ready. */
export async function status(config: Config, outside: Outside, options: ReportOptions): Promise<ExitCode> {
  const quiet: Config = { ...config, log: { ...config.log, level: 'error' } };
  const world = createWorld(quiet, standard(quiet, outside));
  const readiness = JSON.parse(await ask(world, config, '/readyz')) as Readiness;
  const values = parseMetrics(await ask(world, config, '/metrics'));
  const sections = [service(readiness), ...figures(values)];
  const report = { takenAt: world.clock.now(), sections };
  options.out(options.json ? statusJson(report) : renderStatus(report, options));
  return worstState(sections[0]!.lines.map((line) => line.state)) === 'fail' ? 1 : 0;
}

async function ask(world: World, config: Config, path: string): Promise<string> {
  const { host, port, metricsToken } = config.http;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}${path}`;
  const headers: Record<string, string> = metricsToken
    ? { authorization: `Bearer ${metricsToken.reveal()}` }
    : {};
  try {
    const answer = await world.requester.request({
      name: 'self',
      method: 'GET',
      url,
      headers,
      timeoutMs: TIMEOUT_MS,
    });
    return new TextDecoder().decode(answer.body);
  } catch (error) {
    throw new AppError(
      'unavailable',
      `Adit does not answer at ${url}. Is it running? (systemctl status adit)`,
      {
        cause: error,
      },
    );
  }
}

function service({ ready, reasons }: Readiness): StatusSection {
  const lines: StatusLine[] = ready
    ? [{ label: 'ready', value: 'yes', state: 'ok' }]
    : reasons.map((reason) => ({ label: 'not ready', value: reason, state: 'fail' as const }));
  return { title: 'Service', lines };
}

/** Metric name with its labels, as Prometheus writes it, to its value. */
export function parseMetrics(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const SHOWN: readonly { readonly title: string; readonly prefix: string }[] = [
  { title: 'Database connections', prefix: 'adit_db_pool_connections' },
  { title: 'Addresses', prefix: 'adit_addresses' },
  { title: 'Jobs', prefix: 'adit_jobs' },
  { title: 'Event loop, seconds', prefix: 'adit_event_loop_lag_seconds' },
  { title: 'Event loop, last freezes by how they ended', prefix: 'adit_event_loop_freezes' },
  { title: 'Reconcile', prefix: 'adit_reconcile' },
];

function figures(values: ReadonlyMap<string, number>): StatusSection[] {
  return SHOWN.map(({ title, prefix }) => ({
    title,
    lines: [...values]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => toLine(name.slice(prefix.length), value)),
  }));
}

function toLine(rest: string, value: number): StatusLine {
  const labels = [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, , text]) => text).join(' ');
  const label = [rest.replace(/\{.*/, '').replace(/^_/, '').replaceAll('_', ' '), labels]
    .filter(Boolean)
    .join(' ');
  const stuck = label === 'stuck' && value > 0;
  return {
    label: label || 'all',
    value: String(Math.round(value * 1e4) / 1e4),
    state: stuck ? 'warn' : 'ok',
  };
}
