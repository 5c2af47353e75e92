update pointferry.file set normalized_at = clock_timestamp() where id = :file and normalized_at is null
