"""What the services of the minicloud read, and the guard in front of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template

from tests.openstack.services import GUARDED
from tests.openstack.tools import FIXTURES
from tests.unit.openstack.made import OWN_CLOUD

# The context filter, whatever a service calls it; ours comes after it, in every pipeline.
_CONTEXT = re.compile(
    r"^(\S+ = .*\b(?:keystonecontext|authtoken context))\b", re.MULTILINE
)
_FOLDERS = (
    "run", "log", "guardrail", "rabbit/mnesia", "rabbit/log", "data/images",
    "data/staging", "data/tasks", "data/nova/instances", "data/nova-second/instances",
    "data/cinder", "data/neutron", "data/manila", "data/swift/disk",
)  # fmt: skip
ADMISSION = """
cloud: {{auth_url: "https://keystone.cloud.example/v3", region: RegionOne}}
organisation: guardrail.yaml
keystone: {{cloud: minicloud, clouds_yaml: "{clouds}", ttl_s: 0.2, timeout_s: 120}}
budget: {{time_s: 120}}  # what is tested is the answer, not how busy the machine is
mode: {mode}
reload_s: 0.2
"""
CLOUDS = """
clouds:
  minicloud:
    auth: {{auth_url: "{auth_url}", username: admin, password: {password},
           project_name: admin, user_domain_id: default, project_domain_id: default}}
    region_name: RegionOne
"""


class Files:
    """The files in `folder`; one that is changed is never seen by halves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clouds = folder / "clouds.yaml"
        self._usual: dict[Path, str] = {}

    def write(self, venv: Path, stated: Mapping[str, str]) -> None:
        """Make them all, with what is stated of the cloud."""
        for name in _FOLDERS:
            (self.folder / name).mkdir(parents=True)
        (self.folder / "rabbit" / "plugins").write_text("[].")
        self._usual[self.clouds] = CLOUDS.format_map(stated)
        for path in (FIXTURES / "etc").glob("*.conf"):
            target = self.folder / "etc" / path.stem.partition("-")[0]
            target.mkdir(parents=True, exist_ok=True)
            text = Template(path.read_text()).substitute(stated)
            (target / path.name).write_text(text)
            self._usual[target / "policy.yaml"] = "{}\n"
        nova = self.folder / "etc" / "nova"
        parts = [
            (nova / f"{name}.conf").read_text() for name in ("nova-common", "nova")
        ]
        (nova / "nova.conf").write_text("".join(parts))
        filters = venv / "etc" / "cinder" / "resource_filters.json"
        shutil.copy(filters, self.folder / "etc" / "cinder")
        for service, paste in GUARDED.items():
            self._guard(service, (venv / "etc" / paste).read_text())
        (self.folder / "guardrail" / "guardrail.yaml").write_text(OWN_CLOUD)
        for name in ("admission", "policy-admission"):
            path = self.folder / "guardrail" / f"{name}.yaml"
            self._usual[path] = self._admission("enforce")
        self.restore()

    def policy(self, service: str, rule: str) -> None:
        """Let a service ask for one rule."""
        put(self.folder / "etc" / service / "policy.yaml", rule + "\n")

    def observe(self) -> None:
        """Let the filter observe; the rule check goes on to enforce."""
        put(self.folder / "guardrail" / "admission.yaml", self._admission("observe"))

    def restore(self) -> bool:
        """Whether anything that tests change was not as usual; now it is."""
        changed = {
            path: text
            for path, text in self._usual.items()
            if not path.exists() or path.read_text() != text
        }
        for path, text in changed.items():
            put(path, text)
        return bool(changed)

    def _admission(self, mode: str) -> str:
        return ADMISSION.format(clouds=self.clouds, mode=mode)

    def _guard(self, service: str, paste: str) -> None:
        """Put the filter into every pipeline of a paste file that knows who asks."""
        text, places = _CONTEXT.subn(r"\1 guardrail", paste)
        assert places, f"no pipeline of {service} has a context"
        text += (
            "\n[filter:guardrail]\n"
            "use = egg:guardrail#admission\n"
            f"service = {service}\n"
            f"config = {self.folder / 'guardrail' / 'admission.yaml'}\n"
        )
        (self.folder / "etc" / service / "api-paste.ini").write_text(text)


def put(path: Path, text: str) -> None:
    """Write a file that others read at this moment."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text)
    part.replace(path)
