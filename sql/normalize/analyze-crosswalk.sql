-- The first run after an import would otherwise join a table that the planner believes empty: a nested loop over 100,000
-- keys did not end within minutes, and autovacuum comes a minute later. Who analyzes it already does it for us.
analyze (skip_locked) pointferry.crosswalk
