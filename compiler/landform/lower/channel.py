"""What a training is given and leaves, on platforms that bring it and take it away: where it lies, here and in S3."""

from landform.plan import Batch, Edge, Host, Job
from landform.spec.work import Work, channel_variable, source_variable


def folders(own: Job | Batch | Host, inputs: str, output: str) -> dict[str, str]:
    """Return where a training finds each of its inputs, and where it puts what it makes: variable → folder."""
    found = {channel_variable(name): f"{inputs}/{name}" for name in input_uris(own)}
    return found | ({"LANDFORM_OUTPUT": output} if isinstance(own.spec, Work) and own.spec.output else {})


def sources(own: Batch | Host) -> dict[str, str]:
    """Return where the objects of each input are brought from, where landform brings them: variable → URI."""
    return {source_variable(name): place for name, place in input_uris(own).items()}


def output_uri(own: Batch | Host) -> dict[str, str]:
    """Return under what the output is sent, where landform sends it: variable → URI."""
    edge = next((edge for edge in own.edges if edge.verb == "output"), None)
    return {"LANDFORM_OUTPUT_URI": uri(edge)} if edge else {}


def input_uris(own: Job | Batch | Host) -> dict[str, str]:
    """Return the URI of the objects of each input, by the name of its channel."""
    return {str(edge.path[3]): uri(edge) for edge in own.edges if edge.verb == "input"}


def uri(edge: Edge) -> str:
    """Return the URI of the part of a bucket that an edge leads to."""
    return f"s3://{edge.store.name}/{edge.prefix or ''}"
