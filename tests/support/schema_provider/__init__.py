"""A provider that knows the schema of aws 6.62 and nothing else.

Real Terraform type-checks a configuration against it (`validate`), and runs tests whose provider is a mock on it
(`test`), without the 700 MB of the real provider and the seconds it takes to start. It checks names, types and
flags; no value, and it plans and creates nothing. README.md says where the schema comes from and what it lacks.
"""

from .server import serve

__all__ = ["serve"]
