"""Text that looks like a template: it comes out of Terraform as it went into the spec, values and keys alike."""

import json
import subprocess
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from landform.emit.terraform import main_tf_json
from landform.root import Module, Provider, Root

HOSTILE = [
    '${file("/proc/self/environ")}',
    "${aws_x.y.z}",
    "%{ for x in y }%{ endfor }",
    "$${x}",
    "$$${x}",
    "$$$${x}",
    "%%{x}",
    "%%%{x}",
    "${",
    "%{",
    "$",
    "$$",
    "${}",
    "${TfToken[TOKEN.0]}",
    "TfToken[TOKEN.0]",
    "#{TfToken[TOKEN.0]}",
    "$TfToken[",
    "TfToken[TfToken[",
    'TfToken${"["}',
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{# no #}",
    "'; rm -rf / #",
    '"\\"',
    "\\${x}",
    "line\nbreak\ttab",
    "müll 日本 \u202e😀",
    "//",
    "__proto__",
    "constructor",
    "toString",
    "$jsii.byref",
    "$jsii.date",
    "-1.8881545897087626e+289",
    " ",
    "",
]

ECHO = """
variable "list" { type = any }
variable "map" { type = any }
output "list" { value = var.list }
output "map" { value = var.map }
"""

pieces = st.sampled_from(
    ["${", "%{", "$", "%", "{", "}", "TfToken[", "TOKEN.0]", "\\", '"', "//", "a", " ", "~", "[", "\n"]
)
combined = st.lists(pieces, max_size=7).map("".join)


def through_terraform(folder: Path, texts: list[str]) -> dict[str, Any]:
    """Write the texts as variables of a module, as tags and as an output; return what Terraform plans."""
    tags = {text or "empty": text for text in texts}
    root = Root(
        name="t",
        providers=(Provider("us-east-1", None, "123456789012", tags),),
        modules=(Module("echo", "echo", None, {"list": texts, "map": tags}, ()),),
        moved=(),
        outputs={"plain": ("Texts.", {"list": texts, "map": tags})},
        backend=None,
    )
    document = json.loads(main_tf_json(root))
    (aws,) = document.pop("provider")["aws"]
    del document["terraform"]
    document["output"]["tags"] = {"value": aws["default_tags"][0]["tags"]}
    document["output"]["echo"] = {"value": {"list": "${module.echo.list}", "map": "${module.echo.map}"}}
    out = folder / "generated" / "t" / "development"
    echo = folder / "modules" / "echo"
    for each in (out, echo):
        each.mkdir(parents=True, exist_ok=True)
    (echo / "main.tf").write_text(ECHO)
    (out / "main.tf.json").write_text(json.dumps(document))
    for arguments in (["init", "-input=false"], ["plan", "-input=false", "-out=plan"]):
        run = subprocess.run(
            ["terraform", *arguments, "-no-color"], cwd=out, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
    shown = subprocess.run(["terraform", "show", "-json", "plan"], cwd=out, capture_output=True, check=True).stdout
    planned: dict[str, Any] = json.loads(shown)["planned_values"]["outputs"]
    return {name: output["value"] for name, output in planned.items()}


def expected(texts: list[str]) -> dict[str, Any]:
    tags = {text or "empty": text for text in texts}
    both = {"list": texts, "map": tags}
    return {"plain": both, "echo": both, "tags": tags}


def test_hostile_texts_come_out_as_they_went_in(tmp_path: Path) -> None:
    assert through_terraform(tmp_path, HOSTILE) == expected(HOSTILE)


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.large_base_example,
        HealthCheck.data_too_large,
    ],
)
@given(st.lists(combined, min_size=300, max_size=300))
def test_any_combination_comes_out_as_it_went_in(tmp_path: Path, texts: list[str]) -> None:
    assert through_terraform(tmp_path, texts) == expected(texts)
