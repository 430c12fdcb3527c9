#!/bin/sh
# Creates or upgrades Temporal's two databases. Runs in temporalio/admin-tools; harmless when run again.
# Needs POSTGRES_HOST, POSTGRES_USER, and the password in SQL_PASSWORD, where temporal-sql-tool looks for it.
set -eu

sql() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_HOST" --port 5432 --user "$POSTGRES_USER" --db "$database" "$@"
}

migrate() {
  sql "$1" create
  sql "$1" setup-schema --version 0.0
  sql "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

migrate temporal temporal
migrate temporal_visibility visibility
