-- The push begins at once with what was put in here by the thousand: without statistics its claims and settlements scan.
analyze (skip_locked) pointferry.operation, pointferry.row, pointferry.lane
