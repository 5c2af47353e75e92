-- The schema as it stands after all migrations and functions. Written by `npm run schema:dump`, compared by a test.
-- To read, not to run: migrations and functions are the truth.

create schema pointferry;

create schema pointferry_migration;

create schema pointferry_staging;

create collation pointferry.letters;

create function pointferry.boolean_of(t text, yes text[], no text[]) returns boolean language sql immutable parallel safe;

create function pointferry.bucket_of(role text, replaced boolean, operation_state text) returns text language sql immutable parallel safe;

create function pointferry.captured(t text, pattern text) returns text[] language sql immutable parallel safe;

create function pointferry.corrected_files(of bigint) returns bigint[] language sql stable;

create function pointferry.date_of(y integer, m integer, d integer) returns date language sql immutable parallel safe;

create function pointferry.days_in_month(y integer, m integer) returns integer language sql immutable parallel safe;

create function pointferry.decimal_of(t text) returns numeric language sql immutable parallel safe;

create function pointferry.digest(t text) returns text language sql stable parallel safe;

create function pointferry.edits_of(of_file bigint, of_record bigint) returns jsonb language sql stable;

create function pointferry.email_of(t text) returns text language sql immutable parallel safe;

create function pointferry.fault(code text, field text, columns text, value text, reason text) returns jsonb language sql immutable parallel safe;

create function pointferry.faults_of_row(own jsonb[], operation jsonb[], bad_line bigint, decision text, columns text, identity text, value numeric, met_value numeric) returns jsonb[] language sql immutable parallel safe;

create function pointferry.fraction_of(digits text) returns interval language sql immutable parallel safe;

create function pointferry.hour_of(h integer, half text) returns integer language sql immutable parallel safe;

create function pointferry.idempotency_key(account text, kind text, thing text, revision integer) returns text language sql stable parallel safe;

create function pointferry.instant_at_offset(l timestamp without time zone, minutes integer) returns timestamp with time zone language sql immutable parallel safe;

create function pointferry.instant_handed(i timestamp with time zone) returns text language sql stable parallel safe;

create function pointferry.instant_of(l timestamp without time zone, zone text, ambiguous text) returns timestamp with time zone language sql immutable parallel safe;

create function pointferry.instant_of_epoch(n numeric, per_second integer) returns timestamp with time zone language sql immutable parallel safe;

create function pointferry.instant_on_change_day(l timestamp without time zone, zone text, ambiguous text) returns timestamp with time zone language plpgsql immutable parallel safe;

create function pointferry.instant_text(i timestamp with time zone) returns text language sql stable parallel safe;

create function pointferry.integer_of(t text) returns bigint language sql immutable parallel safe;

create function pointferry.is_faulty(faults jsonb[], field text) returns boolean language sql immutable parallel safe;

create function pointferry.is_paused(until timestamp with time zone, by text) returns boolean language sql;

create function pointferry.json_of(t text) returns jsonb language plpgsql immutable parallel safe;

create function pointferry.local_of(d date, h integer, mi integer, s integer) returns timestamp without time zone language sql immutable parallel safe;

create function pointferry.lower_of(t text) returns text language sql immutable parallel safe;

create function pointferry.matches(t text, pattern text) returns boolean language sql immutable parallel safe;

create function pointferry.meeting(state text, same boolean, corrects boolean) returns text language sql immutable parallel safe;

create function pointferry.meeting_again(state text, same boolean) returns text language sql immutable parallel safe;

create function pointferry.month_of(name text) returns integer language sql immutable parallel safe;

create function pointferry.offset_of(t text) returns integer language sql immutable parallel safe;

create function pointferry.phone_digits_of(t text) returns text language sql immutable parallel safe;

create function pointferry.piece(t text) returns text language sql immutable parallel safe;

create function pointferry.raw_sql(expression text, cells text[]) returns text[] language plpgsql stable;

create function pointferry.raw_table_there(raw_table text) returns text language sql stable;

