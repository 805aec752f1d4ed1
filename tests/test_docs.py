"""Pages that are written from the code: current, or ``make golden`` makes them so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from support.sam import CALLERS, NARROWER, SAM, WIDER

from landform.catalog.grants import KINDS, VERBS, Verb
from landform.catalog.images import IMAGES
from landform.catalog.managed import containers, processors
from landform.codes import CODES, GROUPS

INTRODUCTION = """\
# Diagnostics

Every finding has a code that stays, a fact and a remedy. `landform check` prints them with file, line and column;
`--format json|sarif|github` writes them for programs. Errors make the exit status 1, warnings do not.
This page is written from `compiler/landform/codes.py` by `make golden`.
"""


def diagnostics_page() -> str:
    out = [INTRODUCTION]
    for group, title in GROUPS.items():
        rows = [f"| {code} | {meaning} |\n" for code, meaning in sorted(CODES.items()) if code.startswith(group)]
        out.append(f"\n## {group}xx: {title}\n\n| code | meaning |\n| --- | --- |\n{''.join(rows)}")
    return "".join(out)


PERMISSIONS = """\
# Permissions

What an edge of a spec allows: no edge, no permission, and of each edge these actions and not one more. The actions on a
store's key are allowed through its service alone (`kms:ViaService`), with that key alone (`kms:ResourceAliases`).
`grants.json` of an output lists every permission beside its edge; `landform scan` proves from the plan that they are
sufficient, minimal and apart. This page is written from `compiler/landform/catalog/grants.py` by `make golden`.

| kind | verb | on the store | on what is in it | on its key | why |
| --- | --- | --- | --- | --- | --- |
"""

BESIDE_SAM = """
## Beside the connectors of AWS SAM

AWS's own answer to the same question, action by action: what our verbs leave out, what they add, and why. Where both
allow the same, the row says so.

| kind | verb | left out | added |
| --- | --- | --- | --- |
"""


CALLED = """
What calls a function is in the function's own policy, there and here: `lambda:InvokeFunction` for one service, bound to
what it speaks for.

| what calls | SAM's source | bound to | bound besides |
| --- | --- | --- | --- |
"""

ALONE = """
Narrower everywhere: SAM allows its actions on the whole store, and those on a bucket or a table on both what it is and
what is in it; here each action stands on what it is about alone, under the prefix that the edge names, with a key that
is used through that service only. SAM has no connector for these, whose actions were held against the Service
Authorization Reference alone: {}.
"""


def permissions_page() -> str:
    rows = (_permission(kind, verb, granted) for (kind, verb), granted in sorted(VERBS.items()))
    beside = (_difference(kind, verb) for kind, verb in sorted(SAM))
    callers = (_caller(name) for name in sorted(CALLERS))
    alone = ", ".join(f"{kind} {verb}" for kind, verb in sorted({*VERBS} - {*SAM, ("bucket", "trigger")}))
    return "".join([PERMISSIONS, *rows, BESIDE_SAM, *beside, CALLED, *callers, ALONE.format(alone)])


def _permission(kind: str, verb: str, granted: Verb) -> str:
    inside = granted.inside or KINDS[kind].content
    content = f"{_code(granted.content)} on `{inside}`" if granted.content else ""
    anywhere = f"{_code(granted.anywhere)} on `*`" if granted.anywhere else ""
    store = ", ".join(part for part in (_code(granted.store), anywhere) if part)
    return f"| {kind} | {verb} | {store} | {content} | {_code(granted.key)} | {granted.why} |\n"


def _difference(kind: str, verb: str) -> str:
    left, added = NARROWER.get((kind, verb), {}), WIDER.get((kind, verb), {})
    return f"| {kind} | {verb} | {_reasons(left) or 'nothing'} | {_reasons(added) or 'nothing'} |\n"


def _caller(name: str) -> str:
    source, theirs, more = CALLERS[name]
    bound = ", ".join(f"`{word}`" for word in theirs.split())
    return f"| {name} | `{source}` | {bound} | {_reasons(more) or 'nothing'} |\n"


def _reasons(actions: Mapping[str, str]) -> str:
    return "; ".join(f"`{action}`: {why}" for action, why in sorted(actions.items()))


def _code(actions: Iterable[str]) -> str:
    return ", ".join(f"`{action}`" for action in actions)


IMAGES_PAGE = """\
# Images

What `image` may name, by what runs it: a machine image where EC2 boots it, AWS's container of a framework where
SageMaker or Batch runs it, for processors or GPUs. Only a version that stands in two columns moves between them by a
change of `platform`. Everything else is given by its id (`{id: ami-…, root_device, arch, user}`, on EC2) or by the URI
of a container (on SageMaker and Batch; for SageMaker in ECR of the same region). Services on Lambda and Beanstalk have
no image: they have a `runtime` and a `stack`. A model that is served without an `image` of its own takes the container
that serves what its training's image made, where the last column has that version. This page is written from
`compiler/landform/catalog/` by `make golden`.

| `image` | `machines`, `train` and `serve` on ec2 | `train` on sagemaker, batch | `serve` on sagemaker |
| --- | --- | --- | --- |
"""


def images_page() -> str:
    names = dict.fromkeys([*IMAGES, *sorted({*containers("training"), *containers("hosting")})])
    return IMAGES_PAGE + "".join(_image(name) for name in names)


def _image(name: str) -> str:
    ours = IMAGES.get(name)
    booted = f"{', '.join(sorted(ours.parameters))}; patched until {ours.patched_until}" if ours else ""
    trained, served = (
        ", ".join(processors(name, purpose)) if name in containers(purpose) else ""
        for purpose in ("training", "hosting")
    )
    return f"| `{name}` | {booted} | {trained} | {served} |\n"


def test_the_page_of_images_is_current(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/images.md", images_page())


def test_the_page_of_permissions_is_current(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/permissions.md", permissions_page())


def test_the_page_of_diagnostics_is_current(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/diagnostics.md", diagnostics_page())


def test_every_code_is_in_a_group() -> None:
    assert {code[:4] for code in CODES} == set(GROUPS)
