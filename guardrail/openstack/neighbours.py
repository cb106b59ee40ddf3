"""What the other services of the cloud show to the same caller: labels of sources.

A server is made of an image of Glance or a volume of Cinder, and as sensitive as these.
So the service that has them is asked, with the caller's token, at the address that the
catalogue of Keystone gives.

Source: keystonemiddleware 11.0, auth_token, header `X-Service-Catalog`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from guardrail.errors import InputError
from guardrail.model import Memory, say
from guardrail.openstack.bodies import listed, mapping, text
from guardrail.openstack.call import Environ, NotThereError
from guardrail.openstack.projects import UnavailableError
from guardrail.openstack.settings import Neighbours as Stated

_TYPES = {
    "image": ("image",),
    "volume": ("block-storage", "volumev3", "block-store", "volume"),
}
_ROOTS = {"image": "/v2", "volume": ""}
"""What a path begins with, beyond what the catalogue names."""
_VERSIONS = {"volume": {"OpenStack-API-Version": "volume 3.59"}}
_REMEMBERED = 4096
_LARGEST = 1 << 14
"""Bytes of an answer, beyond which it is not remembered."""
_MOST = 16
"""How many sources one request may name."""


class _Caller(msgspec.Struct, frozen=True):
    """Who asks, and the time that is left for it."""

    environ: Environ
    left_s: Callable[[], float]


class Neighbours:
    """The other services, asked once in a while for each thing."""

    def __init__(
        self,
        stated: Stated,
        region: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing has been asked yet."""
        self._stated, self._region, self._clock = stated, region, clock
        self._known: Memory[tuple[bytes, float]] = Memory(_REMEMBERED)
        self._session: Any = None

    def of(
        self, environ: Environ, left_s: Callable[[], float] = lambda: math.inf
    ) -> Callable[..., Mapping[str, Any]]:
        """What shows the caller of one request the thing at a path of a service.

        `left_s` is the time that the request may still take.
        """
        numbers = iter(range(_MOST))
        caller = _Caller(environ, left_s)

        def show(service: str, *path: str) -> Mapping[str, Any]:
            if next(numbers, None) is None:
                raise InputError(say("it names more than {} sources", str(_MOST)))
            return self._shown(caller, service, path)

        return show

    def _shown(
        self, caller: _Caller, service: str, path: tuple[str, ...]
    ) -> Mapping[str, Any]:
        """The thing, as it is now or was shortly before.

        Raises:
            NotThereError: The service does not show it.
            UnavailableError: The service cannot be asked.
        """
        key = (service, path, caller.environ.get("HTTP_X_PROJECT_ID", ""))
        content, told = self._known.of(
            key, lambda: (self._get(caller, service, path), self._clock())
        )
        late = self._clock() - told > self._stated.ttl_s
        if late or len(content) > _LARGEST:
            self._known.forget(key)
        if late:
            return self._shown(caller, service, path)
        found: dict[str, Any] = msgspec.json.decode(content, type=dict)
        return found

    def _get(self, caller: _Caller, service: str, path: tuple[str, ...]) -> bytes:
        """The JSON object that the service answers with.

        Raises:
            NotThereError: The service does not show it.
            UnavailableError: The service cannot be asked, or not in time.
        """
        from keystoneauth1.exceptions import ClientException

        left_s, environ = caller.left_s(), caller.environ
        if left_s <= 0:
            raise UnavailableError(f"no time is left to ask for a {service}")
        silent = f"the service for a {service} did not say what it is"
        named = "/".join(quote(one, safe="") for one in path)
        url = f"{self._address(environ, service)}{_ROOTS[service]}/{named}"
        headers = {
            "X-Auth-Token": environ.get("HTTP_X_AUTH_TOKEN", ""),
            "Accept": "application/json",
            **_VERSIONS.get(service, {}),
        }
        try:
            answer = self._http().get(
                url,
                headers=headers,
                authenticated=False,
                redirect=False,
                raise_exc=False,
                log=False,
                timeout=min(self._stated.timeout_s, left_s),
            )
        except ClientException as error:
            raise UnavailableError(silent) from error
        if answer.status_code in {401, 403, 404}:
            raise NotThereError
        try:
            msgspec.json.decode(answer.content, type=dict)
        except msgspec.MsgspecError as error:
            raise UnavailableError(silent) from error
        if answer.status_code != 200:
            raise UnavailableError(silent)
        return bytes(answer.content)

    def _http(self) -> Any:
        if self._session is None:
            from keystoneauth1.session import Session

            self._session = Session(verify=self._stated.ca_file or True)
        return self._session

    def _address(self, environ: Environ, service: str) -> str:
        """Where the catalogue says that a service is.

        Raises:
            UnavailableError: It does not say.
        """
        try:
            catalogue = msgspec.json.decode(environ["HTTP_X_SERVICE_CATALOG"])
        except (KeyError, msgspec.MsgspecError) as error:
            raise UnavailableError("the catalogue of services is not there") from error
        for found in self._addresses(catalogue, service):
            return found.rstrip("/").removesuffix("/v2")
        raise UnavailableError(f"the catalogue names no service for a {service}")

    def _addresses(self, catalogue: object, service: str) -> Iterator[str]:
        for kind in _TYPES[service]:
            for entry in listed(catalogue):
                for endpoint in map(mapping, listed(entry.get("endpoints"))):
                    named = self._region in {"", endpoint.get("region")}
                    url = text(endpoint.get(f"{self._stated.interface}URL"))
                    if entry.get("type") == kind and named and url:
                        yield url
