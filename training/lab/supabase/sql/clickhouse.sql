-- The log store: one table, and those of ClickHouse's functions that questions to logs use, under their own (folded) names.
-- They live in information_schema: a real project has none of them, and every listing of a database leaves that schema out.
create table information_schema.lab_logs (
  id text, timestamp timestamptz, event_message text, severity_text text, source text, log_attributes jsonb
);
create function information_schema.map_value(jsonb, text) returns text language sql immutable as $$ select coalesce($1 ->> $2, '') $$;
create function information_schema.mapcontains(jsonb, text) returns boolean language sql immutable as $$ select $1 ? $2 $$;
create function information_schema.mapkeys(jsonb) returns text[] language sql immutable as $$ select array(select jsonb_object_keys($1)) $$;
create function information_schema.toint64orzero(text) returns bigint language sql immutable as $$ select case when $1 ~ '^[+-]?\d{1,18}$' then $1::bigint else 0 end $$;
create function information_schema.toint32orzero(text) returns bigint language sql immutable as $$ select information_schema.toint64orzero($1) $$;
create function information_schema.toint16orzero(text) returns bigint language sql immutable as $$ select information_schema.toint64orzero($1) $$;
create function information_schema.touint16orzero(text) returns bigint language sql immutable as $$ select information_schema.toint64orzero($1) $$;
create function information_schema.touint32orzero(text) returns bigint language sql immutable as $$ select information_schema.toint64orzero($1) $$;
create function information_schema.touint64orzero(text) returns bigint language sql immutable as $$ select information_schema.toint64orzero($1) $$;
create function information_schema.toint32ornull(text) returns bigint language sql immutable as $$ select case when $1 ~ '^[+-]?\d{1,18}$' then $1::bigint end $$;
create function information_schema.toint32(text) returns bigint language sql immutable as $$ select $1::bigint $$;
create function information_schema.tofloat64orzero(text) returns double precision language sql immutable
  as $$ select case when $1 ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' then $1::double precision else 0 end $$;
create function information_schema.tofloat64ornull(text) returns double precision language sql immutable
  as $$ select case when $1 ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' then $1::double precision end $$;
create function information_schema.tostring(anyelement) returns text language sql immutable as $$ select $1::text $$;
create function information_schema.todatetime(text) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function information_schema.todatetime64(text, integer) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function information_schema.parsedatetimebesteffort(text) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function information_schema.parsedatetime64besteffort(text) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function information_schema.tounixtimestamp(timestamptz) returns bigint language sql immutable as $$ select extract(epoch from $1)::bigint $$;
create function information_schema.tostartofinterval(timestamptz, interval) returns timestamptz language sql immutable as $$ select date_bin($2, $1, 'epoch'::timestamptz) $$;
create function information_schema.tostartofminute(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('1 minute', $1, 'epoch'::timestamptz) $$;
create function information_schema.tostartoffiveminutes(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('5 minutes', $1, 'epoch'::timestamptz) $$;
create function information_schema.tostartoftenminutes(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('10 minutes', $1, 'epoch'::timestamptz) $$;
create function information_schema.tostartoffifteenminutes(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('15 minutes', $1, 'epoch'::timestamptz) $$;
create function information_schema.tostartofhour(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('1 hour', $1, 'epoch'::timestamptz) $$;
create function information_schema.tostartofday(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('1 day', $1, 'epoch'::timestamptz) $$;
create function information_schema.subtractminutes(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 - make_interval(mins => $2) $$;
create function information_schema.subtracthours(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 - make_interval(hours => $2) $$;
create function information_schema.addminutes(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 + make_interval(mins => $2) $$;
create function information_schema.addhours(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 + make_interval(hours => $2) $$;
create function information_schema.match(text, text) returns boolean language sql immutable as $$ select $1 ~ $2 $$;
create function information_schema.positioncaseinsensitive(text, text) returns integer language sql immutable as $$ select strpos(lower($1), lower($2)) $$;
create function information_schema.startswith(text, text) returns boolean language sql immutable as $$ select starts_with($1, $2) $$;
create function information_schema.endswith(text, text) returns boolean language sql immutable as $$ select right($1, length($2)) = $2 $$;
create function information_schema.empty(text) returns boolean language sql immutable as $$ select $1 = '' $$;
create function information_schema.notempty(text) returns boolean language sql immutable as $$ select $1 <> '' $$;
create function information_schema.jsonextractstring(text, text) returns text language sql immutable
  as $$ select case when $1 is json object then coalesce($1::jsonb ->> $2, '') else '' end $$;
create function information_schema.replaceregexpall(text, text, text) returns text language sql immutable as $$ select regexp_replace($1, $2, $3, 'g') $$;
create function information_schema."if"(boolean, anyelement, anyelement) returns anyelement language sql immutable as $$ select case when $1 then $2 else $3 end $$;
create function information_schema.count_if_step(bigint, boolean) returns bigint language sql immutable as $$ select $1 + case when $2 then 1 else 0 end $$;
create aggregate information_schema.countif(boolean) (sfunc = information_schema.count_if_step, stype = bigint, initcond = '0');
