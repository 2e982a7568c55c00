"""The metadata of a derivative, built from its master's by rules that are data."""

from domain.fields.domains import DomainFault, DomainValue, domain_faults
from domain.fields.model import FieldDefinition, FieldRules, RuleFaults
from domain.fields.representation import DerivativeFacts, representation

__all__ = [
    "DerivativeFacts",
    "DomainFault",
    "DomainValue",
    "FieldDefinition",
    "FieldRules",
    "RuleFaults",
    "domain_faults",
    "representation",
]
