"""Rules about watches, and the loop behind them: closed before anything of it exists."""

from collections.abc import Iterator
from typing import Any

from landform.diagnostics import Diagnostic, Path, Related, dotted, error, warning
from landform.passes.unknown import unknown
from landform.plan import DriftWatch, Plan, ServedModel
from landform.spec.condition import in_words
from landform.spec.functions import BucketTrigger


def the_agent_understands(plan: Plan) -> Iterator[Diagnostic]:
    """What the agent refuses at its start is refused here: both read one model of the configuration."""
    if not plan.drift:
        return
    # Both take more along than other checks need.
    from pydantic import ValidationError

    from landform.lower.agent import configuration
    from landform_agent.config import Config

    for own in plan.drift:
        try:
            Config.model_validate(configuration(plan, own))
        except ValidationError as failure:
            for fault in failure.errors(include_url=False):
                what = fault["msg"].removeprefix("Value error, ")
                fact, _, remedy = what.partition(": ")
                keys = tuple(key for key in fault["loc"] if isinstance(key, str))[:1]
                remedy = f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "Correct it."
                yield error("LF0202", (*own.path, *keys), f"the agent does not take it: {fact}.", remedy)


def one_watch_a_model(plan: Plan) -> Iterator[Diagnostic]:
    """S3 tells one queue of each object: a second watch would never hear of any."""
    first: dict[str, DriftWatch] = {}
    for own in plan.drift:
        other = first.setdefault(own.of, own)
        if other is not own:
            fact = f"{other.label} and {own.label} would both watch {own.of}, and S3 tells one of each object."
            remedy = "Leave one out; one watch looks at all features, and at segments of the traffic."
            yield error("LF0681", (*own.path, "of"), fact, remedy, Related("the other", (*other.path, "of")))


def captures_can_be_told_of(plan: Plan) -> Iterator[Diagnostic]:
    """A bucket has one configuration of notifications, and two listeners of one object are refused."""
    for own in plan.drift:
        served = _served(plan, own)
        where = (*served.path, "capture")
        if own.captured.existing:
            fact = f"{own.of} captures to {dotted(own.captured.path)}, and whom that tells is not landform's to change."
            remedy = "Capture to a bucket of this system, or leave `to` out."
            yield error("LF0681", (*own.path, "of"), fact, remedy, Related("it captures there", where))
        for function in plan.functions:
            trigger = getattr(function.spec, "trigger", None)
            if not isinstance(trigger, BucketTrigger) or function.leads("trigger") is not own.captured:
                continue
            under = own.captured_under
            if trigger.prefix.startswith(under) or under.startswith(trigger.prefix):
                fact = f"{function.label} and {own.label} would both be told of some objects of data.{trigger.bucket}"
                remedy = "Give the function a prefix that excludes what is captured."
                other = Related("the watch", own.path)
                yield error("LF0622", (*function.path, "trigger"), f"{fact}, which S3 refuses.", remedy, other)


def all_traffic_is_watched(plan: Plan) -> Iterator[Diagnostic]:
    """A watch stands in the primary region, and sees of others what is copied there."""
    for own in plan.drift:
        served = _served(plan, own)
        others = [each.region for each in plan.served if each.path == served.path and each is not served]
        copied = any(own.captured.region in b.replicas for b in plan.buckets if b.entry == own.captured.entry)
        if others and not copied:
            fact = f"{own.of} answers in {', '.join(others)} as well, and what it is asked there is not watched."
            remedy = "Capture to a bucket with `replicate: both`: what is captured is then copied to the watch."
            other = Related("it captures here", (*served.path, "capture"))
            yield warning("LF0681", (*own.path, "of"), fact, remedy, other)


def the_agent_can_be_installed(plan: Plan) -> Iterator[Diagnostic]:
    """A machine installs what the agent needs from PyPI, and its disk wants the name of a zone."""
    for own in plan.drift:
        network = plan.networks.get(own.region)
        if network and network.existing:
            fact = f"{own.label} keeps its state on a disk, which stands in the zone of a subnet, and nobody says what "
            fact += "the account calls that."
            remedy = "Leave `network.existing` out for the region of the watch."
            yield error("LF0681", own.path, fact, remedy, Related("the network", ("network", "existing")))
        elif network and plan.system.network.egress == "none":
            fact = f"{own.label} installs packages from the index of Python, to which no endpoint leads."
            remedy = "Write `egress: nat-single`, or `nat-per-zone`."
            yield error("LF0605", own.path, fact, remedy, Related("the network has no way out", ("network", "egress")))