create function pointferry.replaced(t text, pattern text, by text) returns text language sql immutable parallel safe;

create function pointferry.shaped_json(v jsonb, declared jsonb) returns jsonb language plpgsql stable parallel safe;

create function pointferry.shaped_value(v jsonb, declared jsonb) returns jsonb language plpgsql stable parallel safe;

create function pointferry.state_thing(subject text, version_at timestamp with time zone, run_seq bigint, file_place integer, record bigint) returns text language sql stable parallel safe;

create function pointferry.upper_of(t text) returns text language sql immutable parallel safe;

create function pointferry.wal_place(OUT system text, OUT timeline integer, OUT flushed numeric) returns record language plpgsql;

create function pointferry.with_point(t text) returns text language sql immutable parallel safe;

create function pointferry.without_currency(t text, sign text) returns text language sql immutable parallel safe;

create function pointferry.without_groups(t text, separator text, decimal_sign text) returns text language sql immutable parallel safe;

create function pointferry.without_parentheses(t text) returns text language sql immutable parallel safe;

create function pointferry.year_of(yy integer, pivot integer) returns integer language sql immutable parallel safe;

create table pointferry.accepted (
  lane bigint not null,
  kind text not null,
  field text not null,
  value_hash text not null,
  version_at timestamp with time zone not null,
  run_seq bigint not null,
  file_place integer not null,
  record bigint not null,
  forgotten_by bigint,
  constraint accepted_lane_fkey FOREIGN KEY (lane) REFERENCES pointferry.lane(id),
  constraint accepted_pkey PRIMARY KEY (lane, kind, field)
);

create table pointferry.account (
  name text not null,
  platform text not null,
  stage text not null,
  origin text,
  origin_at timestamp with time zone,
  consent_at timestamp with time zone,
  paused_until timestamp with time zone,
  pause_reason text,
  paused_by text,
  stopped_at timestamp with time zone,
  stop_reason text,
  breaker text default 'closed'::text not null,
  breaker_at timestamp with time zone,
  probe_token bigint,
  next_slot_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  slot_guard_ms integer default 20 not null,
  breaker_probe_at timestamp with time zone,
  slot_jitter_ms real default 40 not null,
  constraint account_breaker_check CHECK ((breaker = ANY (ARRAY['closed'::text, 'open'::text, 'probing'::text]))),
  constraint account_check CHECK (((paused_until IS NULL) = (pause_reason IS NULL))),
  constraint account_check1 CHECK (((stopped_at IS NULL) = (stop_reason IS NULL))),
  constraint account_check2 CHECK (((breaker = 'closed'::text) = (breaker_at IS NULL))),
  constraint account_pkey PRIMARY KEY (name),
  constraint account_slot_guard_ms_check CHECK (((slot_guard_ms >= 0) AND (slot_guard_ms <= 10000))),
  constraint account_slot_jitter_ms_check CHECK (((slot_jitter_ms >= (0)::double precision) AND (slot_jitter_ms <= (1000)::double precision))),
  constraint account_stage_check CHECK ((stage = ANY (ARRAY['sandbox'::text, 'staging'::text, 'production'::text])))
);

create table pointferry.attempt (
  id bigint generated always as identity not null,
  operation bigint not null,
  revision integer not null,
  n integer not null,
  run text not null,
  token bigint not null,
  purpose text default 'send'::text not null,
  method text not null,
  url text not null,
  headers jsonb default '{}'::jsonb not null,
  body text,
  body_hash text not null,
  intended_at timestamp with time zone default clock_timestamp() not null,
  ended_at timestamp with time zone,
  outcome text,
  http_status integer,
  platform_code text,
  reason text,
  answer text,
  request_id text,
  ms double precision,
  deadline_ms integer,
  constraint attempt_check CHECK (((ended_at IS NULL) = (outcome IS NULL))),
  constraint attempt_deadline_ms_check CHECK ((deadline_ms > 0)),
  constraint attempt_n_check CHECK ((n > 0)),
  constraint attempt_operation_fkey FOREIGN KEY (operation) REFERENCES pointferry.operation(id),
  constraint attempt_operation_revision_n_key UNIQUE (operation, revision, n),
  constraint attempt_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'failed'::text, 'throttled'::text, 'transient'::text, 'doubt'::text, 'not_sent'::text, 'stopped'::text]))),
  constraint attempt_pkey PRIMARY KEY (id),
  constraint attempt_purpose_check CHECK ((purpose = ANY (ARRAY['send'::text, 'resend'::text])))
);

