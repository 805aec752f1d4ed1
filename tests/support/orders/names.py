"""Addresses of resources of the system, and ARNs of what they are."""

from __future__ import annotations

from support.orders import ACCOUNT, STRANGER

BENCH = "module.machines_workbench.aws_iam_role_policy.machine_edges"
FIT = "module.train_fit.aws_iam_role_policy.fleet_edges"
EMBED = "module.train_embed.aws_iam_role_policy.batch_edges"
INGEST = 'module.functions_ingest.aws_iam_role_policy.function["edges"]'
TABULAR = "module.train_tabular.aws_iam_role_policy.job_edges"
EXPLAIN = 'module.serve_explain.aws_iam_role_policy.function["edges"]'
FLOWS = "module.network_us_east_1.aws_iam_role_policy.flow_logs"
INTERFACES = 'module.functions_ingest.aws_iam_role_policy.function["interfaces"]'
START = "module.train_tabular_schedule.aws_iam_role_policy.schedule_start"
BENCH_ROLE = "module.machines_workbench.aws_iam_role.this"
JOB_ROLE = "module.train_embed.aws_iam_role.this"
CODE_ROLE = "module.functions_ingest.aws_iam_role.this"
TRANSACTIONS = "module.data_transactions.aws_s3_bucket_policy.this"
LOGS = "module.logs_us_east_1.aws_s3_bucket_policy.this"
TRAIL = "module.audit.aws_s3_bucket_policy.this"
RETRIES = "module.data_retries.aws_sqs_queue_policy.this"
TOPIC = 'module.monitor.aws_sns_topic_policy.this["team"]'
KEY = 'module.keys_us_east_1.aws_kms_key.this["shared"]'
DATA_KEY = 'module.keys_us_east_1.aws_kms_key.this["data-transactions"]'
S3 = 'module.network_us_east_1.aws_vpc_endpoint.gateway["s3"]'
SQS = 'module.network_us_east_1.aws_vpc_endpoint.interface["sqs"]'
CALLER = 'module.functions_ingest.aws_lambda_permission.bucket["bucket"]'
URL = 'module.serve_explain.aws_lambda_function_url.this["live"]'
MOUNT = 'module.machines_workbench.aws_vpc_security_group_ingress_rule.mounts["homes 2049"]'
HTTPS = 'module.network_us_east_1.aws_vpc_security_group_ingress_rule.endpoints_https["this"]'
GROUP = "module.machines_workbench.aws_security_group.this"

BUCKET = f"arn:aws:s3:::orders-prd-transactions-{ACCOUNT}-us-east-1"
MODELS = f"arn:aws:s3:::orders-prd-models-{ACCOUNT}-us-east-1"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders-prd-features"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-prd-retries"
KEYS = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*"
BENCH_ARN = f"arn:aws:iam::{ACCOUNT}:role/orders-prd-workbench-us-east-1"
FOREIGN = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
OWN = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}

VIA_S3 = {"StringEquals": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]}}
GITHUB = "token.actions.githubusercontent.com"
OBJECTS, TABLES, DATA = "DataTransactionsObjects", "DataFeaturesTable", "KeyDataTransactions"
