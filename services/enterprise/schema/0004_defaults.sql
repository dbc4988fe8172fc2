-- What an absent field looks like, so that an INSERT need not name the columns of fields that no record has.
ALTER TABLE enterprise
  ALTER COLUMN credit_code SET DEFAULT '',
  ALTER COLUMN enterprise_name SET DEFAULT '',
  ALTER COLUMN former_names SET DEFAULT '',
  ALTER COLUMN organisation_kind SET DEFAULT '',
  ALTER COLUMN legal_representative SET DEFAULT '',
  ALTER COLUMN address SET DEFAULT '',
  ALTER COLUMN registered_division_code SET DEFAULT '',
  ALTER COLUMN located_division_code SET DEFAULT '',
  ALTER COLUMN statistics_owner_division_code SET DEFAULT '',
  ALTER COLUMN township SET DEFAULT '',
  ALTER COLUMN industry_code SET DEFAULT '',
  ALTER COLUMN industry_name SET DEFAULT '',
  ALTER COLUMN enterprise_size SET DEFAULT '',
  ALTER COLUMN status SET DEFAULT '',
  ALTER COLUMN status_note SET DEFAULT '',
  ALTER COLUMN contact_name SET DEFAULT '',
  ALTER COLUMN contact_phone SET DEFAULT '',
  ALTER COLUMN remark SET DEFAULT '',
  ALTER COLUMN tags SET DEFAULT '',
  ALTER COLUMN certification_periods SET DEFAULT '',
  ALTER COLUMN revision SET DEFAULT 0;
ALTER TABLE certification
  ALTER COLUMN certification_class SET DEFAULT '',
  ALTER COLUMN certificate_number SET DEFAULT '',
  ALTER COLUMN re_recognition SET DEFAULT 0,
  ALTER COLUMN state SET DEFAULT '',
  ALTER COLUMN revoke_reason SET DEFAULT '',
  ALTER COLUMN renewed_from SET DEFAULT '',
  ALTER COLUMN renewed_by SET DEFAULT '',
  ALTER COLUMN revision SET DEFAULT 0;
ALTER TABLE annual_statement
  ALTER COLUMN year SET DEFAULT 0,
  ALTER COLUMN remark SET DEFAULT '',
  ALTER COLUMN revision SET DEFAULT 0;
ALTER TABLE look
  ALTER COLUMN actor SET DEFAULT '',
  ALTER COLUMN method SET DEFAULT '',
  ALTER COLUMN record SET DEFAULT '',
  ALTER COLUMN reason SET DEFAULT '',
  ALTER COLUMN revision SET DEFAULT 0;