create table pointferry.breaker_answer (
  id bigint generated always as identity not null,
  account text not null,
  bad boolean not null,
  at timestamp with time zone default clock_timestamp() not null,
  constraint breaker_answer_account_fkey FOREIGN KEY (account) REFERENCES pointferry.account(name),
  constraint breaker_answer_pkey PRIMARY KEY (id)
);

create table pointferry.commit_mark (
  slot uuid not null,
  token uuid,
  at timestamp with time zone default clock_timestamp() not null,
  constraint commit_mark_pkey PRIMARY KEY (slot)
) with (fillfactor=50);

create table pointferry.crosswalk (
  account text not null,
  key_type text not null,
  key text not null,
  member_id text not null,
  added_at timestamp with time zone default clock_timestamp() not null,
  actor text not null,
  constraint crosswalk_key_check CHECK ((key <> ''::text)),
  constraint crosswalk_member_id_check CHECK ((member_id <> ''::text)),
  constraint crosswalk_pkey PRIMARY KEY (account, key_type, key)
);

create table pointferry.damaged (
  file bigint not null,
  record bigint not null,
  raw bytea not null,
  cut boolean default false not null,
  constraint damaged_file_record_fkey FOREIGN KEY (file, record) REFERENCES pointferry."row"(file, record) ON DELETE CASCADE,
  constraint damaged_pkey PRIMARY KEY (file, record)
);

create table pointferry.decision (
  id bigint generated always as identity not null,
  at timestamp with time zone default clock_timestamp() not null,
  actor text not null,
  verb text not null,
  account text,
  run text,
  note text,
  detail jsonb default '{}'::jsonb not null,
  constraint decision_pkey PRIMARY KEY (id)
);

create table pointferry.error_group (
  run text not null,
  number integer not null,
  code text not null,
  field text default ''::text not null,
  platform_code text default ''::text not null,
  dismissed_at timestamp with time zone,
  dismissed_by text,
  dismissed_note text,
  constraint error_group_dismissed_check CHECK ((num_nulls(dismissed_at, dismissed_by, dismissed_note) = ANY (ARRAY[0, 3]))),
  constraint error_group_number_check CHECK ((number > 0)),
  constraint error_group_pkey PRIMARY KEY (run, number),
  constraint error_group_run_code_field_platform_code_key UNIQUE (run, code, field, platform_code),
  constraint error_group_run_fkey FOREIGN KEY (run) REFERENCES pointferry.run(id)
);

