"""The values of a representation are checked against lookup domains."""

import pytest

from domain.errors import NotFound, ServiceRejected, ServiceUnavailable
from domain.fields import DerivativeFacts, DomainFault, domain_faults, representation

STATE, PRODUCT, LANGUAGE = "FERRERO.DOMAIN.STATE", "FERRERO.DOMAIN.PRODUCT", "FERRERO.DOMAIN.MAIN LANGUAGES"
FACTS = DerivativeFacts("RAF_DE_de_X_OLV_001_6S_16x9.mp4", "X", "de", "OLV", "80", "https://example.com/1")


@pytest.fixture
def made(golden, rules):
    return representation(golden("masters/full"), FACTS, rules)


@pytest.fixture
def domains():
    return {STATE: {"GLOBAL", "LOCAL"}, PRODUCT: {"FOOD", "SWEETS", "BAR"}, LANGUAGE: {"EN", "DE"}}


def test_values_that_their_domains_hold_are_no_faults(made, rules, domains):
    assert domain_faults(made, rules, domains.__getitem__) == []


@pytest.mark.parametrize("known", [{"FOOD^SWEETS^BAR"}, {"FOOD", "SWEETS", "BAR"}])
def test_a_cascading_value_is_found_whole_or_by_its_parts(made, rules, domains, known):
    domains[PRODUCT] = known
    assert domain_faults(made, rules, domains.__getitem__) == []


def test_every_value_that_a_domain_lacks_is_told_with_what_is_most_like_it(made, rules, domains):
    domains |= {STATE: {"GLOBAL", "Local"}, PRODUCT: {"FOOD", "SWEETS"}, LANGUAGE: {"EN"}}
    faults = domain_faults(made, rules, domains.__getitem__)
    assert faults == [
        DomainFault("MAIN_LANGUAGES", "DE", LANGUAGE, nearest=None),
        DomainFault("FERRERO.FIELD.STATE", "LOCAL", STATE, nearest="Local"),
        DomainFault("FERRERO.FIELD.PRODUCT", "FOOD^SWEETS^BAR", PRODUCT, nearest=faults[2].nearest),
    ]
    text = "FERRERO.FIELD.STATE: the lookup domain FERRERO.DOMAIN.STATE does not hold 'LOCAL'; did you mean 'Local'?"
    assert str(faults[1]) == text


@pytest.mark.parametrize("error", [NotFound("no such domain"), ServiceRejected("not allowed")])
def test_a_domain_that_the_dam_does_not_show_is_a_fault_of_its_own_kind(made, rules, domains, error):
    def values_of(domain_id):
        if domain_id == STATE:
            raise error
        return domains[domain_id]

    [fault] = domain_faults(made, rules, values_of)
    assert fault == DomainFault("FERRERO.FIELD.STATE", "LOCAL", STATE, unchecked=str(error))
    assert "could not be checked" in str(fault)


def test_a_dam_that_is_unavailable_is_no_fault_of_the_metadata(made, rules):
    def values_of(domain_id):
        raise ServiceUnavailable("not now")

    with pytest.raises(ServiceUnavailable):
        domain_faults(made, rules, values_of)
