-- Rows of corrected files that their correction no longer holds. Nothing is undone for them: a person is shown what they
-- were. Noted once, with the first correction that left them out.
create table pointferry.withdrawn (
  file      bigint not null references pointferry.file,   -- the correction
  of_file   bigint not null references pointferry.file,
  of_record bigint not null,
  primary key (of_file, of_record),
  foreign key (of_file, of_record) references pointferry.row (file, record)
);
create index on pointferry.withdrawn (file);
