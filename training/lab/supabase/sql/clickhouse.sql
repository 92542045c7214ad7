-- The log store: one table, and those of ClickHouse's functions that questions to logs use, under their own (folded) names.
create schema clickhouse;
create table clickhouse.stored_logs (
  id text, timestamp timestamptz, event_message text, severity_text text, source text, log_attributes jsonb
);
create function clickhouse.map_value(jsonb, text) returns text language sql immutable as $$ select coalesce($1 ->> $2, '') $$;
create function clickhouse.mapcontains(jsonb, text) returns boolean language sql immutable as $$ select $1 ? $2 $$;
create function clickhouse.mapkeys(jsonb) returns text[] language sql immutable as $$ select array(select jsonb_object_keys($1)) $$;
create function clickhouse.toint64orzero(text) returns bigint language sql immutable as $$ select case when $1 ~ '^[+-]?\d{1,18}$' then $1::bigint else 0 end $$;
create function clickhouse.toint32orzero(text) returns bigint language sql immutable as $$ select clickhouse.toint64orzero($1) $$;
create function clickhouse.toint16orzero(text) returns bigint language sql immutable as $$ select clickhouse.toint64orzero($1) $$;
create function clickhouse.touint16orzero(text) returns bigint language sql immutable as $$ select clickhouse.toint64orzero($1) $$;
create function clickhouse.touint32orzero(text) returns bigint language sql immutable as $$ select clickhouse.toint64orzero($1) $$;
create function clickhouse.touint64orzero(text) returns bigint language sql immutable as $$ select clickhouse.toint64orzero($1) $$;
create function clickhouse.toint32ornull(text) returns bigint language sql immutable as $$ select case when $1 ~ '^[+-]?\d{1,18}$' then $1::bigint end $$;
create function clickhouse.toint32(text) returns bigint language sql immutable as $$ select $1::bigint $$;
create function clickhouse.tofloat64orzero(text) returns double precision language sql immutable
  as $$ select case when $1 ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' then $1::double precision else 0 end $$;
create function clickhouse.tofloat64ornull(text) returns double precision language sql immutable
  as $$ select case when $1 ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' then $1::double precision end $$;
create function clickhouse.tostring(anyelement) returns text language sql immutable as $$ select $1::text $$;
create function clickhouse.todatetime(text) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function clickhouse.todatetime64(text, integer) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function clickhouse.parsedatetimebesteffort(text) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function clickhouse.parsedatetime64besteffort(text) returns timestamptz language sql stable as $$ select $1::timestamptz $$;
create function clickhouse.tounixtimestamp(timestamptz) returns bigint language sql immutable as $$ select extract(epoch from $1)::bigint $$;
create function clickhouse.tostartofinterval(timestamptz, interval) returns timestamptz language sql immutable as $$ select date_bin($2, $1, 'epoch'::timestamptz) $$;
create function clickhouse.tostartofminute(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('1 minute', $1, 'epoch'::timestamptz) $$;
create function clickhouse.tostartoffiveminutes(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('5 minutes', $1, 'epoch'::timestamptz) $$;
create function clickhouse.tostartoftenminutes(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('10 minutes', $1, 'epoch'::timestamptz) $$;
create function clickhouse.tostartoffifteenminutes(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('15 minutes', $1, 'epoch'::timestamptz) $$;
create function clickhouse.tostartofhour(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('1 hour', $1, 'epoch'::timestamptz) $$;
create function clickhouse.tostartofday(timestamptz) returns timestamptz language sql immutable as $$ select date_bin('1 day', $1, 'epoch'::timestamptz) $$;
create function clickhouse.subtractminutes(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 - make_interval(mins => $2) $$;
create function clickhouse.subtracthours(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 - make_interval(hours => $2) $$;
create function clickhouse.addminutes(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 + make_interval(mins => $2) $$;
create function clickhouse.addhours(timestamptz, integer) returns timestamptz language sql immutable as $$ select $1 + make_interval(hours => $2) $$;
create function clickhouse.match(text, text) returns boolean language sql immutable as $$ select $1 ~ $2 $$;
create function clickhouse.positioncaseinsensitive(text, text) returns integer language sql immutable as $$ select strpos(lower($1), lower($2)) $$;
create function clickhouse.startswith(text, text) returns boolean language sql immutable as $$ select starts_with($1, $2) $$;
create function clickhouse.endswith(text, text) returns boolean language sql immutable as $$ select right($1, length($2)) = $2 $$;
create function clickhouse.empty(text) returns boolean language sql immutable as $$ select $1 = '' $$;
create function clickhouse.notempty(text) returns boolean language sql immutable as $$ select $1 <> '' $$;
create function clickhouse.jsonextractstring(text, text) returns text language sql immutable
  as $$ select case when $1 is json object then coalesce($1::jsonb ->> $2, '') else '' end $$;
create function clickhouse.replaceregexpall(text, text, text) returns text language sql immutable as $$ select regexp_replace($1, $2, $3, 'g') $$;
create function clickhouse."if"(boolean, anyelement, anyelement) returns anyelement language sql immutable as $$ select case when $1 then $2 else $3 end $$;
create function clickhouse.count_if_step(bigint, boolean) returns bigint language sql immutable as $$ select $1 + case when $2 then 1 else 0 end $$;
create aggregate clickhouse.countif(boolean) (sfunc = clickhouse.count_if_step, stype = bigint, initcond = '0');
grant usage on schema clickhouse to public;
