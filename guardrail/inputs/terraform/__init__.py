"""Terraform and OpenTofu: the plan as JSON."""
