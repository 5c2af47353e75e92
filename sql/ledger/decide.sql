insert into pointferry.decision (actor, verb, account, run, note, detail)
values (:actor, :verb, :account, :run, :note, :detail)
