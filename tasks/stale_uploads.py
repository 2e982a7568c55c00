"""Uploads that nobody goes on with: Box is told to throw them away."""

from datetime import UTC, datetime, timedelta

from prefect.logging import get_run_logger

from blocks.services import Services
from clients.box.models import UploadSession
from db.repositories.uploads import forget, stale

_GIVEN_UP_AFTER = timedelta(days=3)
"""Box itself ends a session after seven days; the content of one that rests for so long has changed, or is gone."""


def abort_stale_uploads(services: Services) -> None:
    """Abort the upload sessions to which no part was added for days, and forget them."""
    with services.store.transaction() as session:
        uploads = stale(session, datetime.now(UTC) - _GIVEN_UP_AFTER)
    for upload in uploads:
        get_run_logger().info("upload %s rests since %s: given up", upload.key, upload.updated_at)
        try:
            services.box.abort(UploadSession.from_json(upload.session))
        except (KeyError, TypeError):  # written by another version of this program; Box ends it by itself
            get_run_logger().warning("upload %s: its session cannot be read", upload.key)
        with services.store.transaction() as session:
            forget(session, upload.key)
