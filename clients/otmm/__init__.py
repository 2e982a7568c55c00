"""OpenText Media Management (the DAM) over its REST API v6, with OTDS tokens and client certificates."""

from clients.otmm.certificate import ClientCertificate
from clients.otmm.client import OtmmClient
from clients.otmm.content import ContentStream
from clients.otmm.jobs import ImportJob
from clients.otmm.tokens import OtdsTokens

__all__ = ["ClientCertificate", "ContentStream", "ImportJob", "OtdsTokens", "OtmmClient"]
