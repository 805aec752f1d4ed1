"""A stand-in for the AWS CLI, where a machine has none: what nodes call of it, on boto3, against the embedded AWS.

Operations take their arguments as the CLI does, by the service's own model; `s3 cp` and `s3 sync` know what nodes need.
The program that nodes call only passes on what it is told: boto3 takes most of a second to start.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore import xform_name

PROGRAM = f"""#!{sys.executable} -SE
import json, socket, sys
given = sys.stdin.read() if sys.argv[1:3] == ["s3", "cp"] and "-" == sys.argv[-4] else ""
with socket.socket(socket.AF_UNIX) as line:
    line.connect(SOCKET)
    with line.makefile("rw") as both:
        both.write(json.dumps([sys.argv[1:], given]) + "\\n")
        both.flush()
        code, out = json.loads(both.readline())
(sys.stderr if code else sys.stdout).write(out)
sys.exit(code)
"""


class Cli:
    """Answers the programs of all nodes of a test; `client` makes a client of a service."""

    def __init__(self, socket: Path, client: Callable[[str], Any]) -> None:
        self._client = client
        cli = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                words, given = json.loads(self.rfile.readline())
                try:
                    answer = 0, cli._call(words, given)
                except Exception as failure:
                    answer = 255, f"{failure}\n"
                self.wfile.write(json.dumps(answer).encode() + b"\n")

        self.program = PROGRAM.replace("SOCKET", repr(str(socket)))
        self.server = socketserver.ThreadingUnixStreamServer(str(socket), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _call(self, words: list[str], given: str) -> str:
        at = words.index("--region")
        words = words[:at] + words[at + 2 :]
        if words[0] == "s3":
            return _s3(self._client("s3"), words[1:], given)
        return _operation(self._client(words[0].removesuffix("api")), words[1].replace("-", "_"), words[2:])


def _s3(client: Any, words: list[str], given: str) -> str:
    source, target = [word for word in words[1:] if not word.startswith("--")][-2:]
    (bucket, _, key) = next(end for end in (source, target) if end.startswith("s3:"))[len("s3://") :].partition("/")
    if words[0] == "cp" and source == "-":
        client.put_object(Bucket=bucket, Key=key, Body=given.encode())
    elif words[0] == "cp" and target == "-":
        return str(client.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
    elif words[0] == "cp" and target.startswith("s3://"):
        client.upload_file(source, bucket, key)
    elif words[0] == "cp":
        client.download_file(bucket, key, target)
    elif source.startswith("s3://"):
        found = [one["Key"] for one in client.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])]
        files = {Path(target) / name.removeprefix(key): name for name in found}
        for file, name in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(bucket, name, str(file))
        for old in Path(target).rglob("*") if "--delete" in words else ():
            if old.is_file() and old not in files:
                old.unlink()
    else:
        for file in Path(source).rglob("*"):
            if file.is_file() and file.name != ".landform-restored":
                client.upload_file(str(file), bucket, key + file.relative_to(source).as_posix())
    return ""


def _operation(client: Any, operation: str, words: list[str]) -> str:
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    names = {xform_name(name, "-"): name for name in model.input_shape.members}
    asked: dict[str, Any] = {}
    while words:
        option = words.pop(0).removeprefix("--")
        values = []
        while words and not words[0].startswith("--"):
            values.append(words.pop(0))
        if option != "output":
            name = names[option.removeprefix("no-")]
            kind = model.input_shape.members[name].type_name
            numbers = [int(value) for value in values if value.isdigit()]
            forms = {"boolean": not option.startswith("no-"), "integer": next(iter(numbers), None), "list": values}
            asked[name] = forms.get(kind, next(iter(values), ""))
    answer = getattr(client, operation)(**asked)
    del answer["ResponseMetadata"]
    return json.dumps(answer, default=str) if answer else ""
