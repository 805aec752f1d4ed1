mock_provider "aws" {}

variables {
  name    = "demo-prd"
  region  = "eu-west-1"
  account = "123456789012"
  cidr    = "10.20.0.0/16"
  zones = {
    euw1-az1 = { public = "10.20.0.0/22", private = "10.20.64.0/20", isolated = "10.20.192.0/22" }
  }
  egress = "nat-per-zone"
  flow_logs = {
    retention_days = 365
    key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
    log_group      = "/demo/prd/network"
    role_name      = "demo-prd-flow-logs-eu-west-1"
  }
}

run "refuses_a_block_larger_than_a_vpc" {
  command = plan

  variables {
    cidr = "10.0.0.0/8"
  }

  expect_failures = [var.cidr]
}

run "refuses_zones_by_letter" {
  command = plan

  variables {
    zones = { eu-west-1a = { public = "10.20.0.0/22", private = "10.20.64.0/20", isolated = "10.20.192.0/22" } }
  }

  expect_failures = [var.zones]
}

run "refuses_subnets_too_small" {
  command = plan

  variables {
    zones = { euw1-az1 = { public = "10.20.0.0/29", private = "10.20.64.0/20", isolated = "10.20.192.0/22" } }
  }

  expect_failures = [var.zones]
}

run "refuses_no_zone" {
  command = plan

  variables {
    zones  = {}
    egress = "none"
  }

  expect_failures = [var.zones]
}

run "refuses_an_unknown_egress" {
  command = plan

  variables {
    egress = "nat"
  }

  expect_failures = [var.egress]
}

run "refuses_a_single_nat_nowhere" {
  command = plan

  variables {
    egress = "nat-single"
  }

  expect_failures = [var.nat_zone]
}

run "refuses_a_zone_for_no_single_nat" {
  command = plan

  variables {
    nat_zone = "euw1-az1"
  }

  expect_failures = [var.nat_zone]
}

run "refuses_a_gateway_that_aws_lacks" {
  command = plan

  variables {
    gateway_endpoints = { sqs = { statements = [{ sid = "A", actions = ["sqs:SendMessage"], resources = ["*"] }] } }
  }

  expect_failures = [var.gateway_endpoints]
}

run "refuses_an_empty_gateway_policy" {
  command = plan

  variables {
    gateway_endpoints = { s3 = { statements = [] } }
  }

  expect_failures = [var.gateway_endpoints]
}

run "refuses_an_endpoint_in_another_network_s_zone" {
  command = plan

  variables {
    interface_endpoints = { ssm = { zones = ["euw1-az3"] } }
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_an_empty_interface_policy" {
  command = plan

  variables {
    interface_endpoints = { ssm = { zones = ["euw1-az1"], statements = [] } }
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_a_retention_that_logs_do_not_know" {
  command = plan

  variables {
    flow_logs = { retention_days = 100, key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1", log_group = "/demo", role_name = "demo" }
  }

  expect_failures = [var.flow_logs]
}
