-- Processes that are out of the way, with their places; one that has nothing to send for now removes itself.
delete from pointferry.sender where account = :account and token = any (:tokens::bigint[])
