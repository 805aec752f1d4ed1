"""The section `data`: what a system keeps."""

from typing import Annotated

from pydantic import Field

from landform.spec.data.bucket import Bucket
from landform.spec.data.efs import Efs
from landform.spec.data.lustre import Lustre
from landform.spec.data.queue import Queue
from landform.spec.data.stream import Stream
from landform.spec.data.table import Table

Entry = Annotated[Bucket | Efs | Lustre | Queue | Stream | Table, Field(discriminator="kind")]
"""What `data` holds, told apart by its kind."""

__all__ = ["Bucket", "Efs", "Entry", "Lustre", "Queue", "Stream", "Table"]
