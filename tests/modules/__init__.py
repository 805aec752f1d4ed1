"""The Terraform modules, by Terraform's own means."""
