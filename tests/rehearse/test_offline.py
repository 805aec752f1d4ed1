"""What a plan asks AWS although nothing stands."""

import json
import urllib.error
import urllib.request

import pytest

from landform.rehearse.offline import answering, judged


def asked(endpoint: str, question: str, body: object) -> dict[str, str]:
    request = urllib.request.Request(endpoint, json.dumps(body).encode(), {"X-Amz-Target": question})
    with urllib.request.urlopen(request) as answer:
        found: dict[str, str] = json.loads(answer.read())
    return found


def test_a_definition_is_judged_and_nothing_else_is_answered() -> None:
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    with answering() as target:
        question = "AWSStepFunctions.ValidateStateMachineDefinition"
        assert asked(target.endpoint, question, {"definition": definition})["result"] == "OK"
        with pytest.raises(urllib.error.HTTPError, match="400"):
            asked(target.endpoint, "AWSStepFunctions.CreateStateMachine", {})


@pytest.mark.parametrize(
    "definition",
    ["", "{}", "[]", '{"StartAt": "B", "States": {"A": {}}}', '{"StartAt": "A", "States": {"A": {"Next": "B"}}}'],
)
def test_a_definition_that_leads_nowhere_is_refused(definition: str) -> None:
    assert judged(definition)["result"] == "FAIL"
