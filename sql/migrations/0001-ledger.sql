-- The ledger: runs, files, rows, operations, attempts, lanes. What is in here proves the promise
--   rows read = delivered + unchanged + duplicate + filtered + rejected + failed + unknown + parked + pending
-- so every table refuses what cannot be. Raw tables and tables of a run live in pointferry_staging, one per file.
-- Never cleaned up: identities, revisions, accepted versions, outcomes, amounts, books.

create schema pointferry;
create schema pointferry_staging;

-- ---------------------------------------------------------------------------------------------- processes

-- One row per process that may hold something. `token` is the fencing token: it only ever rises, and a
-- statement that settles compares it, so that a late owner changes nothing. Times are the database's clock.
create table pointferry.owner (
  token         bigint generated always as identity primary key,
  host          text not null,
  boot_id       text not null,
  pid           integer not null,
  process_start text not null,               -- start time of the pid, so that a reused pid is not mistaken
  actor         text not null,
  verb          text not null,
  heartbeat_at  timestamptz not null default clock_timestamp(),
  lease_until   timestamptz not null,
  ended_at      timestamptz,                 -- ended by itself
  fenced_at     timestamptz                  -- taken over by another
);

-- ---------------------------------------------------------------------------------------------- accounts

create table pointferry.account (
  name           text primary key,
  platform       text not null,
  stage          text not null check (stage in ('sandbox', 'staging', 'production')),
  origin         text,                       -- of the first send; another one later is refused
  origin_at      timestamptz,
  consent_at     timestamptz,                -- first send to a production account was agreed to
  paused_until   timestamptz,                -- 429, or a person; 'infinity' until unpause
  pause_reason   text,
  paused_by      text,
  stopped_at     timestamptz,                -- 401, 403: nobody sends; the next run probes with one request
  stop_reason    text,
  breaker        text not null default 'closed' check (breaker in ('closed', 'open', 'probing')),
  breaker_at     timestamptz,                -- since when it is not closed
  probe_token    bigint,                     -- who may send the one probe
  next_slot_at   timestamptz not null default '-infinity',  -- pacing of the shortest window: first free instant
  slot_guard_ms  integer not null default 20 check (slot_guard_ms between 0 and 10000),
  check ((paused_until is null) = (pause_reason is null)),
  check ((stopped_at is null) = (stop_reason is null)),
  check ((breaker = 'closed') = (breaker_at is null))
);

-- Permits booked in the longer windows, in slices of the window, so that a killed or second process cannot overspend.
create table pointferry.permit_slice (
  account  text not null references pointferry.account,
  window_ms bigint not null check (window_ms > 0),
  slice_at timestamptz not null,
  booked   integer not null check (booked >= 0),
  primary key (account, window_ms, slice_at)
);

-- Answers of the last requests, for the breaker: which were 5xx or timeouts.
create table pointferry.breaker_answer (
  id      bigint generated always as identity primary key,
  account text not null references pointferry.account,
  bad     boolean not null,
  at      timestamptz not null default clock_timestamp()
);
create index on pointferry.breaker_answer (account, id);

-- Who paused, stopped, settled, accepted a threshold, consented: what people decide is kept with name and time.
create table pointferry.decision (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default clock_timestamp(),
  actor   text not null,
  verb    text not null,
  account text,
  run     text,
  note    text,
  detail  jsonb not null default '{}'
);

-- Member keys of the export -> ids of the platform. Entries are added, never replaced.
create table pointferry.crosswalk (
  account   text not null,
  key_type  text not null,
  key       text not null check (key <> ''),
  member_id text not null check (member_id <> ''),
  added_at  timestamptz not null default clock_timestamp(),
  actor     text not null,
  primary key (account, key_type, key)
);

-- ---------------------------------------------------------------------------------------------- runs, files, rows

