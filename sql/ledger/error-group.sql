-- What a group of errors is about, by the number that people type.
select code, field, platform_code from pointferry.error_group where run = :run and number = :number
