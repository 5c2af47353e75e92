-- Two containers of one kernel may share host name and boot id, and see other pids: what is dead is known within a
-- namespace only. Empty: registered by an earlier version, of which nothing can be known.
alter table pointferry.owner add column namespace text not null default '';

-- How long the sender gave the request. Until then, whatever became of its sender, the platform may still apply it.
-- Null: written by an earlier version.
alter table pointferry.attempt add column deadline_ms integer check (deadline_ms > 0);