def somebody_hears_of_drift(plan: Plan) -> Iterator[Diagnostic]:
    """A watch that tells nobody is of use to a loop alone, and that too gives up some time."""
    for own in plan.drift:
        known = plan.system.monitor.notify if plan.system.monitor else {}
        for index, name in enumerate(own.watch.tell):
            if name not in known:
                place = (*own.path, "tell", *((index,) if len(own.watch.tell) > 1 else ()))
                rest = f"Declare it: monitor: {{notify: {{{name}: [oncall@example.com]}}}}."
                yield unknown("LF0203", place, "name of `notify`", name, known, rest=rest)
        if not own.tell:
            fact = f"nobody hears of what {own.label} finds."
            yield warning("LF0663", own.path, fact, "Add monitor: {notify: {pager: [oncall@example.com]}}.")


def the_loop_makes_what_is_served(plan: Plan) -> Iterator[Diagnostic]:
    """What is trained anew, and what requests are compared with, is the model that answers them."""
    for own in plan.drift:
        served, then = _served(plan, own), own.watch.then
        named: list[tuple[Path, str | None]] = [
            ((*own.path, "baseline", "from"), own.watch.baseline.from_),
            ((*own.path, "then", "retrain"), then.retrain if then else None),
        ]
        for path, training in named:
            if training and training.removeprefix("train.") in plan.system.train and training != served.trained:
                made = f"what {served.trained} makes" if served.trained else "a model that nothing here trains"
                fact = f"{own.of} serves {made}, not what {training} does."
                remedy = f"Write {served.trained}." if served.trained else f"Add `model: {training}` to {own.of}."
                where = (*served.path, "model") if served.trained else served.path
                yield error("LF0681", path, fact, remedy, Related("it serves this", where))


def the_loop_can_decide(plan: Plan) -> Iterator[Diagnostic]:
    """Champion and challenger are compared by what the training reports, on predictions that were judged."""
    for own, training in _retrained(plan):
        assert own.loop is not None
        metric, path = own.loop.accept.metric, (*own.path, "then", "accept")
        if metric not in training.reports:
            where: Path = ("train", own.loop.retrain.removeprefix("train."))
            known = ", ".join(training.reports)
            rest = f", but {known}" if known else ", nor anything else"
            fact = f"{own.loop.retrain} reports no '{metric}'{rest}."
            remedy = f"Add it: reports: [{', '.join([*training.reports, metric])}]."
            yield error("LF0681", path, fact, remedy, Related(f"{own.loop.retrain} stands here", where))
        if own.labels is None:
            fact = f"the loop waits for labelled rows, and {own.label} is told of no labels."
            remedy = "Add `labels: {from: <bucket>, prefix: labels/, lag: 14d}`."
            yield error("LF0681", (*own.path, "then"), fact, remedy)


def the_loop_rests_long_enough(plan: Plan) -> Iterator[Diagnostic]:
    """A training that still runs when the next begins would be judged after it."""
    for own, training in _retrained(plan):
        assert own.loop is not None
        place: Path = ("train", own.loop.retrain.removeprefix("train."))
        longest, rest = training.max_runtime, own.loop.rest
        if longest is None:
            fact = f"nothing ends {own.loop.retrain}, and the loop rests {_time(rest)} between two of its runs."
            remedy = f"Add a `max_runtime` of less than {_time(rest)} to {own.loop.retrain}."
            yield error("LF0681", (*own.path, "then", "rest"), fact, remedy, Related("the training", place))
        elif rest <= longest:
            fact = f"the loop rests {_time(rest)}, and {own.loop.retrain} may run for {_time(longest)}."
            remedy = f"Write a `rest` of more than {_time(longest)}, or give the training less `max_runtime`."
            shown = (*place, "max_runtime") if "max_runtime" in training.model_fields_set else place
            yield error("LF0681", (*own.path, "then", "rest"), fact, remedy, Related("the training", shown))


def _time(seconds: int) -> str:
    return in_words("time", 1000 * seconds)


def _served(plan: Plan, own: DriftWatch) -> ServedModel:
    return next(each for each in plan.served if each.label == own.of and each.region == own.region)


def _retrained(plan: Plan) -> Iterator[tuple[DriftWatch, Any]]:
    """Yield each watch with a loop, and the training that makes its model anew."""
    for own in plan.drift:
        if own.loop and own.loop.retrain == _served(plan, own).trained:
            training = plan.system.train.get(own.loop.retrain.removeprefix("train."))
            if training:
                yield own, training


RULES = (
    the_agent_understands,
    one_watch_a_model,
    captures_can_be_told_of,
    all_traffic_is_watched,
    the_agent_can_be_installed,
    somebody_hears_of_drift,
    the_loop_makes_what_is_served,
    the_loop_can_decide,
    the_loop_rests_long_enough,
)
