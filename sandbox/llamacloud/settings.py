"""What a simulated LlamaCloud decides by configuration."""

from dataclasses import dataclass, field


@dataclass
class LlamaCloudSettings:
    """Switches; they may be changed while it runs."""

    api_key: str = "llx-sandbox"
    agents: list[str] = field(default_factory=lambda: ["Creativex-Extract"])  # by name
    polls_to_finish: int | None = 1  # the poll that finds a job finished; 0 = finished at once, None = never