create table pointferry.file (
  id bigint generated always as identity not null,
  run text not null,
  account text not null,
  pipeline text not null,
  place integer not null,
  name text not null,
  path text not null,
  business_date date,
  sha256 text,
  content_sha256 text,
  bytes bigint default 0 not null,
  records bigint default 0 not null,
  skipped jsonb default '{}'::jsonb not null,
  verdict text not null,
  code text,
  reason text,
  earlier_run text,
  allowed_again boolean default false not null,
  correction_of bigint,
  raw_table text,
  header jsonb default '[]'::jsonb not null,
  raw_columns jsonb default '[]'::jsonb not null,
  bound jsonb default '{}'::jsonb not null,
  amounts jsonb default '{}'::jsonb not null,
  finished boolean default false not null,
  normalized_at timestamp with time zone,
  landed_at timestamp with time zone default clock_timestamp() not null,
  constraint file_check CHECK (((raw_table IS NULL) OR (verdict = 'staged'::text))),
  constraint file_check1 CHECK (((verdict <> 'refused'::text) OR (code IS NOT NULL))),
  constraint file_check2 CHECK (((verdict <> 'duplicate'::text) OR (earlier_run IS NOT NULL))),
  constraint file_check3 CHECK (((verdict = 'staged'::text) OR (records = 0))),
  constraint file_correction_of_fkey FOREIGN KEY (correction_of) REFERENCES pointferry.file(id),
  constraint file_pkey PRIMARY KEY (id),
  constraint file_run_fkey FOREIGN KEY (run) REFERENCES pointferry.run(id),
  constraint file_verdict_check CHECK ((verdict = ANY (ARRAY['staged'::text, 'duplicate'::text, 'empty'::text, 'refused'::text, 'unfinished'::text])))
);

create table pointferry.lane (
  id bigint generated always as identity not null,
  account text not null,
  subject_type text not null,
  subject text not null,
  in_flight bigint,
  token bigint,
  constraint lane_account_subject_type_subject_key UNIQUE (account, subject_type, subject),
  constraint lane_check CHECK (((in_flight IS NULL) = (token IS NULL))),
  constraint lane_pkey PRIMARY KEY (id),
  constraint lane_subject_check CHECK ((subject <> ''::text)),
  constraint lane_subject_type_check CHECK ((subject_type = ANY (ARRAY['member'::text, 'program'::text])))
);

create table pointferry.late_answer (
  id bigint generated always as identity not null,
  attempt bigint not null,
  token bigint not null,
  at timestamp with time zone default clock_timestamp() not null,
  outcome text not null,
  http_status integer,
  reason text,
  answer text,
  constraint late_answer_attempt_fkey FOREIGN KEY (attempt) REFERENCES pointferry.attempt(id),
  constraint late_answer_pkey PRIMARY KEY (id)
);

create table pointferry.ledger (
  id uuid default gen_random_uuid() not null,
  generation integer default 0 not null,
  made_at timestamp with time zone default clock_timestamp() not null,
  constraint ledger_generation_check CHECK ((generation >= 0)),
  constraint ledger_pkey PRIMARY KEY (id)
);

create table pointferry.normalize_progress (
  run text not null,
  file bigint not null,
  rows_at timestamp with time zone,
  built_at timestamp with time zone,
  next_record bigint default 0 not null,
  done_at timestamp with time zone,
  constraint normalize_progress_check CHECK (((done_at IS NULL) OR (built_at IS NOT NULL))),
  constraint normalize_progress_file_fkey FOREIGN KEY (file) REFERENCES pointferry.file(id),
  constraint normalize_progress_pkey PRIMARY KEY (run, file),
  constraint normalize_progress_run_fkey FOREIGN KEY (run) REFERENCES pointferry.run(id)
);

