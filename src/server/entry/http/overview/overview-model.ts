import type { EventRow, Headline, Overview, PoolUsage } from '../../../../views/dashboard/models/overview.ts';
import { paths } from '../../../../views/dashboard/paths.ts';
import { attentionOf, daysLeft } from '../../../core/attention.ts';
import type { PoolVitals, Vitals, VitalsEvent, VitalsView } from '../../../core/ports/vitals.ts';
import { healthOf } from './health.ts';
import { botPanel, callsPanel, databasePanel, jobsPanel, loopPanel } from './panels.ts';
import { known, tenth } from './shown-values.ts';

/** As many as stand beside the jobs and the calls; the rest is in the logs and the audit. */
const EVENTS = 12;

/** The overview of this moment, from memory alone: it waits for nothing and is there when the database is not. */
export function overviewOf(view: VitalsView): Overview {
  const vitals = view.latest();
  const attention = attentionOf(vitals);
  const health = healthOf(attention);
  return {
    attention,
    headline: headlineOf(vitals),
    database: databasePanel(vitals, view, health('database')),
    pools: known(vitals.addresses)?.map((pool) => poolUsage(pool, health('pool', pool.id))) ?? null,
    jobs: jobsPanel(vitals, view, health('jobs')),
    loop: loopPanel(vitals, view, health('loop')),
    calls: callsPanel(vitals, health('calls')),
    bot: botPanel(vitals, health('bot')),
    events: known(vitals.events)?.slice(0, EVENTS).map(eventRow) ?? null,
  };
}

function headlineOf(vitals: Vitals): Headline {
  const peers = known(vitals.peers);
  const jobs = known(vitals.jobs);
  const pools = known(vitals.addresses);
  const waiting = jobs?.counts.filter(({ state }) => state === 'created' || state === 'retry');
  return {
    peersApplied: peers?.applied ?? null,
    peersWanted: peers?.wanted ?? null,
    jobsWaiting: waiting?.reduce((sum, each) => sum + each.count, 0) ?? null,
    jobsStuck: jobs?.stuckTotal ?? null,
    addressesFree: pools?.reduce((sum, each) => sum + each.free, 0) ?? null,
    addressesTotal: pools?.reduce((sum, each) => sum + each.total, 0) ?? null,
    loopP99Ms: tenth(vitals.loop.p99Ms),
    updatesPerMinute: vitals.bot.updates.perMinute,
  };
}

function poolUsage(pool: PoolVitals, health: PoolUsage['health']): PoolUsage {
  return { ...pool, daysLeft: daysLeft(pool), health };
}

const PATH_OF = {
  account: paths.account,
  peer: paths.peer,
  job: paths.job,
  node: () => paths.nodes,
} as const;

function eventRow({ about, ...event }: VitalsEvent): EventRow {
  return { ...event, href: about === null ? null : PATH_OF[about.kind](about.id) };
}
