"""What is not data: Terraform or OpenTofu at work, and code in a folder."""

from guardrail.gate.folder import read_folder
from guardrail.gate.terraform import Executable, find_executable, show

__all__ = ["Executable", "find_executable", "read_folder", "show"]
