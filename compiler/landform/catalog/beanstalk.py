"""Elastic Beanstalk: its platforms, and what it counts.

Platforms: "Elastic Beanstalk supported platforms"
(https://docs.aws.amazon.com/elasticbeanstalk/latest/platforms/platforms-supported.html), as of the day below. Of a
branch, AWS offers the newest version to whoever begins with it: the names end within months.

The rest, read 2026-11-29: Elastic Beanstalk API, CreateEnvironment and SourceBundle; developer guide, "General options
for all environments" and "Configuring environment properties".
"""

from collections.abc import Mapping
from typing import Final, Literal

Stack = Literal["nodejs-22", "nodejs-24", "python-3.11", "python-3.12", "python-3.13", "python-3.14"]

RECORDED: Final = "2026-08-17"
"""The day of the machine images that the page named; when it was published is not on it."""

STACKS: Final[Mapping[str, str]] = {
    "nodejs-22": "64bit Amazon Linux 2023 v6.11.7 running Node.js 22",
    "nodejs-24": "64bit Amazon Linux 2023 v6.11.7 running Node.js 24",
    "python-3.11": "64bit Amazon Linux 2023 v4.13.7 running Python 3.11",
    "python-3.12": "64bit Amazon Linux 2023 v4.13.7 running Python 3.12",
    "python-3.13": "64bit Amazon Linux 2023 v4.13.7 running Python 3.13",
    "python-3.14": "64bit Amazon Linux 2023 v4.13.7 running Python 3.14",
}
"""What a spec calls a platform → the name of its solution stack."""

ROTTEN: Final = 60
"""Days after which the name of a stack deserves a look."""

ALIASES: Final[Mapping[str, str]] = {
    "af-south-1": "Z1EI3BVKMKK4AM",
    "ap-east-1": "ZPWYUBWRU171A",
    "ap-northeast-1": "Z1R25G3KIG2GBW",
    "ap-northeast-2": "Z3JE5OI70TWKCP",
    "ap-northeast-3": "ZNE5GEY1TIAGY",
    "ap-south-1": "Z18NTBI3Y7N9TZ",
    "ap-south-2": "Z10223522IBWPBF2C2FJS",
    "ap-southeast-1": "Z16FZ9L249IFLT",
    "ap-southeast-2": "Z2PCDNR3VC2G1N",
    "ap-southeast-3": "Z05913172VM7EAZB40TA8",
    "ap-southeast-4": "Z0666869LC74UHAO5YE4",
    "ap-southeast-5": "Z01812971H0QCYWSL7WOH",
    "ap-southeast-6": "Z01144401H1NECCLJDD4D",
    "ap-southeast-7": "Z08384933QM5LSQCVMNZM",
    "ca-central-1": "ZJFCZL7SSZB5I",
    "ca-west-1": "Z1021028356Y0CYS11DQI",
    "eu-central-1": "Z1FRNW7UH4DEZJ",
    "eu-central-2": "Z00227012FSHBMZNNSJJI",
    "eu-north-1": "Z23GO28BZ5AETM",
    "eu-south-1": "Z10VDYYOA2JFKM",
    "eu-south-2": "Z0243492AO4B9S3KI68O",
    "eu-west-1": "Z2NYPWQ7DFZAZH",
    "eu-west-2": "Z1GKAAAUGATPF1",
    "eu-west-3": "Z5WN6GAYWG5OB",
    "il-central-1": "Z02941091PERNCB1MI5H7",
    "me-central-1": "Z0650511N84AAKGW7QUK",
    "me-south-1": "Z2BBTEKR2I36N2",
    "sa-east-1": "Z10X7K2B4QSOFV",
    "us-east-1": "Z117KPS5GTRQ2G",
    "us-east-2": "Z14LCN19Q5QHIC",
    "us-west-1": "Z1LQECGX5PH1X",
    "us-west-2": "Z38NKT9BP95V3O",
}
"""Region → the hosted zone of the names of its environments, to which an alias record leads.

"AWS Elastic Beanstalk endpoints and quotas" in the AWS General Reference
(https://docs.aws.amazon.com/general/latest/gr/elasticbeanstalk.html), read 2026-11-29.
"""

STARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "nodejs": ("Procfile", "app.js", "package.json", "server.js"),
    "python": ("Procfile", "application.py"),
}
"""Language of a stack → the files of which one says what is started."""

MOST_ENVIRONMENT: Final = 4_096
"""Characters of all environment properties, as ``name=value`` with a comma between two."""

NAME: Final = 40
"""Characters of an environment's name, and four at least."""

CNAME: Final = 63
"""Characters before ``.<region>.elasticbeanstalk.com``: one label of a DNS name."""

MOST_INSTANCES: Final = 10_000
"""Instances of an environment; the quotas of an account are lower."""


ROOT_GIB: Final = 20
"""The disk of an instance: Amazon Linux, the platform and the code fit into half of it."""


def storage(region: str, account: str) -> str:
    """Return the name of the bucket that Beanstalk makes for itself, once in every account and region."""
    return f"elasticbeanstalk-{region}-{account}"


STREAMED: Final = tuple(
    f"var/log/{file}"
    for file in ("eb-engine.log", "eb-hooks.log", "nginx/access.log", "nginx/error.log", "web.stdout.log")
)
"""What every platform on Amazon Linux 2023 streams, each file to a log group of its own: developer guide,
"Using Elastic Beanstalk with Amazon CloudWatch Logs" (read 2026-11-29)."""


def logs(environment: str) -> str:
    """Return what the names of an environment's log groups begin with."""
    return f"/aws/elasticbeanstalk/{environment}/"
