"""Which values the rules can write is known before any asset is, and so is which of them a lookup domain lacks."""

import pytest

from domain.codes import Codes
from domain.errors import NotFound, ServiceRejected, ServiceUnavailable
from domain.fields import DomainFault, DomainValue, FieldRules, check_values, written_values

STATE, LANGUAGE, TYPE, PRODUCT, SCORE = "STATE", "LANGUAGE", "TYPE", "PRODUCT", "SCORE"
CODES = Codes(brands=(), countries=(), languages=("en", "de"), asset_types=("OLV", "BAN"), social=())


@pytest.fixture
def data():
    """Rules whose fields all have a lookup domain, but for one that is plain and one whose domain nobody knows."""
    domains = {field_id: {"kind": "domain", "domain": f"{field_id}.DOMAIN"} for field_id in (STATE, LANGUAGE, TYPE)}
    product = {"kind": "cascading", "domain": "PRODUCT.DOMAIN"}
    return {
        "metadata_model_id": "MODEL",
        "security_policy_list": [1],
        "definitions": {**domains, PRODUCT: product, "TAG": {"kind": "domain"}, SCORE: {"datatype": "int"}, "LINK": {}},
        "fields": [],
        "filename_updates": {
            LANGUAGE: {"from": "language", "upper": True, "default": "EN"},
            TYPE: {"from": "asset_type"},
        },
        "forced": {STATE: "LOCAL"},
        "defaults": {"TAG": "Tag"},
        "creativex": {"score": SCORE, "link": "LINK", "unscored_link": "https://example.com"},
    }


def written(data):
    """What the rules can write, by field."""
    return {values.field_id: values for values in written_values(FieldRules.model_validate(data), CODES)}


def known(*values):
    """A DAM whose domains all hold these values: ids, or ids with their labels."""
    pairs = [value if isinstance(value, tuple) else (value, value) for value in values]
    return lambda domain_id: [DomainValue(*pair) for pair in pairs]


def test_every_field_that_has_a_lookup_domain_is_looked_at_even_if_nothing_is_written_into_it(data):
    found = written(data)
    assert list(found) == [STATE, LANGUAGE, TYPE, PRODUCT]
    assert (found[PRODUCT].own, found[PRODUCT].codes) == ({}, ())
    assert check_values(found[PRODUCT], known()).is_faulty is False


def test_a_value_that_stands_in_several_places_is_one_value(data):
    data["defaults"][STATE] = "GLOBAL"
    data["overrides"] = {"BAN": {STATE: "LOCAL", "TAG": ""}, "OLV": {STATE: "", LANGUAGE: None}}
    assert written(data)[STATE].own == {
        "LOCAL": (("forced", STATE), ("overrides", "BAN", STATE)),
        "GLOBAL": (("defaults", STATE),),
    }


def test_what_a_name_gives_is_a_default_and_the_codes_as_they_are_written(data):
    found = written(data)
    assert found[LANGUAGE].own == {"EN": (("filename_updates", LANGUAGE, "default"),)}
    assert (found[LANGUAGE].codes, found[LANGUAGE].code_list) == (("EN", "DE"), "languages")
    assert (found[TYPE].codes, found[TYPE].code_list) == (("OLV", "BAN"), "asset_types")


@pytest.mark.parametrize("part", ["subject", "clean_name"])
def test_a_part_of_the_name_that_is_no_code_cannot_be_known(data, part):
    data["filename_updates"][TYPE] = {"from": part}
    assert written(data)[TYPE].codes == ()


def test_codes_that_later_rules_replace_are_never_written(data):
    data["forced"][LANGUAGE] = "EN"
    data["overrides"] = {"BAN": {TYPE: "BANNER", LANGUAGE: "DE"}}
    found = written(data)
    assert found[LANGUAGE].codes == ()
    assert found[TYPE].codes == ("OLV",)
    assert list(found[TYPE].own) == ["BANNER"]


def test_an_override_of_one_asset_type_leaves_the_languages_alone(data):
    data["overrides"] = {"BAN": {LANGUAGE: "DE"}}
    assert written(data)[LANGUAGE].codes == ("EN", "DE")


def test_the_score_of_an_asset_that_has_none_is_written_too(data):
    data["definitions"][SCORE] = {"kind": "cascading", "domain": "SCORE.DOMAIN"}
    data["creativex"] |= {"platform": "Meta", "unscored": "0.0"}
    assert written(data)[SCORE].own == {"Meta^0": (("creativex", "unscored"),)}


def test_numbers_are_compared_as_the_dam_gets_them(data):
    data["definitions"][STATE]["datatype"] = "int"
    data["forced"][STATE] = "80.0"
    assert list(written(data)[STATE].own) == ["80"]


def test_a_code_that_its_field_cannot_hold_is_one_that_the_domain_lacks(data):
    data["definitions"][TYPE]["datatype"] = "int"
    assert check_values(written(data)[TYPE], known("1")).lacking_codes == ("OLV", "BAN")


def test_values_that_the_domain_holds_are_no_faults(data):
    checked = check_values(written(data)[LANGUAGE], known("DE", "EN", "FR"))
    assert (checked.faults, checked.lacking_codes, checked.is_faulty) == ((), (), False)


def test_an_own_value_that_the_domain_lacks_is_a_fault_and_a_code_is_none(data):
    checked = check_values(written(data)[LANGUAGE], known("ENG", "FR"))
    assert checked.faults == (DomainFault(LANGUAGE, "EN", "LANGUAGE.DOMAIN", nearest="ENG"),)
    assert checked.lacking_codes == ("DE",), "EN is told as a fault already"
    assert checked.is_faulty
    assert not check_values(written(data)[TYPE], known()).is_faulty


@pytest.mark.parametrize("label", ["Only here", "only here"])
def test_a_label_in_the_place_of_an_id_is_answered_with_the_id(data, label):
    data["forced"][STATE] = label
    [fault] = check_values(written(data)[STATE], known(("L", "Only here"), ("G", "Everywhere"))).faults
    assert fault.nearest == "L"


@pytest.mark.parametrize(
    ("domain", "nearest"),
    [
        (("FOOD", "SWEETS", "BAR"), "FOOD^SWEETS^BAR"),
        (("FOOD^SWEETS^BAR", "FOOD^SWEETS"), "FOOD^SWEETS^BAR"),
        (("FOOD", "BAR"), None),
    ],
)
def test_the_proposal_for_a_cascading_value_is_a_whole_one(data, domain, nearest):
    data["forced"][PRODUCT] = "FOOD^SWETS^BAR"
    [fault] = check_values(written(data)[PRODUCT], known(*domain)).faults
    assert fault.nearest == nearest


@pytest.mark.parametrize("error", [NotFound("no such domain"), ServiceRejected("not allowed")])
def test_a_domain_that_the_dam_does_not_show_is_a_fault_whatever_is_written(data, error):
    def values_of(domain_id):
        raise error

    for values in written(data).values():
        checked = check_values(values, values_of)
        assert (checked.unread, checked.faults, checked.is_faulty) == (str(error), (), True)


def test_a_dam_that_is_unavailable_is_no_fault_of_the_rules(data):
    def values_of(domain_id):
        raise ServiceUnavailable("not now")

    with pytest.raises(ServiceUnavailable):
        check_values(written(data)[STATE], values_of)