create table pointferry.run (
  id              text primary key check (id ~ '^r[0-9a-z]{4,12}$'),
  seq             bigint generated always as identity unique,      -- the order of runs, part of a state's version
  pipeline        text not null,
  account         text not null references pointferry.account,
  kind            text not null,
  scope           text not null check (scope in ('nightly', 'backfill', 'rerun')),
  mode            text not null check (mode in ('run', 'rerun', 'backfill')),
  business_date   date,
  actor           text not null,
  definition      jsonb not null,            -- the pipeline as it was: resume uses this one
  definition_hash text not null,
  account_definition jsonb not null,         -- windows, flags; no secrets
  options         jsonb not null default '{}',  -- limit, only, files, acceptThreshold, selection of a rerun
  of              text[] not null default '{}', -- reruns: whose rows
  folder          text not null,
  stage           text not null default 'read' check (stage in ('read', 'stage', 'normalize', 'push', 'report', 'done')),
  status          text not null default 'running'
                  check (status in ('running', 'completed', 'completed_with_errors', 'stopped', 'failed', 'interrupted')),
  exit_code       integer,
  stop_code       text,
  stop_reason     text,
  stop_requested  timestamptz,               -- `pointferry stop`, from any machine
  version         integer not null default 1,  -- of its files: rises when they are rewritten
  seconds         jsonb not null default '{}',
  carried         jsonb not null default '{}',  -- rows of finished runs settled on the way
  owner           bigint references pointferry.owner,
  started_at      timestamptz not null default clock_timestamp(),
  finished_at     timestamptz,
  check ((status = 'running') = (exit_code is null)),
  check ((mode = 'rerun') = (of <> '{}')),
  check (stage <> 'done' or (finished_at is not null and owner is null))
);
-- Decides in the database that there is one live run per pipeline and scope: the second insert or update fails.
create unique index run_one_live on pointferry.run (pipeline, scope) where owner is not null;
create index on pointferry.run (pipeline, seq desc);

create table pointferry.file (
  id             bigint generated always as identity primary key,
  run            text not null references pointferry.run,
  account        text not null,
  pipeline       text not null,
  place          integer not null,           -- order in the run: business date, then name in natural order
  name           text not null,
  path           text not null,
  business_date  date,
  sha256         text,                       -- as received
  content_sha256 text,                       -- unpacked, without final line ends
  bytes          bigint not null default 0,
  records        bigint not null default 0,  -- counted by the parser, damaged ones included
  skipped        jsonb not null default '{}',-- blank, comment, preamble, header, trailer lines
  verdict        text not null check (verdict in ('staged', 'duplicate', 'empty', 'refused', 'unfinished')),
  code           text,
  reason         text,
  earlier_run    text,
  allowed_again  boolean not null default false,  -- --allow-duplicate-file
  correction_of  bigint references pointferry.file,
  raw_table      text,                       -- in pointferry_staging; null once cleaned up
  header         jsonb not null default '[]',-- names as in the file, in order
  raw_columns    jsonb not null default '[]',-- the raw table's column per header name ("_cells" mode: its index)
  bound          jsonb not null default '{}',-- the pipeline's column name -> raw column or index, as the header was bound
  amounts        jsonb not null default '{}',-- {"USD": {"sum": "12.30", "rows": 3, "unreadable": 1}}: summed from the raw table
  finished       boolean not null default false,   -- its after action (move, delete) is done
  normalized_at  timestamptz,
  landed_at      timestamptz not null default clock_timestamp(),
  check (raw_table is null or verdict = 'staged'),
  check (verdict <> 'refused' or code is not null),
  check (verdict <> 'duplicate' or earlier_run is not null),
  check (verdict = 'staged' or records = 0)
);
create index on pointferry.file (run, place);
-- The same content is taken once per account and pipeline, whatever it is called.
create unique index file_once on pointferry.file (account, pipeline, content_sha256)
  where verdict = 'staged' and not allowed_again;

-- One row per lane: account and member (or program). What is in flight stands here, and makes "same member in
-- order" true: a claim writes this row and nothing else, and doubt keeps it taken.
create table pointferry.lane (
  id           bigint generated always as identity primary key,
  account      text not null,
  subject_type text not null check (subject_type in ('member', 'program')),
  subject      text not null check (subject <> ''),
  in_flight    bigint,                       -- operation
  token        bigint,                       -- owner's fencing token
  unique (account, subject_type, subject),
  check ((in_flight is null) = (token is null))
);
create index lane_taken on pointferry.lane (token) where in_flight is not null;

