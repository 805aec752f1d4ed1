"""The state machine that an alarm starts: admit → wait for labels → gather → train → judge → register → deploy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from landform.emit.loop.states import State, States, caught, choice, machine, retry, said, settings, step
from landform.emit.loop.training import Trainer, managed_job, training

APPROVAL_SECONDS: Final = 7 * 86_400
"""How long a person is waited for; after that the champion stays."""

REFUSED: Final = "Refused"
"""The error by which a person refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraining:
    """What the machine is made of.

    `function` is the ARN of the steps, `deployer` of the machine that deploys, `topics` of those that are told.
    `trainer` says what trains.
    `settings` goes to every step; times are in seconds: `training` the longest job,
    `deploying` the longest deployment, `whole` the longest run with all its waits.
    """

    watch: str
    function: str
    deployer: str
    topics: tuple[str, ...]
    trainer: Trainer
    manual: bool
    training: int
    deploying: int
    whole: int
    settings: Mapping[str, Any]


def retraining(own: Retraining) -> State:
    """Return the machine's definition."""
    states = {**_gathered(own), **_judged(own), **_deployed(own), **_ended(own)}
    return machine(f"Retrains what {own.watch} watches, when it has drifted.", states, own.whole)


def _of(own: Retraining, name: str, hands: tuple[str, ...], into: str, then: str, *catch: State) -> State:
    return step(own.function, name, ("settings", *hands), into, then, [*catch, caught("Failed")])


def _gathered(own: Retraining) -> States:
    """From the alarm to the rows that are learnt from."""
    trained = next(iter(_training(own)))
    return {
        **settings(own.settings, "Alarm"),
        "Alarm": {"Type": "Pass", "InputPath": "$.detail", "ResultPath": "$.alarm", "Next": "Admit"},
        "Admit": step(own.function, "admit", ("settings", "alarm"), "admission", "Admitted", [caught("Unreported")]),
        "Admitted": choice(
            "Over",
            ("$.admission.answer.decision", "run", "Count"),
            ("$.admission.answer.decision", "wait", "Rest"),
            ("$.admission.answer.decision", "page", "Page"),
        ),
        "Rest": {"Type": "Wait", "SecondsPath": "$.admission.answer.seconds", "Next": "Admit"},
        "Over": {"Type": "Succeed"},
        "Count": _of(own, "count", ("alarm", "admission"), "labelled", "Labelled"),
        "Labelled": choice(
            "Await labels",
            ("$.labelled.answer.ready", True, "Gather"),
            ("$.labelled.answer.late", True, "Unlabelled"),
        ),
        "Await labels": {"Type": "Wait", "SecondsPath": "$.labelled.answer.seconds", "Next": "Count"},
        "Gather": _of(own, "gather", ("alarm",), "data", trained, caught("Broken", "DataBroken")),
    }


def _training(own: Retraining) -> States:
    return training(own.trainer, own.function, own.training, "Challenge")


def _judged(own: Retraining) -> States:
    """From the training to the verdict, a person's as well where one is asked."""
    accepted = "Approve" if own.manual else "Register"
    return {
        **_training(own),
        "Challenge": _of(own, "challenge", ("data", "job"), "request", "Answer"),
        "Answer": managed_job(
            _TRANSFORM, "createTransformJob", "answered", ("TransformJobName",), own.training, "Evaluate"
        ),
        "Evaluate": _of(own, "evaluate", ("data",), "evaluation", "Good enough"),
        "Good enough": choice("Rejected", ("$.evaluation.answer.accepted", True, accepted)),
        **(_approval(own) if own.manual else {}),
    }


def _deployed(own: Retraining) -> States:
    """What is let in comes into the registry, and into force by the other machine."""
    return {
        "Register": _of(own, "register", ("alarm", "data", "job", "evaluation"), "registered", "Deploy"),
        "Deploy": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {
                "StateMachineArn": own.deployer,
                "Name.$": "$$.Execution.Name",
                "Input": {
                    "package.$": "$.registered.answer.package",
                    "data.$": "$.registered.answer.data",
                    "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id",
                },
            },
            "ResultSelector": {
                "execution.$": "$.ExecutionArn",
                "compared.$": "$.Output.recorded.answer.compared",
            },
            "ResultPath": "$.deployment",
            "TimeoutSeconds": own.deploying,
            "Catch": [caught("Failed")],
            "Next": "Deployed",
        },
    }


def _ended(own: Retraining) -> States:
    """However it went: it is written down and told."""
    telling = "Tell" if own.topics else "How it went"
    went = choice("Over", ("$.outcome", "failed", "Went wrong"), ("$.outcome", "broken", "Went wrong"))
    went["Choices"].insert(0, {"Variable": "$.outcome", "IsPresent": False, "Next": "Over"})
    return {
        **{
            outcome.capitalize(): said("outcome", outcome, "Settle")
            for outcome in ("deployed", "rejected", "failed", "broken", "unlabelled")
        },
        "Settle": step(own.function, "settle", (), "told", telling, [caught("Unreported")], **{"state.$": "$"}),
        "Page": said("told", {"answer": PAGED}, telling),
        **_telling(own),
        "How it went": went,
        "Went wrong": {"Type": "Fail", "Error": "RetrainingFailed", "Cause": "See the states before."},
        "Unreported": {"Type": "Fail", "Error": "Unreported", "Cause": "Nobody could be told what happened."},
    }


PAGED: Final = {
    "subject": "The data of a model are broken, or nothing comes any more",
    "message": "Nothing is trained on broken data: somebody has to look.",
    "page": True,
}

_TRANSFORM: Final = (
    *("TransformJobName", "ModelName", "TransformInput", "TransformOutput", "TransformResources"),
    "Tags",
)


def _approval(own: Retraining) -> States:
    """A person decides, by the token in the message: lets it in, refuses it, or lets the time pass.

    A question that reached nobody is no decision: it is asked again, and then has failed.
    """
    words = (
        "States.Format('The challenger of {} is good enough: {}. To let it in: aws stepfunctions send-task-success "
        "--task-output true --task-token {} To refuse it: aws stepfunctions send-task-failure --error "
        f"{REFUSED} --cause WHY --task-token {{}}', $.settings.watch, States.JsonToString($.evaluation.answer), "
        "$$.Task.Token, $$.Task.Token)"
    )
    return {
        "Approve": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
            "Parameters": {"TopicArn": own.topics[0], "Subject": "A new model waits for you", "Message.$": words},
            "ResultPath": "$.approval",
            "TimeoutSeconds": APPROVAL_SECONDS,
            "Retry": [retry((REFUSED,), attempts=0), retry(("States.TaskFailed",))],
            "Catch": [caught("Rejected", "States.Timeout", REFUSED), caught("Failed")],
            "Next": "Register",
        }
    }


def _telling(own: Retraining) -> States:
    """Tell everybody that is to be told, one after the other."""
    message = (
        "States.Format('{} Alarm {} ({}, since {}), told by {}.', "
        "$.told.answer.message, $.alarm.id, $.alarm.kind, $.alarm.since, $$.Execution.Id)"
    )
    names = ["Tell", *(f"Tell {number}" for number in range(2, len(own.topics) + 1)), "How it went"]
    return {
        names[number]: {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {"TopicArn": topic, "Subject.$": "$.told.answer.subject", "Message.$": message},
            "ResultPath": None,
            "TimeoutSeconds": 60,
            "Retry": [retry(("States.TaskFailed",))],
            "Catch": [caught("Unreported")],
            "Next": names[number + 1],
        }
        for number, topic in enumerate(own.topics)
    }
