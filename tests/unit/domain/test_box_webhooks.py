"""Deliveries of Box: which are believed, what is read in them, which concern us."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.box_webhooks import SigningKeys, UploadEvent, read_event, verify, why_ignored

KEYS = SigningKeys("SamplePrimaryKey", "SampleSecondaryKey")
TIMESTAMP = "2020-01-01T00:00:00-07:00"
SENT_AT = datetime.fromisoformat(TIMESTAMP)
BODY = (
    b'{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED",'
    b'"source":{"id":"1234567890","type":"file","name":"Test.txt"}}'
)
HEADERS = {
    "BOX-DELIVERY-ID": "1",
    "BOX-DELIVERY-TIMESTAMP": TIMESTAMP,
    "BOX-SIGNATURE-VERSION": "1",
    "BOX-SIGNATURE-ALGORITHM": "HmacSHA256",
    # Box's published example
    "BOX-SIGNATURE-PRIMARY": "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI=",
    "BOX-SIGNATURE-SECONDARY": "v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo=",
}


def signature(key: str, body: bytes, timestamp: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), body + timestamp.encode(), hashlib.sha256).digest()).decode()


def signed_at(timestamp: str) -> dict[str, str]:
    signatures = {
        "BOX-SIGNATURE-PRIMARY": signature("SamplePrimaryKey", BODY, timestamp),
        "BOX-SIGNATURE-SECONDARY": signature("SampleSecondaryKey", BODY, timestamp),
    }
    return HEADERS | signatures | {"BOX-DELIVERY-TIMESTAMP": timestamp}


def event(**changes: object) -> dict[str, object]:
    """A body as Box sends it, with changes to its source."""
    source = {
        "id": "42",
        "type": "file",
        "name": "a.mp4",
        "sha1": "da39a3ee",
        "parent": {"id": "12", "type": "folder"},
        "path_collection": {"total_count": 3, "entries": [{"id": "0"}, {"id": "11"}, {"id": "12"}]},
        **changes,
    }
    return {
        "type": "webhook_event",
        "id": "e-1",
        "trigger": "FILE.UPLOADED",
        "created_by": {"id": "7"},
        "source": source,
    }


def read(body: object) -> UploadEvent | None:
    return read_event(json.dumps(body).encode())


def read_whole(body: object) -> UploadEvent:
    found = read(body)
    assert found is not None
    return found


def test_boxes_published_example_is_believed_by_either_key():
    assert verify(BODY, HEADERS, KEYS, SENT_AT)
    assert verify(BODY, HEADERS, SigningKeys("SamplePrimaryKey"), SENT_AT)
    assert verify(BODY, HEADERS, SigningKeys(None, "SampleSecondaryKey"), SENT_AT)
    assert verify(BODY, HEADERS, SigningKeys("replaced", "SampleSecondaryKey"), SENT_AT)


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_the_case_of_header_names_does_not_matter(change):
    assert verify(BODY, {change(name): value for name, value in HEADERS.items()}, KEYS, SENT_AT)


def test_each_signature_counts_for_its_own_key_only():
    swapped = SigningKeys("SampleSecondaryKey", "SamplePrimaryKey")
    assert not verify(BODY, HEADERS, swapped, SENT_AT)


@pytest.mark.parametrize("name", [name for name in HEADERS if name.startswith("BOX-SIGNATURE-") or "TIME" in name])
@pytest.mark.parametrize("value", [None, "", "0", "é", "\ud800", "HMACSHA256", TIMESTAMP + " "])
def test_a_delivery_with_a_broken_header_is_not_believed(name, value):
    key = SigningKeys("SamplePrimaryKey", None) if "SECONDARY" not in name else SigningKeys(None, "SampleSecondaryKey")
    headers = {other: text for other, text in HEADERS.items() if other != name}
    assert not verify(BODY, headers if value is None else headers | {name: value}, key, SENT_AT)


@pytest.mark.parametrize("wrong", ["hex", "body only", "timestamp first", "another body"])
def test_other_ways_of_signing_are_not_believed(wrong):
    digest = hmac.new(b"SamplePrimaryKey", BODY + TIMESTAMP.encode(), hashlib.sha256)
    signatures = {
        "hex": digest.hexdigest(),
        "body only": signature("SamplePrimaryKey", BODY, ""),
        "timestamp first": signature("SamplePrimaryKey", TIMESTAMP.encode() + BODY, ""),
        "another body": signature("SamplePrimaryKey", BODY + b" ", TIMESTAMP),
    }
    headers = HEADERS | {"BOX-SIGNATURE-PRIMARY": signatures[wrong]}
    assert not verify(BODY, headers, SigningKeys("SamplePrimaryKey"), SENT_AT)


@pytest.mark.parametrize("unset", [None, "", " ", "\t\n"])
def test_a_key_that_is_not_set_believes_nobody(unset):
    headers = HEADERS | {"BOX-SIGNATURE-PRIMARY": signature(unset or "", BODY, TIMESTAMP)}
    headers["BOX-SIGNATURE-SECONDARY"] = headers["BOX-SIGNATURE-PRIMARY"]
    assert not verify(BODY, headers, SigningKeys(unset, unset), SENT_AT)


@pytest.mark.parametrize(
    ("late_s", "believed"), [(0, True), (600, True), (600.001, False), (-60, True), (-60.001, False), (86_400, False)]
)
def test_a_delivery_is_believed_for_ten_minutes_and_a_little_before_its_time(late_s, believed):
    assert verify(BODY, HEADERS, KEYS, SENT_AT + timedelta(seconds=late_s)) is believed


@pytest.mark.parametrize("timestamp", ["2020-01-01T07:00:00Z", "2020-01-01T07:00:00.123456789+00:00"])
def test_times_are_read_in_every_form_of_rfc_3339(timestamp):
    assert verify(BODY, signed_at(timestamp), KEYS, SENT_AT)


@pytest.mark.parametrize(
    "timestamp",
    [
        "2020-01-01T07:00:00",
        "2020-01-01",
        "2020-13-01T07:00:00Z",
        "2020-01-01 07:00:00Z",
        "٢٠٢٠-01-01T07:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "1577862000",
    ],
)
def test_a_time_of_another_form_is_not_believed_although_it_is_signed(timestamp):
    assert not verify(BODY, signed_at(timestamp), KEYS, SENT_AT)


def test_the_bytes_are_what_is_signed_and_not_their_meaning():
    respelled = BODY.replace(b"Test.txt", b"\\u0054est.txt")
    assert json.loads(respelled) == json.loads(BODY)
    assert not verify(respelled, HEADERS, KEYS, SENT_AT)


def test_keys_do_not_show():
    assert "Sample" not in repr(KEYS)


NAMES = st.one_of(st.sampled_from(sorted(HEADERS)), st.text(max_size=20))
VALUES = st.one_of(st.sampled_from(sorted(HEADERS.values())), st.text(max_size=40))


@given(
    raw=st.binary(),
    headers=st.dictionaries(NAMES, VALUES),
    primary=st.one_of(st.none(), st.text()),
    base=st.sampled_from([{}, HEADERS]),
)
def test_no_bytes_and_no_headers_raise(raw, headers, primary, base):
    assert verify(raw, {**base, **headers}, SigningKeys(primary), SENT_AT) is False
    read_event(raw)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "type", "source", "parent", "path_collection", "entries"]), inner),
    ),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "trigger", "created_by", "source"), JSON)))
def test_no_json_raises(body):
    read(body)


@given(JSON, st.sampled_from(["id", "name", "sha1", "parent", "path_collection", "type"]))
def test_whatever_is_read_can_be_stored(value, name):
    found = read(event(**{name: value}))
    if found is not None:
        texts = [found.event_id, found.trigger, found.file_id, found.file_name, found.sha1 or "", *found.path_ids]
        assert "\0" not in "".join(texts).encode().decode()
        assert found.file_id.isascii()
        assert found.file_id.isdigit()


def test_an_upload_is_read_with_its_place():
    assert read(event()) == UploadEvent(
        event_id="e-1",
        trigger="FILE.UPLOADED",
        file_id="42",
        file_name="a.mp4",
        sha1="da39a3ee",
        parent_id="12",
        path_ids=("0", "11", "12"),
        created_by_id="7",
    )


def test_escaped_and_plain_bodies_say_the_same():
    escaped = json.dumps(event(name="Spot für ☕.mp4")).replace("/", "\\/").encode()
    plain = json.dumps(event(name="Spot für ☕.mp4"), ensure_ascii=False).encode()
    assert escaped != plain
    assert read_event(escaped) == read_event(plain)


def test_half_a_surrogate_pair_and_a_nul_are_replaced_because_postgresql_takes_neither():
    assert read_whole(event(name="a\ud83d\0.mp4")).file_name == "a?\N{REPLACEMENT CHARACTER}.mp4"


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"source":' * 50_000, b"9" * 5_000]
)
def test_a_body_that_is_no_event_is_none(raw):
    assert read_event(raw) is None


@pytest.mark.parametrize("changes", [{"type": "folder"}, {"id": "../users/me"}, {"id": 42}, {"id": ""}, {"id": "٤٢"}])
def test_an_event_about_no_file_is_none(changes):
    assert read(event(**changes)) is None


@pytest.mark.parametrize("event_id", ["", None, 1, "a b", "x" * 129])
def test_an_event_without_a_usable_id_is_none(event_id):
    assert read(event() | {"id": event_id}) is None


def test_what_box_leaves_out_is_none():
    found = read_whole({"id": "e-1", "trigger": "NO_ACTIVE_SESSION", "source": {"id": "42", "type": "file"}})
    assert (found.file_name, found.path_ids) == ("", ())
    assert (found.sha1, found.parent_id, found.created_by_id) == (None, None, None)


@pytest.mark.parametrize("folder_id", ["11", "12"])
def test_an_upload_to_the_folder_or_below_it_is_taken(folder_id):
    assert why_ignored(read_whole(event()), folder_id=folder_id, own_user_id="1") is None


def test_an_upload_that_names_no_folder_is_taken():
    found = read_whole(event(parent=None, path_collection=None))
    assert why_ignored(found, folder_id="12", own_user_id="1") is None


def test_our_own_uploads_other_folders_and_other_triggers_are_ignored():
    found = read_whole(event())
    assert why_ignored(found, folder_id="12", own_user_id="7") == "we placed the file ourselves"
    assert why_ignored(found, folder_id="12", own_user_id=None) is None
    assert why_ignored(found, folder_id="13", own_user_id="1") == "the file lies in another folder"
    other = read_whole(event() | {"trigger": "FILE.TRASHED"})
    assert why_ignored(other, folder_id="12", own_user_id="1") == "its trigger is 'FILE.TRASHED'"
