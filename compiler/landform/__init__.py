"""landform compiles a YAML spec of a machine-learning system to Terraform for AWS."""

__version__ = "0.1.0"
