-- What drizzle-kit cannot say: ranges never overlap, and how the hot table is vacuumed.
ALTER TABLE "adit"."pools" ADD CONSTRAINT "pools_cidr4_overlap" EXCLUDE USING gist ("cidr4" inet_ops WITH &&);
--> statement-breakpoint
ALTER TABLE "adit"."pools" ADD CONSTRAINT "pools_cidr6_overlap" EXCLUDE USING gist ("cidr6" inet_ops WITH &&);
--> statement-breakpoint
-- A claim turns one index entry into a dead one; they are swept early so that a full pool stays quick to search.
ALTER TABLE "adit"."addresses" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
--> statement-breakpoint
-- The views operators and tests read: stable names, read-only (contract).
CREATE SCHEMA "report";
--> statement-breakpoint
CREATE VIEW "report"."peers" AS
  SELECT p.node_id AS node, p.protocol, p.public_key, host(p.ip4) AS ip4, host(p.ip6) AS ip6, d.account_id AS account,
         p.wanted, p.generation = p.applied_generation AS applied, p.created_at
    FROM adit.peers p JOIN adit.devices d ON d.id = p.device_id;
--> statement-breakpoint
CREATE VIEW "report"."issues" AS
  SELECT cause, account_id AS account, peer_id AS peer, created_at FROM adit.issues;
--> statement-breakpoint
CREATE VIEW "report"."addresses" AS
  SELECT l.cidr4::text AS pool,
         count(*) AS total,
         count(*) FILTER (WHERE a.state = 'free') AS free,
         count(*) FILTER (WHERE a.state = 'leased') AS leased,
         count(*) FILTER (WHERE a.state = 'resting') AS resting
    FROM adit.pools l JOIN adit.addresses a ON a.pool_id = l.id
   GROUP BY l.id, l.cidr4;
--> statement-breakpoint
CREATE VIEW "report"."reconcile_runs" AS
  SELECT node_id AS node, started_at, finished_at, outcome, added, removed, changed, quarantined, refused, error
    FROM adit.reconcile_runs;
