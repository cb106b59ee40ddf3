"""A cloud as the credentials of an entry of clouds.yaml, or of the client, reach it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from os_service_types import ServiceTypes

from guardrail.errors import ConfigurationError, InputError
from guardrail.openstack.asking import Asking
from guardrail.openstack.bodies import listed, text
from guardrail.openstack.read_only import read_only

if TYPE_CHECKING:
    from openstack.config.cloud_region import CloudRegion

_TYPES = ServiceTypes()
logging.getLogger("keystoneauth").addHandler(logging.NullHandler())  # gaps tell it
REMEDY = "Install it: pip install 'guardrail[openstack]'"


def configured(name: str | None, region: str | None) -> CloudRegion:
    """The entry of clouds.yaml, or the environment, that `name` and `region` choose.

    Raises:
        ConfigurationError: openstacksdk is not there, or the entry is not.
    """
    try:
        from keystoneauth1.exceptions import AuthPluginException
        from openstack.config import OpenStackConfig
        from openstack.exceptions import ConfigException
    except ImportError as error:
        raise ConfigurationError(
            "openstacksdk is not installed", remedy=REMEDY
        ) from error
    stated: dict[str, Any] = {"region_name": region} if region else {}
    try:
        return OpenStackConfig().get_one(cloud=name, **stated)
    except (ConfigException, AuthPluginException) as error:
        raise ConfigurationError(
            "there is no such cloud or region in a clouds.yaml, or it lacks what it "
            "takes to reach it",
            where=name or "--os-cloud",
        ) from error


class Cloud:
    """Who asks, where, and the services that the catalogue lists."""

    def __init__(
        self,
        config: CloudRegion,
        budget_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a token; from here on everything only reads.

        Raises:
            InputError: Keystone gives no token for a project.
        """
        from keystoneauth1.exceptions import ClientException

        self._config, self._budget_s, self._clock = config, budget_s, clock
        self._session = config.get_session()
        asked = read_only(self._session, lambda: budget_s)
        auth: Any = asked.auth
        self.auth_url = text(getattr(auth, "auth_url", ""))
        self.name = text(config.name) or self.auth_url
        try:
            access = auth.get_access(asked)
        except (ClientException, AttributeError) as error:
            raise InputError(
                f"Keystone gives no token ({type(error).__name__})",
                where=self.name,
                remedy="Try `openstack token issue` with the same cloud",
            ) from error
        self.project = text(access.project_id)
        if not self.project:
            raise InputError(
                "the credentials are for no project",
                where=self.name,
                remedy="State one, as project_name in clouds.yaml or OS_PROJECT_NAME",
            )
        self.administers = "admin" in access.role_names
        """Whether every service shows them the things of every project."""
        self._catalogue: Sequence[Mapping[str, Any]] = listed(
            access.service_catalog.catalog
        )
        unknown = sorted({*self.regions} - {*self.known_regions})
        if unknown or not self.regions:
            raise InputError(
                "the catalogue has no such region",
                where=", ".join(unknown) or self.name,
                remedy=f"There are: {', '.join(self.known_regions)}",
            )

    @property
    def known_regions(self) -> list[str]:
        """The regions that the catalogue lists."""
        return sorted(
            {
                text(endpoint.get("region_id")) or text(endpoint.get("region"))
                for service in self._catalogue
                for endpoint in listed(service.get("endpoints"))
            }
            - {""}
        )

    @property
    def regions(self) -> list[str]:
        """The regions to look at: the one that is configured, else all."""
        stated = text(self._config.get_region_name())
        return [stated] if stated else self.known_regions

    def lists(self, kind: str, region: str) -> bool:
        """Whether the catalogue has a service in a region, for whomever."""
        types = {kind, *_TYPES.get_all_types(kind)}
        types.add(text(self._config.get_service_type(kind)))
        return bool(self._config.get_endpoint(kind)) or any(
            region in (endpoint.get("region_id"), endpoint.get("region"))
            for service in self._catalogue
            if service.get("type") in types
            for endpoint in listed(service.get("endpoints"))
        )

    def others(self, kinds: Collection[str]) -> list[str]:
        """The services of the catalogue that are none of `kinds`."""
        known = {one for kind in kinds for one in (kind, *_TYPES.get_all_types(kind))}
        known |= {text(self._config.get_service_type(kind)) for kind in kinds}
        return sorted({text(one.get("type")) for one in self._catalogue} - known)

    def service(
        self, kind: str, version: str, region: str | None, **how: Any
    ) -> Asking:
        """A service in a region, or in any, with its whole budget of time."""
        config = self._config
        terms = {
            "service_type": config.get_service_type(kind),
            "service_name": config.get_service_name(kind),
            "interface": config.get_interface(kind),
            "region_name": region,
            "endpoint_override": config.get_endpoint(kind),
            "min_version": version,
            "max_version": f"{version.partition('.')[0]}.latest",
            **how,
        }
        if not version:
            del terms["min_version"], terms["max_version"]
        return Asking(self._session, terms, self._budget_s, self._clock)
