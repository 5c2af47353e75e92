update pointferry.run set stage = :stage where id = :id and owner = :token returning id
