"""The installed services, loaded once. Import errors are never swallowed; nothing reloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from alongside.kernel.questions import check_questions
from alongside.kernel.services import EntryKind, ServiceSpec


class Registry:
    """Services by name and entry kinds by name, fixed once filled."""

    def __init__(self) -> None:
        self._services: Mapping[str, ServiceSpec] = MappingProxyType({})
        self._kinds: Mapping[str, EntryKind] = MappingProxyType({})

    def fill(self, specs: list[ServiceSpec]) -> None:
        if self._services:
            raise RuntimeError("The registry is filled once, at start-up.")
        services: dict[str, ServiceSpec] = {}
        kinds: dict[str, EntryKind] = {}
        for spec in specs:
            _check(spec, services, kinds)
            services[spec.name] = spec
            kinds.update({kind.name: kind for kind in spec.kinds})
        self._services, self._kinds = MappingProxyType(services), MappingProxyType(kinds)

    @property
    def services(self) -> Mapping[str, ServiceSpec]:
        return self._services

    @property
    def kinds(self) -> Mapping[str, EntryKind]:
        return self._kinds

    def __iter__(self) -> Iterator[ServiceSpec]:
        return iter(self._services.values())

    def service_of(self, kind: str) -> ServiceSpec:
        return self._services[kind.partition(".")[0]]


def _check(spec: ServiceSpec, services: Mapping[str, ServiceSpec], kinds: Mapping[str, EntryKind]) -> None:
    if not isinstance(spec, ServiceSpec):
        raise TypeError(f"{spec!r} is not a ServiceSpec")
    if spec.name in services:
        raise ValueError(f"Service {spec.name!r} is listed twice in config/services.py")
    for kind in spec.kinds:
        if not kind.name.startswith(f"{spec.name}."):
            raise ValueError(f"Kind {kind.name!r} must start with its service's name, {spec.name!r}")
        if kind.name in kinds:
            raise ValueError(f"Kind {kind.name!r} is declared twice")
        if set(kind.upgrades) != set(range(1, kind.version)):
            raise ValueError(f"Kind {kind.name!r} can't read all its older versions")
        check_questions(kind.name, kind.payload.model_fields, kind.questions)


registry = Registry()
