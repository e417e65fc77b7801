CREATE TABLE "adit"."audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "adit"."audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"operator_id" uuid,
	"operator_name" text NOT NULL,
	"address" text NOT NULL,
	"action" text NOT NULL,
	"subject" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "adit"."login_attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"last_failed_at" timestamp (3) with time zone NOT NULL,
	"blocked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "adit"."operator_devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"operator_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"address" text NOT NULL,
	"used_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "operator_devices_token" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "adit"."operator_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"operator_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"stage" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"address" text NOT NULL,
	"agent" text NOT NULL,
	CONSTRAINT "operator_sessions_token" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "adit"."operators" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"password_hash" text NOT NULL,
	"totp_sealed" text,
	"totp_pending_sealed" text,
	"totp_last_step" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "operators_name" UNIQUE("name"),
	CONSTRAINT "operators_role" CHECK (role in ('viewer', 'operator', 'owner'))
);
--> statement-breakpoint
CREATE TABLE "adit"."recovery_codes" (
	"code_hash" text PRIMARY KEY NOT NULL,
	"operator_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "adit"."setup_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"name" text,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "adit"."operator_devices" ADD CONSTRAINT "operator_devices_operator_id_operators_id_fk" FOREIGN KEY ("operator_id") REFERENCES "adit"."operators"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."operator_sessions" ADD CONSTRAINT "operator_sessions_operator_id_operators_id_fk" FOREIGN KEY ("operator_id") REFERENCES "adit"."operators"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "adit"."recovery_codes" ADD CONSTRAINT "recovery_codes_operator_id_operators_id_fk" FOREIGN KEY ("operator_id") REFERENCES "adit"."operators"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_operator" ON "adit"."audit" USING btree ("operator_name","id");--> statement-breakpoint
CREATE INDEX "audit_action" ON "adit"."audit" USING btree ("action","id");--> statement-breakpoint
CREATE INDEX "audit_subject" ON "adit"."audit" USING btree ("subject","id") WHERE subject is not null;--> statement-breakpoint
CREATE INDEX "operator_devices_operator" ON "adit"."operator_devices" USING btree ("operator_id","used_at");--> statement-breakpoint
CREATE INDEX "operator_sessions_operator" ON "adit"."operator_sessions" USING btree ("operator_id");--> statement-breakpoint
CREATE INDEX "operator_sessions_ends" ON "adit"."operator_sessions" USING btree ("ends_at");