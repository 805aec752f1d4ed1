"""The evaluation against cases that AWS documents.

Sources: IAM user guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates requests",
"IAM JSON policy elements" (2026-11).
"""

from typing import Any

import pytest

from landform.proof.evaluate import Request, Situation, Verdict, decide, read_policy
from landform.proof.patterns import PolicyError

from .cases import (
    ALIASED,
    AS_BENCH,
    DENIED,
    KEY,
    NO,
    OBJECT,
    ROLE,
    ROOT,
    USER,
    YES,
    Case,
    allow,
    deny,
    policy,
    verdict,
    when,
)

CASES = [
    # the order of decisions
    Case("everything is denied until something allows it", NO),
    Case("an identity policy allows", YES, (allow(),)),
    Case("an explicit deny overrides an allow", DENIED, (allow(), deny())),
    Case(
        "a deny in the resource's policy overrides an identity's allow",
        DENIED,
        (allow(),),
        (deny(Principal="*"),),
    ),
    Case("a deny that names the account reaches its identities", DENIED, (allow(),), (deny(Principal=ROOT),)),
    Case("within an account the resource's policy is enough", YES, (), (allow(Principal={"AWS": ROLE}),)),
    Case(
        "a resource's policy that names the account delegates and grants nothing",
        NO,
        (),
        (allow(Principal=ROOT),),
    ),
    Case(
        "a resource's policy that names another role grants nothing",
        NO,
        (),
        (allow(Principal={"AWS": ROLE + "2"}),),
    ),
    Case("a principal of a resource policy may be anyone", YES, (), (allow(Principal="*"),)),
    Case("anyone may be said as AWS: *", YES, (), (allow(Principal={"AWS": "*"}),)),
    Case(
        "a service is named as a service",
        YES,
        (),
        (allow(Principal={"Service": "logs.amazonaws.com"}),),
        principal="logs.amazonaws.com",
    ),
    Case(
        "a service's permission is not a role's",
        NO,
        (),
        (allow(Principal={"Service": "logs.amazonaws.com"}),),
    ),
    # across accounts
    Case(
        "across accounts the identity's allow is not enough",
        Verdict.NOT_DELEGATED,
        (allow(),),
        owner="444455556666",
    ),
    Case(
        "across accounts the resource's allow is not enough",
        NO,
        (),
        (allow(Principal={"AWS": ROLE}),),
        owner="444455556666",
    ),
    Case("across accounts both together are", YES, (allow(),), (allow(Principal=ROOT),), owner="444455556666"),
    # limits
    Case("a limit allows nothing by itself", NO, (), (), (allow(),)),
    Case("a limit that is silent denies", Verdict.LIMITED, (allow(),), (), (allow("s3:PutObject"),)),
    Case("what identity and limit allow is allowed", YES, (allow(),), (), (allow(),)),
    Case(
        "an endpoint policy admits by aws:PrincipalArn",
        YES,
        (allow(),),
        (),
        (allow(Principal="*", **when("ArnEquals", "aws:PrincipalArn", ROLE)),),
        AS_BENCH,
    ),
    Case(
        "an endpoint policy that admits another role",
        Verdict.LIMITED,
        (allow(),),
        (),
        (allow(Principal="*", **when("ArnEquals", "aws:PrincipalArn", ROLE + "2")),),
        AS_BENCH,
    ),
    # keys
    Case(
        "a key's policy must delegate",
        Verdict.NOT_DELEGATED,
        (allow("kms:Decrypt"),),
        (allow("kms:Decrypt", Principal={"Service": "logs.amazonaws.com"}),),
        action="kms:Decrypt",
        target=KEY,
        closed=True,
    ),
    Case(
        "a key's policy that delegates",
        YES,
        (allow("kms:Decrypt"),),
        (allow("kms:*", Principal=ROOT),),
        action="kms:Decrypt",
        target=KEY,
        closed=True,
    ),
    Case(
        "a key's delegation alone",
        NO,
        (),
        (allow("kms:*", Principal=ROOT),),
        action="kms:Decrypt",
        target=KEY,
        closed=True,
    ),
    # actions and resources
    Case("actions know no case", YES, (allow("S3:getOBJECT"),)),
    Case("a wildcard in an action", YES, (allow("s3:Get*"),)),
    Case("? is exactly one character", NO, (allow("s3:GetObject?"),)),
    Case(
        "NotAction with Allow allows the rest",
        YES,
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},),
    ),
    Case(
        "NotAction with Allow leaves out what it lists",
        NO,
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},),
    ),
    Case(
        "NotResource with Deny denies the rest",
        DENIED,
        (allow(), {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::films/*"}),
    ),
    Case("a resource's wildcard goes across slashes", YES, (allow(resource="arn:aws:s3:::photos/*.jpg"),)),
    Case("resources know case", NO, (allow(resource="arn:aws:s3:::Photos/*"),)),
    Case("a bucket is not its objects", NO, (allow(resource="arn:aws:s3:::photos"),)),
    Case(
        "an asterisk at the end of a segment goes on beyond the colon",
        YES,
        (allow("logs:PutLogEvents", "arn:aws:logs:*:log-group:/x"),),
        action="logs:PutLogEvents",
        target="arn:aws:logs:us-east-1:111122223333:log-group:/x",
    ),
    Case(
        "an asterisk at the end of a segment goes on, where segments are missing",
        YES,
        (allow("sqs:SendMessage", "arn:aws:sqs:*:orders"),),
        action="sqs:SendMessage",
        target="arn:aws:sqs:us-east-1:111122223333:orders",
    ),
    Case(
        "an asterisk that can go on is taken not to, where it denies",
        YES,
        (allow("sqs:SendMessage"), deny("sqs:*", "arn:aws:sqs:*:orders")),
        action="sqs:SendMessage",
        target="arn:aws:sqs:us-east-1:111122223333:orders",
    ),
    Case(
        "an asterisk that can go on is taken not to, where it leaves something out",
        YES,
        ({"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": "arn:aws:sqs:*:orders"},),
        action="sqs:SendMessage",
        target="arn:aws:sqs:us-east-1:111122223333:orders",
    ),
    Case(
        "an asterisk that can go on is taken to, where a denial leaves something out",
        YES,
        (
            allow("sqs:SendMessage"),
            {"Effect": "Deny", "Action": "sqs:SendMessage", "NotResource": "arn:aws:sqs:*:orders"},
        ),
        action="sqs:SendMessage",
        target="arn:aws:sqs:us-east-1:111122223333:orders",
    ),
    Case(
        "a denial reaches a region by an asterisk of its own segment",
        DENIED,
        (allow("sqs:SendMessage"), deny("sqs:*", "arn:aws:sqs:*:*:orders")),
        action="sqs:SendMessage",
        target="arn:aws:sqs:us-east-1:111122223333:orders",
    ),
    Case(
        "a wildcard elsewhere stays within its segment of an ARN",
        NO,
        (allow("logs:PutLogEvents", "arn:aws:logs:us*1:log-group:/x"),),
        action="logs:PutLogEvents",
        target="arn:aws:logs:us-east-1:111122223333:log-group:/x1:log-group:/x",
    ),
    # the examples of "IAM JSON policy elements: Resource"
    *(
        Case(
            f"an asterisk goes across slashes: {key}",
            verdict,
            (allow(resource="arn:aws:s3:::bucket/*/test/*"),),
            target=f"arn:aws:s3:::bucket/{key}",
        )
        for key, verdict in [
            ("1/test/object.jpg", YES),
            ("1/2/test/3/object.jpg", YES),
            ("1///test///object.jpg", YES),
            ("/test/object.jpg", YES),
            ("1/test/", YES),
            ("1-test/object.jpg", NO),
            ("test/object.jpg", NO),
            ("1/2/test.jpg", NO),
        ]
    ),
    # sessions, and what boundaries leave out
    Case(
        "a resource's policy that names a session of a role",
        YES,
        (),
        (allow(Principal={"AWS": "arn:aws:sts::111122223333:assumed-role/bench/x"}),),
    ),
    Case(
        "a resource's policy that names a session of another role",
        NO,
        (),
        (allow(Principal={"AWS": "arn:aws:sts::111122223333:assumed-role/bench2/x"}),),
    ),
    Case(
        "a deny of one session leaves the others",
        YES,
        (allow(),),
        (deny(Principal={"AWS": "arn:aws:sts::111122223333:assumed-role/bench/x"}),),
    ),
    Case(
        "a boundary limits what a resource gives to a role",
        Verdict.LIMITED,
        (),
        (allow(Principal={"AWS": ROLE}),),
        boundary=(allow("s3:PutObject"),),
    ),
    Case(
        "a boundary limits nothing that a resource gives to a session",
        YES,
        (),
        (allow(Principal={"AWS": "arn:aws:sts::111122223333:assumed-role/bench/x"}),),
        boundary=(allow("s3:PutObject"),),
    ),
    Case(
        "a boundary limits nothing that a resource gives to a user",
        YES,
        (),
        (allow(Principal={"AWS": USER}),),
        boundary=(allow("s3:PutObject"),),
        principal=USER,
    ),
    Case(
        "a boundary limits nothing that a resource gives to anyone who goes by the caller's ARN",
        YES,
        (),
        (allow(Principal="*", **when("ArnEquals", "aws:PrincipalArn", ROLE)),),
        boundary=(allow("s3:PutObject"),),
        context=AS_BENCH,
    ),
    Case(
        "a boundary limits what a resource gives to anyone who does not go by another ARN",
        Verdict.LIMITED,
        (),
        (allow(Principal="*", **when("ArnNotEquals", "aws:PrincipalArn", USER)),),
        boundary=(allow("s3:PutObject"),),
        context=AS_BENCH,
    ),
    Case(
        "a denial of a boundary denies all the same",
        DENIED,
        (),
        (allow(Principal={"AWS": USER}),),
        boundary=(allow("s3:*"), deny()),
        principal=USER,
    ),
    Case(
        "a boundary limits what a user's own policy allows",
        Verdict.LIMITED,
        (allow(),),
        boundary=(allow("s3:PutObject"),),
        principal=USER,
    ),
    Case(
        "a wildcard for region and account",
        YES,
        (allow("kms:Decrypt", "arn:aws:kms:*:*:key/*"),),
        action="kms:Decrypt",
        target=KEY,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_documented_case(case: Case) -> None:
    assert verdict(case) is case.verdict


def test_decision_names_the_statement() -> None:
    situation = Situation(identity=(policy(allow(Sid="Reads"), deny(Sid="Never")),))
    assert decide(Request(ROLE, "s3:GetObject", OBJECT), situation).sid == "Never"


@pytest.mark.parametrize(
    ("document", "fact"),
    [
        ("{", "not JSON"),
        ({"Version": "2012-10-17"}, "needs a Statement"),
        ({"Version": "2008-10-17", "Statement": []}, "is not 2012-10-17"),
        (["Allow"], "needs a Statement"),
    ],
)
def test_malformed_policy_is_refused(document: Any, fact: str) -> None:
    with pytest.raises(PolicyError, match=fact):
        read_policy(document)


@pytest.mark.parametrize(
    ("statement", "fact"),
    [
        (allow(**when("DateLessThan", "aws:CurrentTime", "2026-01-01")), "DateLessThan is not supported"),
        (
            allow(**when("ForSomeValues:StringEquals", "a", "b")),
            "ForSomeValues:StringEquals is not supported",
        ),
        (allow(resource="arn:aws:s3:::home/${aws:username}"), "policy variables"),
        (allow(resource="photos*x"), "not an ARN"),
        (allow(NotPrincipal="*"), "NotPrincipal is not supported"),
        (allow(**when("NumericLessThan", "s3:max-keys", "ten")), "compares numbers, and ten is none"),
        (allow(**when("Null", "aws:TagKeys", "maybe")), "Null says true or false"),
        (allow(Condition=["StringEquals"]), "Condition must be an object of objects"),
        (allow(Condition={"StringEquals": "x"}), "Condition must be an object of objects"),
        (allow(action=[{"s3": "GetObject"}]), "a text or a list of texts"),
        ({**allow(), "NotAction": "s3:*"}, "either Action or NotAction"),
        ({**allow(), "Effect": "allow"}, "Allow or Deny"),
        ("Allow", "must be an object"),
        (allow(Principal="everyone"), "Principal must be"),
    ],
)
def test_unknown_is_an_error(statement: Any, fact: str) -> None:
    with pytest.raises(PolicyError, match=fact):
        policy(statement)


def test_many_values_need_a_set_operator() -> None:
    many = policy(deny(**when("StringEquals", "kms:ResourceAliases", "alias/data")))
    with pytest.raises(PolicyError, match="ForAnyValue"):
        decide(Request(ROLE, "s3:GetObject", OBJECT, ALIASED), Situation(identity=(many,)))
