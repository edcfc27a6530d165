"""Places where data lives: the shared platform, and each client instance."""

from dataclasses import dataclass

from domain.ids import FirmId, InstanceId


@dataclass(frozen=True)
class Platform:
    """The shared schema."""

    bind_key = "platform"


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One client's schema: all that is needed to reach it. `schema` is also the name of its login role."""

    id: InstanceId
    firm_id: FirmId | None
    slug: str
    name: str
    cluster: str
    schema: str

    bind_key = "instance"

    @property
    def role(self) -> str:
        return self.schema

    @property
    def owner_role(self) -> str:
        return f"{self.schema}_owner"


Place = Platform | Instance