create table pointferry.operation (
  id             bigint generated always as identity primary key,
  account        text not null,
  kind           text not null,
  nature         text not null check (nature in ('event', 'state')),
  pipeline       text not null,
  -- No foreign keys to run and file, here and in row: they are written by one statement that reads both, and checking
  -- them row by row took a third of the insert (37 % of 20,000 operations, 55 % of their rows; explain analyze).
  run            text not null,              -- whose definition made the present payload
  file           bigint not null,            -- first carrying row: the order within a lane
  record         bigint not null,
  -- what it is
  identity       text,                       -- events: source + business key
  subject        text,                       -- platform's member or program id; null while parked
  lane           bigint references pointferry.lane,
  member_key     text,                       -- the export's key, after the column's own cleaning rule
  member_key_type text,
  -- a state's version; for events the order in the lane
  version_at     timestamptz not null,
  run_seq        bigint not null,
  file_place     integer not null,
  revision       integer not null default 0 check (revision >= 0),
  key            text,                       -- idempotency key; a parked state has none
  content        text not null,              -- hash of what the source said
  content_recipe smallint not null,
  payload        jsonb,                      -- field -> text | null (clear) | list | dictionary; dropped by cleanup
  value          numeric,                    -- of an activity, as sent
  -- what became of it
  state          text not null check (state in
                 ('parked', 'ready', 'sending', 'in_doubt', 'delivered', 'unchanged', 'superseded', 'failed', 'unknown', 'rejected')),
  attempts       integer not null default 0, -- counted ones: waiting for a limit, a pause or a breaker is none
  resends        integer not null default 0,
  doubt_since    timestamptz,
  next_at        timestamptz not null default '-infinity',
  parked_at      timestamptz,
  park_until     timestamptz,
  sent_at        timestamptz,                -- first send of this revision
  settled_at     timestamptz,
  settled_by     text,                       -- run, or person, that settled it
  code           text,
  field          text,                       -- the kind's field that was refused
  reason         text,
  http_status    integer,
  platform_code  text,
  platform_id    text,
  request_id     text,
  check (nature <> 'event' or identity is not null),
  check ((state = 'parked') = (subject is null and lane is null) or state = 'rejected'),
  check (state in ('parked', 'rejected') or key is not null),
  check (state not in ('failed', 'unknown', 'rejected') or code is not null),
  check ((state in ('delivered', 'unchanged', 'superseded', 'failed', 'unknown', 'rejected')) = (settled_at is not null)),
  check (state <> 'in_doubt' or doubt_since is not null)
);
-- Only this index decides what is sent once.
create unique index operation_identity on pointferry.operation (account, kind, identity) where nature = 'event';
-- The claim walks lanes that have something ready, lane by lane (loose index scan), and takes the oldest of each.
create index operation_ready on pointferry.operation (run, lane, version_at, run_seq, file_place, record) where state = 'ready';
create index operation_lane on pointferry.operation (lane, version_at, run_seq, file_place, record)
  where state in ('ready', 'sending', 'in_doubt');
create index operation_parked on pointferry.operation (account, member_key_type, member_key) where state = 'parked';
create index operation_run on pointferry.operation (run, state);
-- Settled on the way by another run than its own (released, doubts, reruns): whose files are written again.
create index operation_carried on pointferry.operation (settled_by) where settled_by <> run;

-- Accepted values, per lane, kind and field (fields declared `together`: one row under their first name;
-- full-replacement kinds: one row '*'). `forgotten`: a send of it has no definite answer.
create table pointferry.accepted (
  lane       bigint not null references pointferry.lane,
  kind       text not null,
  field      text not null,
  value_hash text not null,
  version_at timestamptz not null,
  run_seq    bigint not null,
  file_place integer not null,
  record     bigint not null,
  forgotten_by bigint,                       -- operation whose send has no definite answer yet
  primary key (lane, kind, field)
);

-- One row per record of a file: the books. `role` says how it stands; its bucket follows in row_bucket.
create table pointferry.row (
  file       bigint not null,
  record     bigint not null,
  line       bigint not null,
  role       text not null check (role in ('rejected', 'filtered', 'carries', 'joins')),
  operation  bigint references pointferry.operation,
  replaced   boolean not null default false, -- PUSH_REPLACED: a corrected version of it was accepted
  group_key  text,                           -- rows of one group share their outcome; kept for rejected ones too
  amount     numeric,                        -- as first read; null with unreadable, or where the pipeline has none
  currency   text,
  unreadable boolean not null default false,
  corrected  numeric,                        -- after a person's edit
  changed_at timestamptz not null default clock_timestamp(),
  primary key (file, record),
  check ((role in ('carries', 'joins')) = (operation is not null)),
  check (not unreadable or amount is null),
  check (amount <> 'NaN')
);
create index row_operation on pointferry.row (operation) where operation is not null;

