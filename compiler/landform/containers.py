"""What a container of Batch is brought: known to what asks for one, and to what runs one in a rehearsal."""

from typing import Final

FOLDER: Final = "/opt/landform"
"""Where everything stands in it that is not the image's own: code, inputs, checkpoints and output."""
