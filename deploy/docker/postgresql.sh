#!/bin/sh
# Makes the database `netadmin` at the first start, then becomes PostgreSQL. /data has one folder, called by PostgreSQL's version.
set -eu
version=$(ls /usr/lib/postgresql)
data=/data/$version
PATH=/usr/lib/postgresql/$version/bin:$PATH

for other in /data/*/PG_VERSION; do
  case $other in "/data/*/PG_VERSION" | "$data/PG_VERSION" | *.new/PG_VERSION) continue ;; esac
  echo "$(dirname "$other") was written by another version than PostgreSQL $version: bring it over by pg_dump, then move it away." >&2
  exit 1
done

if [ ! -e "$data/PG_VERSION" ]; then
  rm -rf "$data.new"
  initdb --pgdata "$data.new" --username netadmin --pwfile /run/secrets/database-password \
    --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --no-instructions
  echo "CREATE DATABASE netadmin" | postgres --single -D "$data.new" postgres >/dev/null
  echo "host netadmin netadmin all scram-sha-256" >>"$data.new/pg_hba.conf"
  mv "$data.new" "$data" # last, so that one that was cut off begins anew
fi
# Three processes of Netadmin have 42 connections each at most, and commands come beside them.
exec postgres -D "$data" -c "listen_addresses=*" -c unix_socket_directories=/tmp -c max_connections=200 "$@"