-- Why a row was rejected by us: all faults of a row. Damaged records keep their bytes.
create table pointferry.row_error (
  file    bigint not null,
  record  bigint not null,
  n       integer not null,
  stage   text not null check (stage in ('stage', 'normalize')),
  code    text not null,
  field   text not null default '',          -- source column(s), joined with +
  value   text,
  reason  text not null,
  run     text not null,                     -- the run or rerun that found it
  primary key (file, record, n),
  foreign key (file, record) references pointferry.row on delete cascade
);
create table pointferry.damaged (
  file   bigint not null,
  record bigint not null,
  raw    bytea not null,
  cut    boolean not null default false,     -- only the beginning was kept
  primary key (file, record),
  foreign key (file, record) references pointferry.row on delete cascade
);

-- Which rows of other runs a rerun took.
create table pointferry.rerun_row (
  run    text not null references pointferry.run,
  file   bigint not null,
  record bigint not null,
  edits  jsonb,                              -- column -> new cell, or {"_raw": "..."}
  primary key (run, file, record),
  foreign key (file, record) references pointferry.row
);

-- Groups of errors keep their number for the life of the run.
create table pointferry.error_group (
  run           text not null references pointferry.run,
  number        integer not null check (number > 0),
  code          text not null,
  field         text not null default '',
  platform_code text not null default '',
  primary key (run, number),
  unique (run, code, field, platform_code)
);

-- ---------------------------------------------------------------------------------------------- sending

-- Written and committed before the request leaves. A resend repeats url and body of the first one of its revision.
create table pointferry.attempt (
  id           bigint generated always as identity primary key,
  operation    bigint not null references pointferry.operation,
  revision     integer not null,
  n            integer not null check (n > 0),
  run          text not null,                -- on whose behalf
  token        bigint not null,              -- fencing token of the sender
  purpose      text not null default 'send' check (purpose in ('send', 'resend', 'look_up')),
  method       text not null,
  url          text not null,
  headers      jsonb not null default '{}',  -- no credentials
  body         text,                         -- dropped by cleanup
  body_hash    text not null,
  intended_at  timestamptz not null default clock_timestamp(),
  ended_at     timestamptz,
  outcome      text check (outcome in ('delivered', 'failed', 'throttled', 'transient', 'doubt', 'not_sent', 'stopped')),
  http_status  integer,
  platform_code text,
  reason       text,
  answer       text,                         -- first 4 kB, masked
  request_id   text,
  ms           double precision,
  unique (operation, revision, n),
  check ((ended_at is null) = (outcome is null))
);
create index attempt_open on pointferry.attempt (operation) where outcome is null;
create index attempt_run on pointferry.attempt (run);

-- Answers that came after their sender had been fenced: evidence, read before a doubt is settled.
create table pointferry.late_answer (
  id          bigint generated always as identity primary key,
  attempt     bigint not null references pointferry.attempt,
  token       bigint not null,
  at          timestamptz not null default clock_timestamp(),
  outcome     text not null,
  http_status integer,
  reason      text,
  answer      text
);
create index on pointferry.late_answer (attempt);

-- ---------------------------------------------------------------------------------------------- the books

-- A row's bucket is a function of its state; defined here and nowhere else.
create function pointferry.bucket_of(role text, replaced boolean, operation_state text) returns text
language sql immutable parallel safe as $$
  select case
    when role in ('rejected', 'filtered') then role
    when replaced then 'duplicate'
    when operation_state = 'delivered' then case role when 'carries' then 'delivered' else 'duplicate' end
    when operation_state = 'unchanged' then case role when 'carries' then 'unchanged' else 'duplicate' end
    when operation_state = 'superseded' then 'duplicate'
    when operation_state in ('failed', 'unknown', 'rejected', 'parked') then operation_state
    else 'pending'
  end
$$;

create view pointferry.row_bucket as
select f.run, r.file, r.record, r.line, r.role, r.operation, r.group_key, r.amount, r.currency, r.unreadable, r.corrected,
       pointferry.bucket_of(r.role, r.replaced, o.state) as bucket, o.state as operation_state
from pointferry.row r
join pointferry.file f on f.id = r.file
left join pointferry.operation o on o.id = r.operation;
