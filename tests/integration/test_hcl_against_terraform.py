"""What we say is known is what Terraform has: expressions and whole configurations."""

from __future__ import annotations

import functools
import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from guardrail.inputs.hcl import Source, Tree, from_directory
from guardrail.inputs.hcl.cty import Type, Unk, Val, plain
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.inputs.hcl.syntax import json_code
from tests.conftest import ROOT

pytestmark = pytest.mark.terraform

HEAD = (ROOT / "tests/integration/hcl/head.tf").read_text()
EXPRESSIONS = [
    line
    for line in (ROOT / "tests/integration/hcl/expressions.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")
]
