"""The switches of the simulated OTMM: what is configuration in the real one, or what nobody has proven of it."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class FieldIds:
    """Ids of the fields that differ per DAM; the defaults are those of the shipped `dam.yaml`."""

    status: str = "CONTENT.SCALING.STATUS"
    campaign_number: str = "CUSTOM.FIELD.CAMPAIGN NUMBER"
    campaign_type: str = "CUSTOM.FIELD.CAMPAIGN TYPE"
    global_campaign: str = "CUSTOM.FIELD.GLOBAL CAMPAIGN"
    ecommerce_status: str = "CUSTOM.FIELD.ECOMMERCE STATUS"
    approver: str = "CUSTOM.FIELD.APPROVER"  # " COMMENT", " CERTIFIER" and " DATE" are appended
    legal: str = "CUSTOM.FIELD.LEGAL"
    iacc: str = "CUSTOM.FIELD.IACC"


@dataclass
class OtmmSettings:
    """How this instance behaves. May be changed while the server runs; every request reads it afresh."""

    fields: FieldIds = field(default_factory=FieldIds)

    # OTDS and authentication
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"
    users: dict[str, str] = field(default_factory=lambda: {"tsuper": "sandbox"})
    token_ttl_s: int = 3600
    invalid_client_status: Literal[400, 401] = 401
    unauthorized_shape: Literal["json", "html", "login_page"] = "json"  # exception_body, a 401 page, a 200 page
    csrf_status: Literal[401, 403] = 403  # a write of a cookie session without X-Requested-By
    requested_by_required: bool = False  # a gateway that wants X-Requested-By with Bearer writes too

    # reading
    default_limit: int = 25
    max_limit: int = 200
    index_delay_s: float = 0.0
    operators: frozenset[str] = frozenset({"ARTESIA.OPERATOR.CHAR.CONTAINS", "ARTESIA.OPERATOR.NUMBER.IS"})
    invalid_conditions_status: Literal[200, 500] = 200  # contains_invalid_conditions, or an exception_body
    single_element_as_object: bool = False  # a list of one element is sent as the bare element
    numbers_as_strings: bool = False
    status_is_domain: bool = False  # the campaign status as a domain field instead of a plain string
    keep_table_gaps: bool = True  # an empty cell of a table stays as an empty object
    listing_metadata: bool = True  # false: what lies in a folder is listed without metadata, whatever is asked
    listing_checksums: bool = True  # false: what lies in a folder is listed without content_checksum
    full_metadata_bytes: int = 0  # pads the complete asset object to about this size
    checksum_missing: bool = False  # no content_checksum anywhere
    empty_content_size: Literal["zero", "missing"] = "zero"  # content_size of an asset without content

    # download
    range_supported: bool = False
    redirect_downloads: bool = False  # contents answer 302 to a content store under another host name
    no_content_status: int = 404

    # editing
    locking_required: bool = True  # an edit without a lock and without lock_strategy fails
    optimistic_on_assets: bool = True
    lock_conflict_status: Literal[409, 423, 500] = 500
    metadata_404_after_patch: bool = False  # saved, then no longer visible to this user
    bulk_elements: Literal["ids", "objects"] = "ids"  # what stands in the lists of a bulk result
    create_folder_status: Literal[200, 201] = 200
    reject_unknown_domain_values: bool = False

    # import
    restricted_extensions: frozenset[str] = frozenset({"bat", "cmd", "com", "exe", "js", "sh"})
    import_status: Literal[200, 202] = 202
    import_polls: int | None = 0  # looks at the job or the folder before the asset shows; None = never
    import_fails: str | None = None  # the job ends with this message instead of an asset
    import_job_id_matches: bool = True  # import_job_id of the asset equals the returned job_id
    jobs_shape: Literal["resource", "handle", "absent"] = "resource"  # job_resource.job, job_handle, 404