create table pointferry.operation (
  id bigint generated always as identity not null,
  account text not null,
  kind text not null,
  nature text not null,
  pipeline text not null,
  run text not null,
  file bigint not null,
  record bigint not null,
  identity text,
  subject text,
  lane bigint,
  member_key text,
  member_key_type text,
  version_at timestamp with time zone not null,
  run_seq bigint not null,
  file_place integer not null,
  revision integer default 0 not null,
  key text,
  content text not null,
  content_recipe smallint not null,
  payload jsonb,
  value numeric,
  state text not null,
  attempts integer default 0 not null,
  resends integer default 0 not null,
  doubt_since timestamp with time zone,
  next_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  parked_at timestamp with time zone,
  park_until timestamp with time zone,
  sent_at timestamp with time zone,
  settled_at timestamp with time zone,
  settled_by text,
  code text,
  field text,
  reason text,
  http_status integer,
  platform_code text,
  platform_id text,
  request_id text,
  retry_by text,
  constraint operation_check CHECK (((nature <> 'event'::text) OR (identity IS NOT NULL))),
  constraint operation_check1 CHECK ((((state = 'parked'::text) = ((subject IS NULL) AND (lane IS NULL))) OR (state = 'rejected'::text))),
  constraint operation_check2 CHECK (((state = ANY (ARRAY['parked'::text, 'rejected'::text])) OR (key IS NOT NULL))),
  constraint operation_check3 CHECK (((state <> ALL (ARRAY['failed'::text, 'unknown'::text, 'rejected'::text])) OR (code IS NOT NULL))),
  constraint operation_check4 CHECK (((state = ANY (ARRAY['delivered'::text, 'unchanged'::text, 'superseded'::text, 'failed'::text, 'unknown'::text, 'rejected'::text])) = (settled_at IS NOT NULL))),
  constraint operation_check5 CHECK (((state <> 'in_doubt'::text) OR (doubt_since IS NOT NULL))),
  constraint operation_lane_fkey FOREIGN KEY (lane) REFERENCES pointferry.lane(id),
  constraint operation_nature_check CHECK ((nature = ANY (ARRAY['event'::text, 'state'::text]))),
  constraint operation_pkey PRIMARY KEY (id),
  constraint operation_revision_check CHECK ((revision >= 0)),
  constraint operation_state_check CHECK ((state = ANY (ARRAY['parked'::text, 'ready'::text, 'sending'::text, 'in_doubt'::text, 'delivered'::text, 'unchanged'::text, 'superseded'::text, 'failed'::text, 'unknown'::text, 'rejected'::text])))
);

create table pointferry.owner (
  token bigint generated always as identity not null,
  host text not null,
  boot_id text not null,
  pid integer not null,
  process_start text not null,
  actor text not null,
  verb text not null,
  heartbeat_at timestamp with time zone default clock_timestamp() not null,
  lease_until timestamp with time zone not null,
  ended_at timestamp with time zone,
  fenced_at timestamp with time zone,
  namespace text default ''::text not null,
  beats bigint default 0 not null,
  identity uuid default gen_random_uuid() not null,
  commits bigint default 0 not null,
  constraint owner_beats_check CHECK ((beats >= 0)),
  constraint owner_commits_check CHECK ((commits >= 0)),
  constraint owner_pkey PRIMARY KEY (token)
);

create table pointferry.permit_slice (
  account text not null,
  window_ms bigint not null,
  slice_at timestamp with time zone not null,
  booked integer not null,
  constraint permit_slice_account_fkey FOREIGN KEY (account) REFERENCES pointferry.account(name),
  constraint permit_slice_booked_check CHECK ((booked >= 0)),
  constraint permit_slice_pkey PRIMARY KEY (account, window_ms, slice_at),
  constraint permit_slice_window_ms_check CHECK ((window_ms > 0))
);

create table pointferry.place (
  account text not null,
  number integer not null,
  token bigint not null,
  constraint place_account_token_fkey FOREIGN KEY (account, token) REFERENCES pointferry.sender(account, token) ON DELETE CASCADE,
  constraint place_number_check CHECK ((number >= 1)),
  constraint place_pkey PRIMARY KEY (account, number)
);

create table pointferry.rerun_row (
  run text not null,
  file bigint not null,
  record bigint not null,
  edits jsonb,
  was jsonb default '{}'::jsonb not null,
  constraint rerun_row_file_record_fkey FOREIGN KEY (file, record) REFERENCES pointferry."row"(file, record),
  constraint rerun_row_pkey PRIMARY KEY (run, file, record),
  constraint rerun_row_run_fkey FOREIGN KEY (run) REFERENCES pointferry.run(id)
);

