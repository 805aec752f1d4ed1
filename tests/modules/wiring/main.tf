# Every edge between the modules at once, and each pair of buckets both ways: what a cycle or a value that a plan
# cannot know would break.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

locals {
  account = "123456789012"
}

module "keys_eu_west_1" {
  source  = "../../../modules/key"
  account = local.account
  region  = "eu-west-1"
  keys = {
    data = {
      alias         = "alias/demo-prd-data"
      description   = "What the system stores"
      deletion_days = 30
    }
    logs = {
      alias         = "alias/demo-prd-logs"
      description   = "Log groups and the record of calls"
      log_groups    = ["arn:aws:logs:eu-west-1:${local.account}:log-group:/demo/prd/*"]
      trails        = ["arn:aws:cloudtrail:eu-west-1:${local.account}:trail/demo-prd"]
      deletion_days = 30
    }
    alarms = {
      alias         = "alias/demo-prd-alarms"
      description   = "What alarms say"
      topics        = ["arn:aws:sns:eu-west-1:${local.account}:demo-prd-pager"]
      log_detectors = true
      deletion_days = 30
    }
  }
}

module "keys_us_east_1" {
  source    = "../../../modules/key"
  providers = { aws = aws.us_east_1 }
  account   = local.account
  region    = "us-east-1"
  keys = {
    data = {
      alias         = "alias/demo-prd-data"
      description   = "Copies of what the system stores"
      deletion_days = 30
    }
  }
}

module "network_eu_west_1" {
  source  = "../../../modules/network"
  name    = "demo-prd"
  account = local.account
  region  = "eu-west-1"
  cidr    = "10.20.0.0/16"
  zones = {
    euw1-az1 = { public = "10.20.0.0/22", private = "10.20.64.0/20", isolated = "10.20.192.0/22" }
    euw1-az2 = { public = "10.20.4.0/22", private = "10.20.80.0/20", isolated = "10.20.196.0/22" }
  }
  egress   = "nat-single"
  nat_zone = "euw1-az1"
  gateway_endpoints = {
    s3 = { statements = [{ sid = "Orders", actions = ["s3:GetObject"], resources = ["${module.data_orders.arn}/*"] }] }
  }
  interface_endpoints = { "ecr.api" = { zones = ["euw1-az1"] } }
  flow_logs = {
    retention_days = 365
    key_arn        = module.keys_eu_west_1.arns["logs"]
    log_group      = "/demo/prd/network"
    role_name      = "demo-prd-flow-logs-eu-west-1"
  }
}

module "logs_eu_west_1" {
  source  = "../../../modules/bucket"
  name    = "demo-prd-logs-${local.account}-eu-west-1"
  account = local.account
  region  = "eu-west-1"
  protect = false
  log_sources = [
    "arn:aws:s3:::demo-prd-audit-${local.account}-eu-west-1",
    "arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1",
  ]
  balancer_logs = ["serve/api", "serve/back"]
}

module "data_orders" {
  source      = "../../../modules/bucket"
  name        = "demo-prd-orders-${local.account}-eu-west-1"
  account     = local.account
  region      = "eu-west-1"
  key_arn     = module.keys_eu_west_1.arns["data"]
  protect     = true
  access_logs = { bucket = module.logs_eu_west_1.name, prefix = "orders/" }
  replication = {
    role_name = "demo-prd-orders-replication-eu-west-1"
    destinations = {
      us-east-1 = { bucket_arn = module.data_orders_us_east_1.arn, key_arn = module.keys_us_east_1.arns["data"] }
    }
  }
  notifications = { functions_ingest = { function_arn = module.functions_ingest.trigger_arn, prefix = "in/" } }
}

module "data_orders_us_east_1" {
  source    = "../../../modules/bucket"
  providers = { aws = aws.us_east_1 }
  name      = "demo-prd-orders-${local.account}-us-east-1"
  account   = local.account
  region    = "us-east-1"
  key_arn   = module.keys_us_east_1.arns["data"]
  protect   = true
  replication = {
    role_name = "demo-prd-orders-replication-us-east-1"
    destinations = {
      eu-west-1 = { bucket_arn = module.data_orders.arn, key_arn = module.keys_eu_west_1.arns["data"] }
    }
  }
}

