insert into pointferry.file (run, account, pipeline, place, name, path, business_date, sha256, content_sha256,
                             bytes, verdict, code, reason, earlier_run, allowed_again, correction_of)
values (:run, :account, :pipeline, :place, :name, :path, :business_date, :sha256, :content_sha256,
        :bytes, :verdict, :code, :reason, :earlier_run, :allowed_again, :correction_of)
returning id