create table pointferry."row" (
  file bigint not null,
  record bigint not null,
  line bigint not null,
  role text not null,
  operation bigint,
  replaced boolean default false not null,
  group_key text,
  amount numeric,
  currency text,
  unreadable boolean default false not null,
  corrected numeric,
  changed_at timestamp with time zone default clock_timestamp() not null,
  constraint row_amount_check CHECK ((amount <> 'NaN'::numeric)),
  constraint row_check CHECK (((role = ANY (ARRAY['carries'::text, 'joins'::text])) = (operation IS NOT NULL))),
  constraint row_check1 CHECK (((NOT unreadable) OR (amount IS NULL))),
  constraint row_operation_fkey FOREIGN KEY (operation) REFERENCES pointferry.operation(id),
  constraint row_pkey PRIMARY KEY (file, record),
  constraint row_role_check CHECK ((role = ANY (ARRAY['rejected'::text, 'filtered'::text, 'carries'::text, 'joins'::text])))
);

create table pointferry.row_error (
  file bigint not null,
  record bigint not null,
  n integer not null,
  stage text not null,
  code text not null,
  field text default ''::text not null,
  value text,
  reason text not null,
  run text not null,
  constraint row_error_file_record_fkey FOREIGN KEY (file, record) REFERENCES pointferry."row"(file, record) ON DELETE CASCADE,
  constraint row_error_pkey PRIMARY KEY (file, record, n),
  constraint row_error_stage_check CHECK ((stage = ANY (ARRAY['stage'::text, 'normalize'::text])))
);

create table pointferry.run (
  id text not null,
  seq bigint generated always as identity not null,
  pipeline text not null,
  account text not null,
  kind text not null,
  scope text not null,
  mode text not null,
  business_date date,
  actor text not null,
  definition jsonb not null,
  definition_hash text not null,
  account_definition jsonb not null,
  options jsonb default '{}'::jsonb not null,
  of text[] default '{}'::text[] not null,
  folder text not null,
  stage text default 'read'::text not null,
  status text default 'running'::text not null,
  exit_code integer,
  stop_code text,
  stop_reason text,
  stop_requested timestamp with time zone,
  version integer default 1 not null,
  seconds jsonb default '{}'::jsonb not null,
  carried jsonb default '{}'::jsonb not null,
  owner bigint,
  started_at timestamp with time zone default clock_timestamp() not null,
  finished_at timestamp with time zone,
  dismissed_at timestamp with time zone,
  dismissed_by text,
  dismissed_note text,
  files_due timestamp with time zone,
  constraint run_account_fkey FOREIGN KEY (account) REFERENCES pointferry.account(name),
  constraint run_check CHECK (((status = 'running'::text) = (exit_code IS NULL))),
  constraint run_check1 CHECK (((mode = 'rerun'::text) = (of <> '{}'::text[]))),
  constraint run_check2 CHECK (((stage <> 'done'::text) OR ((finished_at IS NOT NULL) AND (owner IS NULL)))),
  constraint run_dismissed_check CHECK ((num_nulls(dismissed_at, dismissed_by, dismissed_note) = ANY (ARRAY[0, 3]))),
  constraint run_id_check CHECK ((id ~ '^r[0-9a-z]{4,12}$'::text)),
  constraint run_mode_check CHECK ((mode = ANY (ARRAY['run'::text, 'rerun'::text, 'backfill'::text]))),
  constraint run_owner_fkey FOREIGN KEY (owner) REFERENCES pointferry.owner(token),
  constraint run_pkey PRIMARY KEY (id),
  constraint run_scope_check CHECK ((scope = ANY (ARRAY['nightly'::text, 'backfill'::text, 'rerun'::text]))),
  constraint run_seq_key UNIQUE (seq),
  constraint run_stage_check CHECK ((stage = ANY (ARRAY['read'::text, 'stage'::text, 'normalize'::text, 'push'::text, 'report'::text, 'done'::text]))),
  constraint run_status_check CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text, 'completed_with_errors'::text, 'stopped'::text, 'failed'::text, 'interrupted'::text])))
);

