"""KMS: keys that AWS manages, which nobody can delete."""

from __future__ import annotations

from moto.kms.models import KmsBackend

from landform.rehearse.extensions import method_of

_new_default_key = KmsBackend._generate_default_keys


@method_of(KmsBackend)
def _generate_default_keys(self: KmsBackend, alias_name: str) -> str | None:
    """moto makes the key behind an alias of AWS when somebody asks for it, and says that it is the customer's."""
    key = _new_default_key(self, alias_name)
    if key is not None:
        self.keys[key].key_manager = "AWS"
    return key
