"""The reports of the system that came before: their SQL, unchanged, on a database that this one has filled."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, LiteralString

import psycopg
import pytest
from sqlalchemy.orm import Session

from db.engine import Store
from db.pool import conninfo
from tests.integration.a_day import SPRING, SUMMER, Day

FIELD = {"id": "ARTESIA.FIELD.ASSET NAME", "type": "com.artesia.metadata.MetadataField", "value": {"value": "x"}}
METADATA = {"name": "Film.mp4", "metadata": {"metadata_element_list": [{"id": "C1", "metadata_element_list": [FIELD]}]}}


@pytest.fixture
def day(session: Session) -> Day:
    """Two campaigns: Spring is at home but for one file, Summer is live."""
    day = Day(session)
    day.stay(SPRING, "A2", 50)
    day.stay(SUMMER, "A4", 30)
    day.sql("UPDATE campaign_status SET webhook_sent = true, webhook_sent_at = now() WHERE status = 'A4'")
    film = day.master("aaaaa1", 50, full_metadata=METADATA, brand_code="RAF", language_code="DE", description="Film")
    still = day.master("aaaaa2", 49, full_metadata=METADATA | {"name": "Still.png"})
    day.master("bbbbb1", 30, SUMMER)
    day.derivative(film, "Early.mp4", 41, 40)
    day.derivative(film, "Late.mp4", 5, 4)
    day.derivative(still, "Still.png", 2, 1)
    day.derivative(still, "Broken.png", 3, upload_status="failed", retry_count=2, last_error="it is cut")
    day.card("Early.mp4", 30, "60")
    day.sql("UPDATE creativex_scores SET status = 'superseded'")
    day.card("Early.mp4", 3, "80", version=2)
    day.card("Late.mp4", 2, "72.5")
    day.sql(
        "INSERT INTO workflow_state VALUES ('a1-to-a2', :spring, 'A2', now() - interval '50 h'),"
        " ('a1-to-a2', :summer, 'A2', now() - interval '30 h'), ('a2-to-a3', :summer, 'A3', now() - interval '8 h')",
        spring=SPRING, summer=SUMMER,
    )  # fmt: skip
    session.commit()
    return day


@pytest.fixture
def old(store: Store, day: Day) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection as the old reports had it."""
    with psycopg.connect(conninfo(store.url)) as connection:
        yield connection