create table pointferry.run_figures (
  run text not null,
  as_of timestamp with time zone not null,
  figures jsonb not null,
  constraint run_figures_pkey PRIMARY KEY (run),
  constraint run_figures_run_fkey FOREIGN KEY (run) REFERENCES pointferry.run(id)
);

create table pointferry.sender (
  account text not null,
  token bigint not null,
  slowest_ms real not null,
  constraint sender_account_fkey FOREIGN KEY (account) REFERENCES pointferry.account(name),
  constraint sender_pkey PRIMARY KEY (account, token),
  constraint sender_slowest_ms_check CHECK (((slowest_ms >= (0)::double precision) AND (slowest_ms <= (3600000)::double precision))),
  constraint sender_token_fkey FOREIGN KEY (token) REFERENCES pointferry.owner(token)
);

create table pointferry.withdrawn (
  file bigint not null,
  of_file bigint not null,
  of_record bigint not null,
  constraint withdrawn_file_fkey FOREIGN KEY (file) REFERENCES pointferry.file(id),
  constraint withdrawn_of_file_fkey FOREIGN KEY (of_file) REFERENCES pointferry.file(id),
  constraint withdrawn_of_file_of_record_fkey FOREIGN KEY (of_file, of_record) REFERENCES pointferry."row"(file, record),
  constraint withdrawn_pkey PRIMARY KEY (of_file, of_record)
);

create table pointferry_migration.function_file (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default clock_timestamp() not null,
  constraint function_file_pkey PRIMARY KEY (name)
);

create table pointferry_migration.migration (
  number integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default clock_timestamp() not null,
  constraint migration_pkey PRIMARY KEY (number)
);

CREATE INDEX attempt_open ON pointferry.attempt USING btree (operation) WHERE (outcome IS NULL);

CREATE INDEX attempt_run ON pointferry.attempt USING btree (run);

CREATE INDEX breaker_answer_account_id_idx ON pointferry.breaker_answer USING btree (account, id);

CREATE UNIQUE INDEX file_once ON pointferry.file USING btree (account, pipeline, content_sha256) WHERE ((verdict = 'staged'::text) AND (NOT allowed_again));

CREATE INDEX file_run_place_idx ON pointferry.file USING btree (run, place);

CREATE INDEX lane_taken ON pointferry.lane USING btree (token) WHERE (in_flight IS NOT NULL);

CREATE INDEX late_answer_attempt_idx ON pointferry.late_answer USING btree (attempt);

CREATE UNIQUE INDEX ledger_once ON pointferry.ledger USING btree ((true));

CREATE INDEX operation_carried ON pointferry.operation USING btree (settled_by) WHERE (settled_by <> run);

CREATE UNIQUE INDEX operation_identity ON pointferry.operation USING btree (account, kind, identity) WHERE (nature = 'event'::text);

CREATE INDEX operation_lane ON pointferry.operation USING btree (lane, version_at, run_seq, file_place, record) WHERE (state = ANY (ARRAY['ready'::text, 'sending'::text, 'in_doubt'::text]));

CREATE INDEX operation_parked ON pointferry.operation USING btree (account, member_key_type, member_key) WHERE (state = 'parked'::text);

CREATE INDEX operation_ready ON pointferry.operation USING btree (run, lane, version_at, run_seq, file_place, record) WHERE (state = 'ready'::text);

CREATE INDEX operation_run ON pointferry.operation USING btree (run, state);

CREATE INDEX row_operation ON pointferry."row" USING btree (operation) WHERE (operation IS NOT NULL);

CREATE UNIQUE INDEX run_one_live ON pointferry.run USING btree (pipeline, scope) WHERE (owner IS NOT NULL);

CREATE INDEX run_pipeline_seq_idx ON pointferry.run USING btree (pipeline, seq DESC);

CREATE INDEX withdrawn_file_idx ON pointferry.withdrawn USING btree (file);

