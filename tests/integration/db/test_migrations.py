"""The schema that the migrations make."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect

from db import migrate
from db.models import Base
from domain.errors import StoreUnavailable

REPORTED = {
    "master_assets": "id tracking_id opentext_id original_filename file_extension file_size_bytes brand_code "
    "country_code language_code description upload_directory box_file_id box_url "
    "global_master_campaign_id local_campaign_id full_metadata status created_at updated_at",
    "derivative_assets": "id tracking_id master_asset_id dam_asset_id derivative_filename file_extension upload_status "
    "uploaded_at retry_count last_error created_at",
    "asset_events": "tracking_id event_type event_timestamp detail",
    "workflow_state": "workflow_name campaign_id last_status last_run_at",
    "campaign_status": "campaign_number campaign_name status live_campaign webhook_sent webhook_sent_at created_at",
    "creativex_scores": "filename creativex_id creativex_url quality_score version status box_file_id "
    "full_extraction_data extracted_at",
}


@pytest.mark.parametrize(("table", "columns"), REPORTED.items())
def test_the_columns_that_reports_query_are_there(engine: Engine, table: str, columns: str):
    assert set(columns.split()) <= {column["name"] for column in inspect(engine).get_columns(table)}


def test_the_scores_have_ten_columns_and_three_indexes(engine: Engine):
    inspector = inspect(engine)

    assert len(inspector.get_columns("creativex_scores")) == 10
    assert len(inspector.get_indexes("creativex_scores")) == 3


def test_the_models_describe_the_schema_that_the_migrations_make(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == [("remove_table", table) for _, table in differences if table.name == "alembic_version"]


def test_the_models_and_the_schema_have_the_same_conditions(engine: Engine):
    inspector = inspect(engine)

    for table in Base.metadata.sorted_tables:
        in_database = {check["name"] for check in inspector.get_check_constraints(table.name)}
        in_models = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        assert in_database == in_models, table.name


def test_a_migrated_database_is_at_the_newest_revision(database_url: str):
    assert migrate.current(database_url) == migrate.head()


def test_an_empty_database_has_no_revision(postgres: str):
    assert migrate.current(postgres) is None


def test_two_upgrades_at_once_both_succeed(empty_database_url: str, threads: ThreadPoolExecutor):
    list(threads.map(migrate.upgrade, [empty_database_url] * 4))

    assert migrate.current(empty_database_url) == migrate.head()


def test_an_upgrade_of_a_server_that_is_gone_says_so(closed_port: int):
    with pytest.raises(StoreUnavailable, match="refused"):
        migrate.upgrade(f"postgresql://postgres@127.0.0.1:{closed_port}/x")
