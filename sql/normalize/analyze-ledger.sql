-- The push begins at once with thousands of new rows: without statistics its claims and settlements would
-- scan.
analyze (skip_locked) pointferry.operation, pointferry.row, pointferry.lane
