update pointferry.account set consent_at = coalesce(consent_at, clock_timestamp()) where name = :account
