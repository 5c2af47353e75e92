-- Without statistics the planner believes a freshly imported table empty: a nested loop over 100,000 keys did
-- not end within minutes, and autovacuum comes only after a minute. Skipped if the table is being analyzed
-- already.
analyze (skip_locked) pointferry.crosswalk
