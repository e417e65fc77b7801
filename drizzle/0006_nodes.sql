CREATE TABLE "adit"."held_removals" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "adit"."held_removals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"node_id" text NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"count" integer NOT NULL,
	"total" integer NOT NULL,
	"reason" text NOT NULL,
	"keys" text[] NOT NULL,
	"decision" text,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "adit"."peer_counters" (
	"peer_id" uuid PRIMARY KEY NOT NULL,
	"boot" text NOT NULL,
	"raw_received" bigint DEFAULT 0 NOT NULL,
	"raw_sent" bigint DEFAULT 0 NOT NULL,
	"received_bytes" bigint DEFAULT 0 NOT NULL,
	"sent_bytes" bigint DEFAULT 0 NOT NULL,
	"last_handshake_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "adit"."quarantined_peers" (
	"node_id" text NOT NULL,
	"key" text NOT NULL,
	"allowed_ips" text[] DEFAULT '{}' NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"refusal" text,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "quarantined_peers_node_id_key_pk" PRIMARY KEY("node_id","key"),
	CONSTRAINT "quarantined_peers_state" CHECK (state in ('waiting', 'kept', 'adopted', 'removing', 'removed'))
);
--> statement-breakpoint
CREATE TABLE "adit"."subscription_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"fetched_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "adit"."nodes" ALTER COLUMN "public_key" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."peers" ALTER COLUMN "pool_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."peers" ALTER COLUMN "position" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."peers" ALTER COLUMN "ip4" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."nodes" ADD COLUMN "protocol" text DEFAULT 'wireguard' NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."peers" ADD COLUMN "key_number" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."reconcile_runs" ADD COLUMN "dry_run" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."reconcile_runs" ADD COLUMN "diff" jsonb;--> statement-breakpoint
ALTER TABLE "adit"."subscriptions" ADD COLUMN "traffic_limit_bytes" bigint;--> statement-breakpoint
ALTER TABLE "adit"."subscriptions" ADD COLUMN "used_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "adit"."subscriptions" ADD COLUMN "limited_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "adit"."held_removals" ADD CONSTRAINT "held_removals_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "adit"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."peer_counters" ADD CONSTRAINT "peer_counters_peer_id_peers_id_fk" FOREIGN KEY ("peer_id") REFERENCES "adit"."peers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."quarantined_peers" ADD CONSTRAINT "quarantined_peers_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "adit"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."subscription_links" ADD CONSTRAINT "subscription_links_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "adit"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "held_removals_open" ON "adit"."held_removals" USING btree ("node_id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "quarantined_peers_state" ON "adit"."quarantined_peers" USING btree ("node_id","state","last_seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_links_account" ON "adit"."subscription_links" USING btree ("account_id") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "peers_address" ON "adit"."peers" USING btree (coalesce(ip4, '255.255.255.255'::inet),"id") WHERE released_at is null;--> statement-breakpoint
CREATE INDEX "reconcile_runs_node" ON "adit"."reconcile_runs" USING btree ("node_id","id");--> statement-breakpoint
CREATE INDEX "subscriptions_ended" ON "adit"."subscriptions" USING btree ("ends_at") WHERE expired_at is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_limited" ON "adit"."subscriptions" USING btree ("account_id") WHERE traffic_limit_bytes is not null and limited_at is null and expired_at is null;--> statement-breakpoint
ALTER TABLE "adit"."peers" ADD CONSTRAINT "peers_protocol" CHECK (case protocol when 'wireguard' then ip4 is not null and pool_id is not null and position is not null
               when 'vless' then ip4 is null and public_key is null else false end);
--> statement-breakpoint
ALTER TABLE "adit"."peers" ADD COLUMN "line_hash" bigint GENERATED ALWAYS AS (hashtextextended(public_key || ' ' || host(ip4) || '/32' || coalesce(',' || host(ip6) || '/128', ''), 0)) STORED;--> statement-breakpoint
DROP INDEX "adit"."peers_wanted";--> statement-breakpoint
CREATE INDEX "peers_wanted" ON "adit"."peers" USING btree ("node_id","id","line_hash") WHERE wanted;
--> statement-breakpoint
-- A dry run did nothing: reports tell of what was done.
CREATE OR REPLACE VIEW "report"."reconcile_runs" AS
  SELECT node_id AS node, started_at, finished_at, outcome, added, removed, changed, quarantined, refused, error
    FROM adit.reconcile_runs WHERE NOT dry_run;
