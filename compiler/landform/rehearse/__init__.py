"""Compiled trees tried out: the real Terraform and AWS provider against an embedded AWS on this machine."""
