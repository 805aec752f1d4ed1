"""What a training is given and leaves, on platforms that bring it and take it away: where it lies, here and in S3."""

from typing import Final

from landform.plan import Batch, Edge, Host, Job
from landform.spec.work import Work, channel_variable, manifest_variable, source_variable

NOT_EXPORTED: Final = "only-landform-run-exports.manifest"
"""What a training without a job's own manifest is told of an export: a key that nobody writes.

Under the prefix lie all the exports that there ever were, each with all the rows: who starts a job otherwise than by
`landform run` must get none of them, and an error that says why.
"""


def folders(own: Job | Batch | Host, inputs: str, output: str) -> dict[str, str]:
    """Return where a training finds each of its inputs, and where it puts what it makes: variable → folder."""
    found = {channel_variable(name): f"{inputs}/{name}" for name in input_uris(own)}
    return found | ({"LANDFORM_OUTPUT": output} if isinstance(own.spec, Work) and own.spec.output else {})


def sources(own: Batch | Host) -> dict[str, str]:
    """Return where the objects of each input are brought from, where landform brings them: variable → URI."""
    exports = exported_inputs(own)
    found = {source_variable(name): place for name, place in input_uris(own).items() if name not in exports}
    return found | {manifest_variable(name): manifest for name, manifest in exports.items()}


def output_uri(own: Batch | Host) -> dict[str, str]:
    """Return under what the output is sent, where landform sends it: variable → URI."""
    edge = next((edge for edge in own.edges if edge.verb == "output"), None)
    return {"LANDFORM_OUTPUT_URI": uri(edge)} if edge else {}


def input_uris(own: Job | Batch | Host) -> dict[str, str]:
    """Return the URI of the objects of each input, by the name of its channel."""
    return {str(edge.path[3]): uri(edge) for edge in own.edges if edge.verb == "input"}


def exported_inputs(own: Job | Batch | Host) -> dict[str, str]:
    """Return, for each input that is an export, the manifest that a job is told of unless it has one of its own."""
    places = input_uris(own)
    exports = (str(edge.path[3]) for edge in own.edges if edge.verb == "export")
    return {name: f"{places[name]}{NOT_EXPORTED}" for name in exports if name in places}


def uri(edge: Edge) -> str:
    """Return the URI of the part of a bucket that an edge leads to."""
    return f"s3://{edge.store.name}/{edge.prefix or ''}"
