CREATE SCHEMA "adit";
--> statement-breakpoint
CREATE TABLE "adit"."accounts" (
	"id" bigint PRIMARY KEY NOT NULL,
	"chat_id" bigint NOT NULL,
	"language" text,
	"language_hint" text NOT NULL,
	"name" text NOT NULL,
	"username" text,
	"blocked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "adit"."addresses" (
	"pool_id" integer NOT NULL,
	"position" integer NOT NULL,
	"state" text DEFAULT 'free' NOT NULL,
	"resting_since" timestamp (3) with time zone,
	CONSTRAINT "addresses_pool_id_position_pk" PRIMARY KEY("pool_id","position"),
	CONSTRAINT "addresses_state" CHECK (state in ('free', 'leased', 'resting'))
);
--> statement-breakpoint
CREATE TABLE "adit"."devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"name" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "adit"."issues" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cause" text NOT NULL,
	"account_id" bigint NOT NULL,
	"device_id" uuid NOT NULL,
	"peer_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"living_message_id" bigint,
	"document_message_id" bigint,
	"delivered_at" timestamp (3) with time zone,
	"superseded_at" timestamp (3) with time zone,
	CONSTRAINT "issues_cause_unique" UNIQUE("cause")
);
--> statement-breakpoint
CREATE TABLE "adit"."nodes" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint" text NOT NULL,
	"public_key" text NOT NULL,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "adit"."peers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"device_id" uuid NOT NULL,
	"node_id" text NOT NULL,
	"protocol" text DEFAULT 'wireguard' NOT NULL,
	"public_key" text,
	"pool_id" integer NOT NULL,
	"position" integer NOT NULL,
	"ip4" "inet" NOT NULL,
	"ip6" "inet",
	"wanted" boolean DEFAULT true NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"applied_generation" integer DEFAULT 0 NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"applied_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"released_at" timestamp (3) with time zone,
	CONSTRAINT "peers_public_key" UNIQUE("public_key")
);
--> statement-breakpoint
CREATE TABLE "adit"."pools" (
	"id" serial PRIMARY KEY NOT NULL,
	"node_id" text NOT NULL,
	"cidr4" "cidr" NOT NULL,
	"cidr6" "cidr",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pools_cidr4_unique" UNIQUE("cidr4"),
	CONSTRAINT "pools_cidr6_unique" UNIQUE("cidr6")
);
--> statement-breakpoint
CREATE TABLE "adit"."reconcile_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "adit"."reconcile_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"node_id" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL,
	"added" integer NOT NULL,
	"removed" integer NOT NULL,
	"changed" integer NOT NULL,
	"quarantined" integer NOT NULL,
	"refused" integer NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "adit"."retired_keys" (
	"public_key" text PRIMARY KEY NOT NULL,
	"peer_id" uuid NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "adit"."subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"plan" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"expired_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "adit"."updates" (
	"id" bigint PRIMARY KEY NOT NULL,
	"payload" jsonb,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"handled_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "adit"."addresses" ADD CONSTRAINT "addresses_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "adit"."pools"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."devices" ADD CONSTRAINT "devices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "adit"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."issues" ADD CONSTRAINT "issues_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "adit"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."issues" ADD CONSTRAINT "issues_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "adit"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."issues" ADD CONSTRAINT "issues_peer_id_peers_id_fk" FOREIGN KEY ("peer_id") REFERENCES "adit"."peers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."peers" ADD CONSTRAINT "peers_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "adit"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."peers" ADD CONSTRAINT "peers_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "adit"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."pools" ADD CONSTRAINT "pools_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "adit"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."retired_keys" ADD CONSTRAINT "retired_keys_peer_id_peers_id_fk" FOREIGN KEY ("peer_id") REFERENCES "adit"."peers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."subscriptions" ADD CONSTRAINT "subscriptions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "adit"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "addresses_free" ON "adit"."addresses" USING btree ("pool_id","position") WHERE state = 'free';--> statement-breakpoint
CREATE INDEX "addresses_resting" ON "adit"."addresses" USING btree ("pool_id","resting_since") WHERE state = 'resting';--> statement-breakpoint
CREATE INDEX "devices_account" ON "adit"."devices" USING btree ("account_id") WHERE state <> 'revoked';--> statement-breakpoint
CREATE INDEX "issues_peer" ON "adit"."issues" USING btree ("peer_id","created_at");--> statement-breakpoint
CREATE INDEX "issues_account" ON "adit"."issues" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "issues_pending" ON "adit"."issues" USING btree ("peer_id") WHERE delivered_at is null and superseded_at is null;--> statement-breakpoint
CREATE INDEX "peers_device" ON "adit"."peers" USING btree ("device_id");--> statement-breakpoint
CREATE UNIQUE INDEX "peers_ip4" ON "adit"."peers" USING btree ("ip4") WHERE released_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "peers_ip6" ON "adit"."peers" USING btree ("ip6") WHERE released_at is null;--> statement-breakpoint
CREATE INDEX "peers_wanted" ON "adit"."peers" USING btree ("node_id","id") WHERE wanted;--> statement-breakpoint
CREATE INDEX "peers_unapplied" ON "adit"."peers" USING btree ("node_id","changed_at") WHERE generation <> applied_generation;--> statement-breakpoint
CREATE INDEX "reconcile_runs_started" ON "adit"."reconcile_runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "retired_keys_peer" ON "adit"."retired_keys" USING btree ("peer_id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "subscriptions_account" ON "adit"."subscriptions" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_one_trial" ON "adit"."subscriptions" USING btree ("account_id") WHERE plan = 'trial';--> statement-breakpoint
CREATE INDEX "subscriptions_due" ON "adit"."subscriptions" USING btree ("ends_at") WHERE expired_at is null;--> statement-breakpoint
CREATE INDEX "updates_unhandled" ON "adit"."updates" USING btree ("id") WHERE handled_at is null;