module "audit" {
  source                 = "../../../modules/trail"
  name                   = "demo-prd"
  account                = local.account
  region                 = "eu-west-1"
  bucket_name            = "demo-prd-audit-${local.account}-eu-west-1"
  key_arn                = module.keys_eu_west_1.arns["logs"]
  log_group              = "/demo/prd/audit"
  log_role_name          = "demo-prd-audit-eu-west-1"
  retention_days         = 365
  log_retention_days     = 365
  protect                = true
  locked                 = "governance"
  data_event_bucket_arns = [module.data_orders.arn]
  data_events            = { "AWS::DynamoDB::Table" = { arns = [module.data_people.arn, module.data_people_us_east_1.arn] } }
  access_logs            = { bucket = module.logs_eu_west_1.name, prefix = "audit/" }
  topic_arns             = values(module.monitor.topic_arns)
  watched = {
    demo-prd-audit-root-use = { metric = "RootUse", pattern = "{$.userIdentity.type=\"Root\"}", description = "audit: root" }
  }
}

module "data_people" {
  source     = "../../../modules/table"
  name       = "demo-prd-people"
  key_arn    = module.keys_eu_west_1.arns["data"]
  attributes = { id = "string" }
  key        = "id"
  stream     = true
  protect    = true
}

module "data_people_us_east_1" {
  source    = "../../../modules/table_replica"
  providers = { aws = aws.us_east_1 }
  table_arn = module.data_people.arn
  key_arn   = module.keys_us_east_1.arns["data"]
  protect   = true
}

