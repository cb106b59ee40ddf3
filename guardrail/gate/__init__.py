"""What is not data: Terraform or OpenTofu at work, and code in a folder."""

from guardrail.gate.deployment import Deployment, apply, plan
from guardrail.gate.folder import read_folder
from guardrail.gate.terraform import Executable, find_executable, show

__all__ = [
    "Deployment",
    "Executable",
    "apply",
    "find_executable",
    "plan",
    "read_folder",
    "show",
]
