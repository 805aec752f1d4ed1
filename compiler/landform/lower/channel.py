"""What a training is given and leaves, on platforms that bring it and take it away: where it lies, here and in S3."""

from landform.plan import Batch, Edge, Job
from landform.spec.work import channel_variable


def folders(own: Job | Batch, inputs: str, output: str) -> dict[str, str]:
    """Return where a training finds each of its inputs, and where it puts what it makes: variable → folder."""
    found = {channel_variable(name): f"{inputs}/{name}" for name in input_uris(own)}
    return found | ({"LANDFORM_OUTPUT": output} if own.spec.output else {})


def input_uris(own: Job | Batch) -> dict[str, str]:
    """Return the URI of the objects of each input, by the name of its channel."""
    return {str(edge.path[3]): uri(edge) for edge in own.edges if edge.verb == "input"}


def uri(edge: Edge) -> str:
    """Return the URI of the part of a bucket that an edge leads to."""
    return f"s3://{edge.store.name}/{edge.prefix or ''}"
