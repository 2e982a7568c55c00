"""The switches of the simulated Box: what the real one decides by plan or configuration, and what nobody has proven."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class BoxSettings:
    """How this Box behaves. May be changed while the server runs; every request reads it afresh."""

    # tokens
    token_ttl_s: int = 3600
    max_assertion_lifetime_s: int = 60
    unauthorized_has_body: bool = True  # False: a 401 is its WWW-Authenticate header only

    # limits per user; None = unlimited
    calls_per_minute: int | None = None
    uploads_per_minute: int | None = None
    parts_count_as_uploads: bool = True
    rate_limit_retry_after: str | None = "100"

    # names
    bad_characters: Literal["refuse", "remove"] = "refuse"  # 400 item_name_invalid, or left out of the name silently
    more_bad_characters: str = ""  # refused or removed besides / \ and control characters, for example <>:|?*
    leading_spaces_allowed: bool = True

    # items
    float_sizes: bool = False  # sizes as 1.5E7, as Box sends big ones
    order_as_object: bool = False  # `order` of a listing as one object instead of a list
    end_marker: str | None = None  # next_marker of the last page; some callers have seen ""
    max_offset: int = 300_000
    upload_conflicts_as_list: bool = False  # False: one object, as seen; the OpenAPI document says list
    trash: bool = True  # deleted files wait in the trash, where they still use up the quota
    metadata_missing_code: Literal["instance_not_found", "instance_tuple_not_found"] = "instance_not_found"

    # uploads
    max_upload_bytes: int = 50_000_000_000
    max_direct_bytes: int | None = 50_000_000  # documented, the answer (413) is not; None = any size
    length_required: bool = False  # 411 for an upload without Content-Length
    version_status: Literal[200, 201] = 201  # of a new version uploaded directly; the OpenAPI document says 200
    wrong_sha1_answered: bool = False  # the answer to an upload carries a checksum that is not the content's

    # chunked uploads
    min_session_bytes: int = 20_000_000
    part_bytes: int = 8 * 1024 * 1024
    session_ttl_s: int = 7 * 24 * 3600
    part_wrapped: bool = True  # {"part": {...}}; False: the part itself, as one guide shows it
    digest_mismatch_status: Literal[400, 412] = 412  # 400: bad_digest, 412: precondition_failed
    unlisted_parts: int = 0  # so many of the newest parts are missing from a list of parts
    commit_waits: int = 0  # so many commits of each session are answered 202
    commit_stores_at_once: bool = False  # the file is there from the first 202 on
    commit_retry_after: str | None = "1"
    commit_mismatches: int = 0  # so many commits of each session are answered 400 parts_mismatch

    # downloads
    download_ttl_s: int = 900
    download_waits: int = 0  # so many downloads of each file are answered 202
    download_retry_after: str | None = "1"
    range_supported: bool = True
    short_by_bytes: int = 0  # a download ends early, and its Content-Length agrees with that

    # webhooks
    webhook_https_required: bool = False  # the real one wants https on port 443
    webhook_copies: int = 1  # each event is sent so often: same event id, new delivery id
    webhook_escapes: bool = True  # non-ASCII as \uXXXX and / as \/, as Box writes it
    webhook_attempts: int = 3
    webhook_retry_s: float = 0.5
    versions_fire_uploaded: bool = True  # whether a new version fires FILE.UPLOADED is not documented
