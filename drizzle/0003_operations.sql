CREATE TABLE "adit"."account_notes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"operator_name" text NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "adit"."operator_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "adit"."accounts" ADD COLUMN "paused_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "adit"."account_notes" ADD CONSTRAINT "account_notes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "adit"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_notes_account" ON "adit"."account_notes" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "accounts_created" ON "adit"."accounts" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "accounts_name" ON "adit"."accounts" USING btree (left(name, 64),"id");--> statement-breakpoint
CREATE INDEX "accounts_username" ON "adit"."accounts" USING btree (left(lower(username), 64) text_pattern_ops);--> statement-breakpoint
CREATE INDEX "devices_account_all" ON "adit"."devices" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "peers_current" ON "adit"."peers" USING btree ("id") WHERE released_at is null;--> statement-breakpoint
CREATE INDEX "peers_key_prefix" ON "adit"."peers" USING btree (public_key text_pattern_ops);