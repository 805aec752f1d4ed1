"""The services of the sample `recommender`, run as their hosts run them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

SERVICES = Path(__file__).parents[2] / "specs" / "services"


@contextmanager
def running(name: str, **told: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "LANDFORM_PORT": str(port), **told}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=SERVICES / name, env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def asked(url: str) -> tuple[int, Any]:
    for _ in range(100):
        try:
            with urlopen(url, timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)
        except URLError:
            time.sleep(0.1)
    raise AssertionError(url)


def test_candidates_come_back_ranked() -> None:
    with running("rank") as rank, running("recommend", LANDFORM_SERVE_RANK=rank) as recommend:
        assert asked(f"{rank}/ping")[0] == 200
        assert asked(f"{recommend}/ping") == (200, {"well": True})
        assert asked(f"{recommend}/recommend?item=tea&item=coffee&item=ale") == (
            200,
            {"items": ["ale", "tea", "coffee"]},
        )
        assert asked(f"{recommend}/recommend")[0] == 400
        assert asked(f"{recommend}/")[0] == 404


def test_without_a_ranking_it_says_so() -> None:
    with running("recommend", LANDFORM_SERVE_RANK="http://127.0.0.1:9") as recommend:
        assert asked(f"{recommend}/recommend?item=tea")[0] == 503
