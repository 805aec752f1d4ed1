"""A look at one bucket that stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bucket:
    """What S3 says about one bucket; a configuration that it does not have reads as empty."""

    s3: Any
    name: str

    def _ask(self, operation: str, key: str) -> Any:
        try:
            return getattr(self.s3, operation)(Bucket=self.name).get(key)
        except self.s3.exceptions.ClientError as missing:
            if missing.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise

    @property
    def encrypted(self) -> bool:
        """Whether a default encryption was set."""
        return bool(self._ask("get_bucket_encryption", "ServerSideEncryptionConfiguration"))

    @property
    def closed(self) -> bool:
        """Whether all four blocks of public access are on."""
        blocks = self._ask("get_public_access_block", "PublicAccessBlockConfiguration") or {}
        return len(blocks) == 4 and all(blocks.values())

    @property
    def tls_only(self) -> bool:
        """Whether a statement denies everyone what comes without TLS."""
        policy = json.loads(self._ask("get_bucket_policy", "Policy") or '{"Statement": []}')
        return any(
            s["Effect"] == "Deny"
            and s["Principal"] in ("*", {"AWS": "*"})
            and s["Action"] in ("s3:*", ["s3:*"])
            and s.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") in ("false", ["false"])
            for s in policy["Statement"]
        )

    @property
    def versioning(self) -> str:
        """``Enabled``, ``Suspended`` or nothing."""
        return str(self._ask("get_bucket_versioning", "Status") or "")
