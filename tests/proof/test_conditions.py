"""Conditions against cases that AWS documents.

Sources: IAM user guide, "IAM JSON policy elements: Condition operators" and "Creating a condition with multiple keys
or values"; S3 user guide, "Protecting data with server-side encryption" (2026-11).
"""

import pytest

from .cases import ALIASED, AS_BENCH, DENIED, NO, ROLE, TAGGED, TLS, YES, Case, allow, deny, verdict, when

SSE = "s3:x-amz-server-side-encryption"
WEAKER = deny("s3:PutObject", Principal="*", Condition={"Null": {SSE: "false"}, "StringNotEquals": {SSE: "aws:kms"}})

CASES = [
    *(
        Case(f"an absent key: {operator} is true", DENIED, (allow(), deny(**when(operator, "aws:X", value))))
        for operator, value in [
            ("StringNotEquals", "a"),
            ("StringNotEqualsIgnoreCase", "a"),
            ("StringNotLike", "a*"),
            ("ArnNotEquals", ROLE),
            ("ArnNotLike", ROLE),
            ("NumericNotEquals", "1"),
            ("StringNotEqualsIfExists", "a"),
            ("StringNotLikeIfExists", "a*"),
            ("ArnNotLikeIfExists", ROLE),
            ("ForAllValues:StringNotEquals", "a"),
        ]
    ),
    Case(
        "an absent key: ForAnyValue is false", YES, (allow(), deny(**when("ForAnyValue:StringNotEquals", "aws:X", "a")))
    ),
    *(
        Case(
            f"{operator} is false where a value agrees",
            YES,
            (allow(), deny(**when(operator, key, "arn:aws:iam::1:role/x", value))),
            context=given,
        )
        for operator, key, value, given in [
            ("StringNotEquals", "aws:SecureTransport", "true", TLS),
            ("StringNotEqualsIfExists", "aws:SecureTransport", "true", TLS),
            ("StringNotEqualsIgnoreCase", "aws:SecureTransport", "TRUE", TLS),
            ("StringNotLike", "aws:SecureTransport", "t*", TLS),
            ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/b?nch", AS_BENCH),
            ("ArnNotLikeIfExists", "aws:PrincipalArn", "arn:aws:iam::*:role/b?nch", AS_BENCH),
        ]
    ),
    *(
        Case(
            f"{operator} is true where no value agrees",
            DENIED,
            (allow(), deny(**when(operator, key, "arn:aws:iam::1:role/x", value))),
            context=given,
        )
        for operator, key, value, given in [
            ("StringNotEquals", "aws:SecureTransport", "True", TLS),
            ("StringNotEqualsIfExists", "aws:SecureTransport", "t*", TLS),
            ("StringNotLike", "aws:SecureTransport", "T*", TLS),
            ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/b", AS_BENCH),
        ]
    ),
    Case(
        "ForAnyValue of a negated operator: one value that is not listed is enough",
        DENIED,
        (allow(), deny(**when("ForAnyValue:StringNotEquals", "aws:TagKeys", "cost"))),
        context=TAGGED,
    ),
    Case(
        "ForAllValues of a negated operator: one value that is listed is too many",
        YES,
        (allow(), deny(**when("ForAllValues:StringNotEquals", "aws:TagKeys", "cost"))),
        context=TAGGED,
    ),
    *(
        Case(
            f"another encryption denied, {header or 'none'} said",
            verdict,
            (allow("s3:PutObject"),),
            (WEAKER,),
            context={SSE: (header,)} if header else {},
            action="s3:PutObject",
        )
        for header, verdict in [("AES256", DENIED), ("aws:kms:dsse", DENIED), ("aws:kms", YES), ("", YES)]
    ),
    Case(
        "values of one key are alternatives",
        YES,
        (allow(**when("StringEquals", "aws:RequestedRegion", "a", "b")),),
        context={"aws:requestedregion": ("b",)},
    ),
    Case(
        "keys of one statement must all hold",
        NO,
        (allow(Condition={"StringEquals": {"aws:RequestedRegion": "a", "aws:PrincipalAccount": "1"}}),),
        context={"aws:requestedregion": ("a",), "aws:principalaccount": ("2",)},
    ),
    Case(
        "condition keys know no case",
        YES,
        (allow(**when("Bool", "AWS:SecureTransport", "true")),),
        context=TLS,
    ),
    Case("an absent key does not equal", NO, (allow(**when("StringEquals", "aws:RequestedRegion", "a")),)),
    Case(
        "an absent key does with IfExists",
        YES,
        (allow(**when("StringEqualsIfExists", "aws:RequestedRegion", "a")),),
    ),
    Case("an absent key is not equal", YES, (allow(**when("StringNotEquals", "aws:RequestedRegion", "a")),)),
    Case(
        "values of a negated operator are all excluded",
        NO,
        (allow(**when("StringNotEquals", "aws:RequestedRegion", "a", "b")),),
        context={"aws:requestedregion": ("b",)},
    ),
    Case(
        "StringEquals knows case and no wildcard",
        NO,
        (allow(**when("StringEquals", "s3:prefix", "a*")),),
        context={"s3:prefix": ("abc",)},
    ),
    Case(
        "StringLike knows wildcards",
        YES,
        (allow(**when("StringLike", "s3:prefix", "a*")),),
        context={"s3:prefix": ("abc",)},
    ),
    Case(
        "StringEqualsIgnoreCase",
        YES,
        (allow(**when("StringEqualsIgnoreCase", "s3:prefix", "ABC")),),
        context={"s3:prefix": ("abc",)},
    ),
    Case(
        "ArnEquals behaves as ArnLike",
        YES,
        (allow(**when("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/b*")),),
        context=AS_BENCH,
    ),
    Case(
        "ArnLike stays within segments",
        NO,
        (allow(**when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:x/bench")),),
        context=AS_BENCH,
    ),
    Case("Null true: the key is absent", YES, (allow(**when("Null", "aws:TagKeys", "true")),)),
    Case("Null false: the key is there", NO, (allow(**when("Null", "aws:TagKeys", "false")),)),
    Case(
        "ForAnyValue: one is enough",
        YES,
        (allow(**when("ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/data")),),
        context=ALIASED,
    ),
    Case(
        "ForAnyValue of an absent key",
        NO,
        (allow(**when("ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/data")),),
    ),
    Case(
        "ForAllValues: each must be listed",
        NO,
        (allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "cost")),),
        context=TAGGED,
    ),
    Case(
        "ForAllValues of an absent key is true",
        YES,
        (allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "cost")),),
    ),
    Case(
        "the TLS-only deny",
        DENIED,
        (allow(),),
        (deny("s3:*", Principal="*", **when("Bool", "aws:SecureTransport", "false")),),
        context={"aws:securetransport": ("false",)},
    ),
    Case(
        "the TLS-only deny, over TLS",
        YES,
        (allow(),),
        (deny("s3:*", Principal="*", **when("Bool", "aws:SecureTransport", "false")),),
        context=TLS,
    ),
    Case(
        "a value that is no number compares with none",
        YES,
        (allow(), deny(**when("NumericLessThan", "s3:TlsVersion", "1.2"))),
        context={"s3:tlsversion": ("latest",)},
    ),
    Case("Null knows no case", YES, (allow(**when("Null", "aws:TagKeys", "True")),)),
    Case(
        "numbers compare as numbers",
        DENIED,
        (allow(), deny(**when("NumericLessThan", "s3:TlsVersion", "1.2"))),
        context={"s3:tlsversion": ("1.1",)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_documented_case(case: Case) -> None:
    assert verdict(case) is case.verdict
