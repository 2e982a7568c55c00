"""The metadata of a derivative, built from its master's by rules that are data."""

from domain.fields.domains import DomainFault, DomainValue, domain_faults
from domain.fields.model import FieldDefinition, FieldRules, RuleFaults
from domain.fields.representation import DerivativeFacts, representation
from domain.fields.written import CheckedValues, WrittenValues, check_values, written_values

__all__ = [
    "CheckedValues",
    "DerivativeFacts",
    "DomainFault",
    "DomainValue",
    "FieldDefinition",
    "FieldRules",
    "RuleFaults",
    "WrittenValues",
    "check_values",
    "domain_faults",
    "representation",
    "written_values",
]