QUERIES: list[tuple[LiteralString, list[tuple[Any, ...]]]] = [
    (
        """
        SELECT tracking_id, original_filename, full_metadata->>'name',
            jsonb_array_length(full_metadata->'metadata'->'metadata_element_list')
        FROM master_assets WHERE local_campaign_id = 'C000000101' AND status = 'active' ORDER BY id
        """,
        [("aaaaa1", "aaaaa1.mp4", "Film.mp4", 1), ("aaaaa2", "aaaaa2.mp4", "Still.png", 1)],
    ),
    (
        """
        SELECT field->>'id', field->'value'->>'value'
        FROM master_assets m,
            jsonb_array_elements(m.full_metadata->'metadata'->'metadata_element_list') AS category,
            jsonb_array_elements(category->'metadata_element_list') AS field
        WHERE m.tracking_id = 'aaaaa1'
        """,
        [("ARTESIA.FIELD.ASSET NAME", "x")],
    ),
    (
        """
        SELECT count(*) FROM master_assets
        WHERE full_metadata @> '{"metadata": {"metadata_element_list": [{"id": "C1"}]}}'
        """,
        [(2,)],
    ),
    (
        """
        SELECT local_campaign_id, COUNT(*) AS total, COUNT(box_file_id) AS in_box, MAX(brand_code), MAX(language_code)
        FROM master_assets WHERE status = 'active' GROUP BY local_campaign_id ORDER BY local_campaign_id
        """,
        [("C000000101", 2, 2, "RAF", "DE"), ("C000000102", 1, 1, None, None)],
    ),
    (
        """
        SELECT m.local_campaign_id, d.derivative_filename, d.dam_asset_id, m.original_filename
        FROM derivative_assets d JOIN master_assets m ON d.tracking_id = m.tracking_id
        WHERE d.upload_status = 'completed' AND d.uploaded_at >= NOW() - INTERVAL '24 hours'
        ORDER BY d.uploaded_at DESC
        """,
        [
            ("C000000101", "Still.png", "dam Still.png", "aaaaa2.mp4"),
            ("C000000101", "Late.mp4", "dam Late.mp4", "aaaaa1.mp4"),
        ],
    ),
    (
        """
        SELECT derivative_filename, file_extension, retry_count, last_error FROM derivative_assets
        WHERE upload_status = 'failed' AND created_at >= NOW() - INTERVAL '24 hours' ORDER BY retry_count DESC
        """,
        [("Broken.png", None, 2, "it is cut")],
    ),
    (
        """
        SELECT m.tracking_id, COUNT(d.id) FILTER (WHERE d.upload_status = 'completed')
        FROM master_assets m LEFT JOIN derivative_assets d ON d.master_asset_id = m.id
        GROUP BY m.tracking_id HAVING COUNT(d.id) FILTER (WHERE d.upload_status = 'completed') = 0
        """,
        [("bbbbb1", 0)],
    ),
    (
        """
        SELECT event_type, COUNT(*) FROM asset_events
        WHERE event_timestamp >= NOW() - INTERVAL '24 hours' GROUP BY event_type ORDER BY event_type
        """,
        [("derivative_started", 3), ("derivative_uploaded", 2), ("score_read", 2)],
    ),
    (
        """
        SELECT COUNT(DISTINCT DATE(event_timestamp)) > 1, COUNT(*) FROM (
            SELECT event_timestamp FROM asset_events WHERE tracking_id = 'aaaaa1'
        ) AS events
        """,
        [(True, 5)],
    ),
    (
        """
        SELECT DISTINCT ON (filename) filename, quality_score, version, creativex_url FROM creativex_scores
        WHERE status = 'active' ORDER BY filename, version DESC
        """,
        [
            ("Early.mp4", Decimal(80), 2, "https://creativex.example.com/Early.mp4"),
            ("Late.mp4", Decimal("72.5"), 1, "https://creativex.example.com/Late.mp4"),
        ],
    ),
    (
        """
        SELECT filename, version, status FROM creativex_scores
        WHERE extracted_at >= NOW() - INTERVAL '2 days' AND creativex_id IS NULL AND full_extraction_data IS NULL
        ORDER BY filename, version
        """,
        [("Early.mp4", 1, "superseded"), ("Early.mp4", 2, "active"), ("Late.mp4", 1, "active")],
    ),
    (
        """
        SELECT campaign_number, campaign_name, live_campaign, webhook_sent, webhook_sent_at IS NOT NULL,
            created_at < NOW() - INTERVAL '1 day'
        FROM campaign_status WHERE status = 'A4' AND webhook_sent = TRUE
        """,
        [("C000000102", "Summer", None, True, True, True)],
    ),
    (
        """
        SELECT workflow_name, campaign_id, last_status FROM workflow_state
        WHERE last_run_at >= NOW() - INTERVAL '40 hours' ORDER BY last_run_at DESC
        """,
        [("a2-to-a3", "C000000102", "A3"), ("a1-to-a2", "C000000102", "A2")],
    ),
    (
        """
        SELECT w.campaign_id, w.last_status, COUNT(m.id) FROM workflow_state w
        LEFT JOIN master_assets m ON m.local_campaign_id = w.campaign_id AND m.upload_directory IS NULL
        WHERE w.workflow_name = 'a1-to-a2' GROUP BY w.campaign_id, w.last_status ORDER BY w.campaign_id
        """,
        [("C000000101", "A2", 2), ("C000000102", "A2", 1)],
    ),
]


@pytest.mark.parametrize(("query", "rows"), QUERIES)
def test_a_query_of_the_old_reports_gives_what_it_always_gave(
    old: psycopg.Connection[tuple[Any, ...]], query: LiteralString, rows: list[tuple[Any, ...]]
):
    assert old.execute(query).fetchall() == rows
