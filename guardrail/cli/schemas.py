"""The JSON Schemas that are published: of every file of policies and of reports.

`make schema` writes them to `policies/schema/`, for editors and for readers of reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from guardrail.classification import Inference, Vocabulary
from guardrail.configuration import File
from guardrail.decision import Derogation
from guardrail.library import ROOMS, Catalogued
from guardrail.platforms import Platform
from guardrail.reports.explain_v1 import Explanation
from guardrail.reports.report_v1 import Report
from guardrail.shapes import schema_of

_FORMS: Mapping[str, Any] = {
    **ROOMS,
    "catalogue": Catalogued,
    "classes": Vocabulary,
    "derogation": Derogation,
    "guardrail": File,
    "platforms": Platform,
    "inferred": Inference,
}


def schemas() -> dict[str, bytes]:
    """The name of each file of a schema, and what is in it."""
    documents = {name: schema_of(form) for name, form in _FORMS.items()}
    # A report may gain keys, so its schema is left open.
    dialect = documents["guardrail"]["$schema"]
    for name, form in (("report-v1", Report), ("explanation-v1", Explanation)):
        documents[name] = {"$schema": dialect, **msgspec.json.schema(form)}
    return {
        f"{name}.schema.json": _written(document)
        for name, document in documents.items()
    }


def write_schemas(folder: Path) -> None:
    """Write every schema into `folder`."""
    folder.mkdir(exist_ok=True)
    for name, content in schemas().items():
        (folder / name).write_bytes(content)


def _written(document: Mapping[str, Any]) -> bytes:
    encoded = msgspec.json.encode(document, order="deterministic")
    return msgspec.json.format(encoded, indent=2) + b"\n"
