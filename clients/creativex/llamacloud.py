"""Scorecards read by an extraction agent of LlamaCloud; the one module that knows its package (decision 8).

Read in the source of llama-cloud-services 0.6.94: a failed job raises nothing, its run has no data; a job that never
ends raises a bare Exception; a run does not say that its job did only a part; every call puts another HTTP client into
the one that the agent shares, so that an agent must not be used by two threads at once; a path that is handed over goes
out as the file's name, with its folders.
"""

import re
import threading
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from clients.creativex.extractor import Extraction
from domain.errors import (
    ContentScalingError,
    NotDoneYet,
    NotFound,
    ScorecardRefused,
    ServiceError,
    ServiceRejected,
    ServiceUnavailable,
)
from domain.masking import mask

if TYPE_CHECKING:
    from llama_cloud_services.extract import ExtractionAgent

Result = TypeVar("Result")

SERVICE = "LlamaCloud"
_PASSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_SIGN_IN = frozenset({401, 403})
_KEY = re.compile(r"[!-~]+")
"""What a key may be made of; of anything else the HTTP client complains, and quotes it."""
_SHOWN = 300
"""Characters of LlamaCloud's own text that an error repeats."""
_IMPORTING = threading.Lock()


class LlamaCloudExtractor:
    """A `ScoreExtractor` over one agent, given by name; `wait_s` is how long a job may take, `poll_s` between looks."""

    def __init__(
        self, api_key: str, *, agent_name: str, base_url: str | None = None, wait_s: int = 300, poll_s: float = 1.0
    ) -> None:
        self._api_key = api_key
        self._agent_name = agent_name
        self._base_url = base_url
        self._wait_s = wait_s
        self._poll_s = poll_s

    def probe(self) -> str:
        """Return the name of the agent that reads. Raises ServiceError when it is not there or the sign-in fails."""
        return str(self._agent().name)

    def extract(self, content: bytes, *, name: str) -> Extraction:
        """Return what is written in a PDF; see `ScoreExtractor.extract`."""
        agent = self._agent()
        from llama_cloud_services.extract import SourceText

        run: Any = self._asked(name, lambda: agent.extract(SourceText(file=content, filename=name)))
        if run is None:
            raise ServiceUnavailable(f"{name}: {SERVICE} shows no result of its job", service=SERVICE)
        # A run may leave out which job it is of; then it has to do.
        job = self._asked(name, lambda: agent.get_extraction_job(run.job_id)) if run.job_id else run
        if (reason := _why_failed(job, run)) is not None:
            raise ScorecardRefused([f"{SERVICE} says: {mask(reason)[:_SHOWN]}"])
        return Extraction(run.data, run.job_id)

    def _agent(self) -> "ExtractionAgent":
        what = f"extraction agent {self._agent_name}"
        if not _KEY.fullmatch(self._api_key):
            text = f"{what}: the API key is empty, or has characters that no key has; correct LLAMA_CLOUD_API_KEY"
            raise ServiceRejected(text, service=SERVICE)
        client = _client_class()(
            api_key=self._api_key, base_url=self._base_url, max_timeout=self._wait_s, num_workers=1, show_progress=False
        )
        agent = self._asked(what, lambda: client.get_agent(name=self._agent_name))
        agent.check_interval = self._poll_s  # declared an int, and only slept for
        return agent

    def _asked(self, what: str, call: Callable[[], Result]) -> Result:
        try:
            return call()
        except ContentScalingError:
            raise
        except Exception as error:  # the package raises bare ones too
            raise as_service_error(error, what, key=self._api_key) from None


def _why_failed(job: Any, run: Any) -> str | None:
    """Return why a job came to nothing, or only to a part; None for a whole one."""
    statuses = [str(getattr(each.status, "value", each.status)) for each in (job, run)]
    status = next((each for each in statuses if each != "SUCCESS"), "SUCCESS")
    error = str(job.error or run.error or "").strip()
    if status == "SUCCESS" and run.data is not None and not error:
        return None
    return error or ("it read nothing" if status == "SUCCESS" else f"status {status}")


def _client_class() -> Any:
    """Return the package's client. It takes seconds to import, and warns that it is deprecated, which we know."""
    with _IMPORTING:
        warnings.filterwarnings("ignore", module="llama_cloud_services")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from llama_cloud_services import LlamaExtract
    return LlamaExtract


def as_service_error(error: Exception, what: str, *, key: str) -> ServiceError:
    """Return the project's error for whatever the package raised. The key is in none of its texts."""
    import httpx
    from llama_cloud.core.api_error import ApiError

    def said(text: object) -> str:
        return mask(str(text).replace(key, "***"))[:_SHOWN]

    match error:
        case ApiError():
            body = error.body
            detail = body.get("detail") if isinstance(body, dict) else body
            return _answered(error.status_code, said(detail) if detail else None, what)
        case TimeoutError() | ConnectionError() | httpx.TransportError():
            reason = said(error) or type(error).__name__
            return ServiceUnavailable(f"{what}: {SERVICE} could not be reached ({reason})", service=SERVICE)
        case _ if str(error).startswith("Timeout while extracting"):
            return NotDoneYet(f"{what}: {SERVICE} is not done with it yet; it is handed in anew later", service=SERVICE)
        case _:
            reason = f"{type(error).__name__}: {said(error)}"
            return ServiceRejected(f"{what}: {SERVICE}'s answer cannot be read ({reason})", service=SERVICE)


def _answered(status: int | None, detail: str | None, what: str) -> ServiceError:
    reason = f"HTTP {status}: {detail}" if detail else f"HTTP {status}"
    facts: dict[str, Any] = {"service": SERVICE, "status_code": status}
    if status in _PASSES or (status is not None and status >= 500):
        return ServiceUnavailable(f"{what}: {SERVICE} is not available ({reason})", **facts)
    if status in _SIGN_IN:
        text = f"{what}: {SERVICE} refuses the API key ({reason}); correct LLAMA_CLOUD_API_KEY"
        return ServiceRejected(text, **facts)
    if status == 404:
        return NotFound(f"{what}: {SERVICE} does not have it ({reason})", **facts)
    return ServiceRejected(f"{what}: {SERVICE} refuses it ({reason})", **facts)
