"""The provider as a gRPC service of this process, which any number of Terraform runs attach to."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc

from .schema import get_schema_response

SCHEMA = Path(__file__).with_name("aws-6.62.0.schema.json.gz")
ADDRESS = "registry.terraform.io/hashicorp/aws"

Method = Callable[[bytes], bytes]


@contextmanager
def serve(schema: Path = SCHEMA) -> Iterator[dict[str, str]]:
    """Serve a schema; gives the environment in which Terraform attaches to it instead of starting a provider."""
    with tempfile.TemporaryDirectory(prefix="schema-provider-") as folder:
        socket = str(Path(folder, "socket"))
        server = _server(get_schema_response(schema))
        server.add_insecure_port(f"unix:{socket}")
        server.start()
        try:
            yield {"TF_REATTACH_PROVIDERS": json.dumps({ADDRESS: _reattach(socket)})}
        finally:
            server.stop(grace=None).wait()


def _reattach(socket: str) -> dict[str, object]:
    """What Terraform wants to know; as a `Test` it leaves the process alone when it is done."""
    return {
        "Protocol": "grpc",
        "ProtocolVersion": 5,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": socket},
    }


def _server(schema: bytes) -> grpc.Server:
    def no_objection(_: bytes) -> bytes:
        return b""

    # The prepared configuration is field 1 of the answer as the given one is of the question.
    def unchanged(request: bytes) -> bytes:
        return request

    provider: dict[str, Method] = {
        "GetSchema": lambda _: schema,
        "PrepareProviderConfig": unchanged,
        "ValidateResourceTypeConfig": no_objection,
        "ValidateDataSourceConfig": no_objection,
        "Configure": no_objection,
        "Stop": no_objection,
    }
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(max_workers=4), options=unlimited)
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "tfplugin5.Provider", {name: _answering(method) for name, method in provider.items()}
            ),
            # go-plugin listens to a plugin's output; there is none.
            grpc.method_handlers_generic_handler(
                "plugin.GRPCStdio",
                {"StreamStdio": grpc.unary_stream_rpc_method_handler(lambda _request, _context: iter(()))},
            ),
        )
    )
    return server


def _answering(method: Method) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(lambda request, _context: method(request))