create view pointferry.row_bucket as
 SELECT f.run,
    r.file,
    r.record,
    r.line,
    r.role,
    r.operation,
    r.group_key,
    r.amount,
    r.currency,
    r.unreadable,
    r.corrected,
    pointferry.bucket_of(r.role, r.replaced, o.state) AS bucket,
    o.state AS operation_state
   FROM ((pointferry."row" r
     JOIN pointferry.file f ON ((f.id = r.file)))
     LEFT JOIN pointferry.operation o ON ((o.id = r.operation)));

create view pointferry.row_fault as
 SELECT s.run,
    s.file,
    s.record,
    s.line,
    s.bucket,
    s.operation,
    s.group_key,
    s.amount,
    s.currency,
    s.unreadable,
    s.operation_state,
        CASE
            WHEN (s.role = 'rejected'::text) THEN e.stage
            WHEN (s.bucket = ANY (ARRAY['rejected'::text, 'parked'::text, 'filtered'::text])) THEN 'normalize'::text
            ELSE 'push'::text
        END AS stage,
        CASE
            WHEN (s.role = ANY (ARRAY['rejected'::text, 'filtered'::text])) THEN COALESCE(e.code, ''::text)
            WHEN (s.bucket = 'parked'::text) THEN 'NORMALIZE_MEMBER_UNKNOWN'::text
            WHEN ((s.bucket = 'duplicate'::text) AND (s.operation_state = 'superseded'::text)) THEN 'PUSH_SUPERSEDED'::text
            WHEN ((s.bucket = 'duplicate'::text) AND (s.role = 'carries'::text)) THEN 'PUSH_REPLACED'::text
            ELSE COALESCE(s.code, ''::text)
        END AS code,
    "left"(
        CASE
            WHEN (s.role = ANY (ARRAY['rejected'::text, 'filtered'::text])) THEN COALESCE(e.field, ''::text)
            WHEN (s.bucket = 'parked'::text) THEN 'member'::text
            ELSE COALESCE(s.field, ''::text)
        END, 400) AS field,
    (s.role <> ALL (ARRAY['rejected'::text, 'filtered'::text])) AS of_kind,
        CASE
            WHEN (s.role = ANY (ARRAY['rejected'::text, 'filtered'::text])) THEN ''::text
            ELSE "left"(COALESCE(s.platform_code, ''::text), 200)
        END AS platform_code
   FROM (( SELECT r.run,
            r.file,
            r.record,
            r.line,
            r.role,
            r.operation,
            r.replaced,
            r.group_key,
            r.amount,
            r.currency,
            r.unreadable,
            r.corrected,
            r.changed_at,
            o.state AS operation_state,
            pointferry.bucket_of(r.role, r.replaced, o.state) AS bucket,
            o.code,
            o.field,
            o.platform_code
           FROM (( SELECT f.run,
                    w.file,
                    w.record,
                    w.line,
                    w.role,
                    w.operation,
                    w.replaced,
                    w.group_key,
                    w.amount,
                    w.currency,
                    w.unreadable,
                    w.corrected,
                    w.changed_at
                   FROM (pointferry."row" w
                     JOIN pointferry.file f ON ((f.id = w.file)))
                UNION ALL
                 SELECT t.run,
                    w.file,
                    w.record,
                    w.line,
                    w.role,
                    w.operation,
                    w.replaced,
                    w.group_key,
                    w.amount,
                    w.currency,
                    w.unreadable,
                    w.corrected,
                    w.changed_at
                   FROM (pointferry.rerun_row t
                     JOIN pointferry."row" w ON (((w.file = t.file) AND (w.record = t.record))))) r
             LEFT JOIN pointferry.operation o ON ((o.id = r.operation)))) s
     LEFT JOIN LATERAL ( SELECT x.stage,
            x.code,
            x.field
           FROM pointferry.row_error x
          WHERE ((s.role = ANY (ARRAY['rejected'::text, 'filtered'::text])) AND (x.file = s.file) AND (x.record = s.record))
          ORDER BY x.n
         LIMIT 1) e ON (true));
