#!/bin/sh
# Runs once, when the database's volume is empty: Prefect gets a database of its own, and base backups may connect.
set -eu
psql --variable ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<SQL
CREATE DATABASE prefect;
\connect prefect
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SQL
# The image lets every host in to databases; "all" does not mean replication, which pg_basebackup needs.
echo "host replication $POSTGRES_USER all scram-sha-256" >> "$PGDATA/pg_hba.conf"