module "functions_ingest" {
  source          = "../../../modules/function"
  name            = "demo-prd-ingest"
  description     = "functions.ingest"
  account         = local.account
  region          = "eu-west-1"
  vpc_id          = module.network_eu_west_1.vpc_id
  subnets         = module.network_eu_west_1.subnets["private"]
  key_arn         = module.keys_eu_west_1.arns["logs"]
  role_name       = "demo-prd-ingest-eu-west-1"
  statements      = [{ sid = "Orders", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1/*"] }]
  log_group       = { name = "/demo/prd/functions/ingest", retention_days = 365 }
  code            = { file = "ingest.zip", hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  runtime         = "python3.13"
  handler         = "app.handler"
  memory_mib      = 512
  timeout_seconds = 30
  trigger         = { bucket = { arn = module.data_orders.arn } }
  on_failure      = { arn = module.data_failed.arn }
  environment     = { EXPLAIN = module.serve_explain.url }
  services        = { back = { security_group_id = module.serve_back.security_group_id, port = 80 } }
}

module "serve_explain" {
  source          = "../../../modules/function"
  name            = "demo-prd-explain"
  description     = "serve.explain"
  account         = local.account
  region          = "eu-west-1"
  vpc_id          = module.network_eu_west_1.vpc_id
  subnets         = module.network_eu_west_1.subnets["private"]
  key_arn         = module.keys_eu_west_1.arns["logs"]
  role_name       = "demo-prd-explain-eu-west-1"
  statements      = [{ sid = "Orders", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1/*"] }]
  log_group       = { name = "/demo/prd/serve/explain", retention_days = 365 }
  code            = { file = "explain.zip", hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  runtime         = "python3.13"
  handler         = "app.handler"
  memory_mib      = 512
  timeout_seconds = 30
  concurrency     = 20
  service         = { alias = "live", url = true, ready = 2 }
}

module "data_failed" {
  source             = "../../../modules/queue"
  name               = "demo-prd-failed"
  account            = local.account
  region             = "eu-west-1"
  key_arn            = module.keys_eu_west_1.arns["data"]
  retention_seconds  = 345600
  visibility_seconds = 180
  dead_letters       = { name = "demo-prd-failed-dead", attempts = 5 }
}

# Two services that call each other: whoever calls has the rules of both ends, so that nothing waits for itself.
module "serve_console" {
  source           = "../../../modules/beanstalk"
  name             = "demo-prd-console"
  description      = "serve.console"
  region           = "eu-west-1"
  vpc_id           = module.network_eu_west_1.vpc_id
  subnets          = module.network_eu_west_1.subnets["private"]
  balancer_subnets = merge(module.network_eu_west_1.subnets["private"], { another = "subnet-0abc" })
  services         = { serve_desk = { security_group_id = module.serve_desk.security_group_id, port = 80 } }
  cname_prefix     = "demo-prd-console-${local.account}"
  role_name        = "demo-prd-console-eu-west-1"
  statements       = [{ sid = "Report", actions = ["elasticbeanstalk:PutInstanceStatistics"], resources = ["arn:aws:elasticbeanstalk:eu-west-1:${local.account}:application/demo-prd-console"] }]
  service_role     = { name = "demo-prd-console-service-eu-west-1", statements = [{ sid = "Look", actions = ["ec2:DescribeInstances"], resources = ["*"] }] }
  stack            = { default = { name = "64bit Amazon Linux 2023 v4.13.7 running Python 3.12", recorded = "2026-08-17" } }
  code             = { bucket = module.data_orders.name, key = "code/console.zip", hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  instance_type    = "t3.small"
  scale            = { min = 2, max = 4, cpu_percent = 60 }
  environment      = { LANDFORM_SERVE_EXPLAIN = module.serve_explain.url }
  key_arn          = module.keys_eu_west_1.arns["data"]
  logs             = { groups = [], retention_days = 365, keep = true }
}

module "serve_desk" {
  source           = "../../../modules/beanstalk"
  name             = "demo-prd-desk"
  description      = "serve.desk"
  region           = "eu-west-1"
  vpc_id           = module.network_eu_west_1.vpc_id
  subnets          = module.network_eu_west_1.subnets["private"]
  balancer_subnets = merge(module.network_eu_west_1.subnets["private"], { another = "subnet-0abc" })
  services         = { serve_console = { security_group_id = module.serve_console.security_group_id, port = 80 } }
  cname_prefix     = "demo-prd-desk-${local.account}"
  role_name        = "demo-prd-desk-eu-west-1"
  statements       = [{ sid = "Report", actions = ["elasticbeanstalk:PutInstanceStatistics"], resources = ["arn:aws:elasticbeanstalk:eu-west-1:${local.account}:application/demo-prd-desk"] }]
  service_role     = { name = "demo-prd-desk-service-eu-west-1", statements = [{ sid = "Look", actions = ["ec2:DescribeInstances"], resources = ["*"] }] }
  stack            = { default = { name = "64bit Amazon Linux 2023 v4.13.7 running Python 3.12", recorded = "2026-08-17" } }
  code             = { bucket = module.data_orders.name, key = "code/desk.zip", hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  instance_type    = "t3.small"
  scale            = { min = 1, max = 1, cpu_percent = 60 }
  key_arn          = module.keys_eu_west_1.arns["data"]
  logs             = { groups = [], retention_days = 365, keep = true }
}

module "serve_score" {
  source         = "../../../modules/endpoint"
  name           = "demo-prd-score"
  account        = local.account
  region         = "eu-west-1"
  vpc_id         = module.network_eu_west_1.vpc_id
  subnets        = module.network_eu_west_1.subnets["private"]
  egress         = { endpoints = { port = 443, prefix_list_ids = [module.network_eu_west_1.prefix_lists["s3"]] } }
  key_arn        = module.keys_eu_west_1.arns["logs"]
  volume_key_arn = module.keys_eu_west_1.arns["data"]
  role_name      = "demo-prd-score-eu-west-1"
  statements     = [{ sid = "Model", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::demo-prd-orders-${local.account}-eu-west-1/models/*"] }]
  log_days       = 365
  parameter_name = "/landform/demo/production/serve/score"
  package_group  = "demo-prd-score"
  archive        = { bucket = module.data_orders.name, key = "models/score.tar.gz" }
  image          = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
  environment    = { EXPLAIN = module.serve_explain.url }
  instance_type  = "ml.c7i.xlarge"
  scale          = { min = 2, max = 20, invocations_per_minute = 800 }
  capture        = { percent = 20, bucket = module.data_orders.name, prefix = "capture/", key_arn = module.keys_eu_west_1.arns["data"] }
}

module "monitor" {
  source  = "../../../modules/monitor"
  name    = "demo-prd"
  account = local.account
  region  = "eu-west-1"
  key_arn = module.keys_eu_west_1.arns["alarms"]
  topics  = { pager = { name = "demo-prd-pager", emails = ["oncall@example.com"] } }
  alarms = {
    demo-prd-network-ports = {
      description = "network: no port is left"
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      period      = 60
      periods     = 5
      missing     = "notBreaching"
      series = {
        m1 = {
          namespace  = "AWS/NATGateway"
          name       = "ErrorPortAllocation"
          dimensions = { NatGatewayId = module.network_eu_west_1.nat_gateways["euw1-az1"] }
          statistic  = "Sum"
        }
      }
      topics = ["pager"]
    }
  }
  log_detectors = { demo-prd-ingest = { log_group_arn = module.functions_ingest.log_group_arn } }
  dashboard     = { name = "demo-prd", widgets = [] }
  shown         = ["demo-prd-audit-root-use"]
}

module "detection" {
  source     = "../../../modules/detection"
  name       = "demo-prd"
  detectors  = ["access-analyzer", "guardduty"]
  findings   = { demo-prd-guardduty = { description = "audit: GuardDuty", pattern = "{\"source\":[\"aws.guardduty\"]}" } }
  topic_arns = module.monitor.topic_arns
}
