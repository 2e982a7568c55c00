"""The outgoing webhooks: the whole of `config/webhooks.yaml`, with addresses already filled in."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from clients.webhook.payload import compile_field
from domain.errors import ConfigError


def _expression(text: str) -> str:
    compile_field(text)
    return text


def _address(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://; an address from the environment is filled in beforehand")
    if "@" in url.split("/")[2]:
        raise ValueError("must not hold a user or a password; use auth")
    return url


def _header(name: str) -> str:
    if name.lower() in ("authorization", "idempotency-key", "content-type", "content-length", "host"):
        raise ValueError(f"{name} is set by the client; for signing in use auth")
    return name


Expression = Annotated[str, AfterValidator(_expression)]
HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"), AfterValidator(_header)]
HeaderValue = Annotated[str, Field(pattern=r"^[\t -~]*$")]
Url = Annotated[str, AfterValidator(_address)]


class Hook(BaseModel):
    """One webhook. The secret of `auth` is never here: it is given to the client."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z0-9_]+$", description="What it announces; the flows call it by this name.")
    enabled: bool = True
    url: Annotated[Url | None, BeforeValidator(lambda url: url or None)] = Field(
        default=None, repr=False, description="Where it is sent; empty: off. Kept out of messages: it may be a secret."
    )
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict, repr=False)
    auth: Literal["none", "basic", "bearer"] = "none"
    username: str | None = Field(default=None, description="User of basic auth; the client's token is its password.")
    timeout_s: float = Field(default=10, gt=0, le=120)
    payload: dict[str, Expression] | tuple[Expression, ...] = Field(
        min_length=1, description="Jinja expression by key, or a plain list of facts."
    )

    @model_validator(mode="after")
    def _basic_has_a_user(self) -> Self:
        if (self.auth == "basic") != (self.username is not None):
            raise ValueError("username belongs to auth: basic, and auth: basic needs it")
        return self

    @property
    def is_on(self) -> bool:
        """Whether it is to be sent at all."""
        return self.enabled and self.url is not None


class Webhooks(BaseModel):
    """Every hook of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    hooks: tuple[Hook, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [hook.name for hook in self.hooks]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"named twice: {', '.join(doubled)}")
        return self

    def named(self, name: str) -> Hook:
        """Return a hook; raises ConfigError where there is none of that name."""
        for hook in self.hooks:
            if hook.name == name:
                return hook
        raise ConfigError([f"webhooks.yaml: has no hook {name}"])
