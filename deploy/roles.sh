#!/bin/sh
# Two roles for one database. The owner changes tables, and is used by migrations alone.
# The app reads and writes rows; it cannot TRUNCATE, nor change a table or a trigger, so
# it cannot get round the triggers that keep signed rows as they were.
#
# Run by the superuser of a new server, in the empty database (psql's PG* variables say
# where); the PostgreSQL image does so by itself. Needs OWNER_PASSWORD and APP_PASSWORD.
set -eu

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction \
	--username="${POSTGRES_USER:-postgres}" --dbname="${POSTGRES_DB:-scamps}" \
	--set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE scamps_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE scamps_app LOGIN PASSWORD :'app_password';

SELECT current_database() AS name \gset
ALTER DATABASE :"name" OWNER TO scamps_owner;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO scamps_app;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO scamps_app;

ALTER DEFAULT PRIVILEGES FOR ROLE scamps_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO scamps_app;
ALTER DEFAULT PRIVILEGES FOR ROLE scamps_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO scamps_app;
SQL
