mock_provider "aws" {
  mock_resource "aws_iam_instance_profile" {
    defaults = { arn = "arn:aws:iam::123456789012:instance-profile/fraud-detection-prd-api-us-east-1" }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0" }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/fraud-detection-prd-api/0123456789abcdef"
      arn_suffix = "app/fraud-detection-prd-api/0123456789abcdef"
      dns_name   = "fraud-detection-prd-api-1.us-east-1.elb.amazonaws.com"
      zone_id    = "Z35SXDOTRQ7X7K"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/fraud-detection-prd-api-8080/0123456789abcdef"
      arn_suffix = "targetgroup/fraud-detection-prd-api-8080/0123456789abcdef"
    }
  }

  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/fraud-detection-prd-api/0123456789abcdef/0123456789abcdef" }
  }

  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/fraud-detection-prd-api/00000000-0000-0000-0000-000000000000" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-fraud-detection-prd-api" }
  }
}

variables {
  name              = "fraud-detection-prd-api"
  account           = "123456789012"
  region            = "us-east-1"
  vpc_id            = "vpc-0123456789abcdef0"
  subnets           = { use1-az1 = "subnet-0123456789abcdef0", use1-az2 = "subnet-0123456789abcdef1" }
  image_id          = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  root_device       = "/dev/xvda"
  size              = { min = 3, max = 12 }
  instance_types    = ["c7i.large"]
  key_arn           = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  root              = { gib = 30 }
  user_data         = "#!/bin/bash\necho hello\n"
  role_name         = "fraud-detection-prd-api-us-east-1"
  log_group         = { name = "/landform/fraud-detection-prd/api", retention_days = 365 }
  tags              = { system = "fraud-detection" }
  port              = 8080
  health_path       = "/ping"
  balancer_name     = "fraud-detection-prd-api"
  target_group_name = "fraud-detection-prd-api-8080"
  balancer_subnets  = { use1-az1 = "subnet-0123456789abcdef2", use1-az2 = "subnet-0123456789abcdef3" }
  access_logs       = { bucket = "fraud-detection-prd-access-logs-123456789012-us-east-1", prefix = "serve/api" }
  statements = [{
    sid       = "Logs"
    actions   = ["logs:PutLogEvents"]
    resources = ["arn:aws:logs:us-east-1:123456789012:log-group:/landform/fraud-detection-prd/api:*"]
  }]
}

run "inside_and_without_a_certificate" {
  command = apply

  assert {
    condition     = aws_lb.this.internal && aws_lb.this.drop_invalid_header_fields && aws_lb.this.enable_deletion_protection && aws_lb.this.access_logs[0].enabled
    error_message = "A balancer is internal, protected and logged unless said otherwise."
  }

  assert {
    condition     = keys(aws_lb_listener.plain) == ["http"] && length(aws_lb_listener.https) == 0
    error_message = "Without a certificate there is plain HTTP."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.world) == 0
    error_message = "Nobody comes in who does not name the balancer's group."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.balancer.referenced_security_group_id == aws_security_group.balancer.id && aws_vpc_security_group_ingress_rule.balancer.from_port == 8080 && aws_vpc_security_group_egress_rule.hosts.referenced_security_group_id == aws_security_group.this.id
    error_message = "The balancer reaches the hosts on their port, and nothing else does."
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0 && length(aws_route53_record.this) == 0 && length(aws_autoscaling_policy.this) == 0
    error_message = "No firewall, no record and no scaling that nobody asked for."
  }

  assert {
    condition     = output.url == "http://fraud-detection-prd-api-1.us-east-1.elb.amazonaws.com" && output.caller_port == 80
    error_message = "Callers are told the balancer's own name."
  }
}

run "hosts" {
  command = plan

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata is to be had with a token and on the host only."
  }

  assert {
    condition     = alltrue([for d in aws_launch_template.this.block_device_mappings : d.ebs[0].encrypted == "true" && d.ebs[0].kms_key_id == var.key_arn])
    error_message = "Every disk is encrypted with the given key."
  }

  assert {
    condition     = aws_autoscaling_group.this.health_check_type == "ELB" && aws_autoscaling_group.this.min_size == 3 && aws_autoscaling_group.this.max_size == 12 && aws_autoscaling_group.this.desired_capacity == 3
    error_message = "A host that does not answer is replaced, and the group begins with the least."
  }

  # One more for a while, never one less: so a new template reaches all of them.
  assert {
    condition     = aws_autoscaling_group.this.instance_refresh[0].preferences[0].min_healthy_percentage == 100 && aws_autoscaling_group.this.instance_refresh[0].preferences[0].max_healthy_percentage == 110
    error_message = "A new host answers before an old one goes."
  }

  assert {
    condition     = aws_autoscaling_group.this.vpc_zone_identifier == toset(values(var.subnets)) && aws_lb.this.subnets == toset(values(var.balancer_subnets))
    error_message = "Hosts and balancer lie in their own subnets."
  }

  assert {
    condition     = aws_lb_target_group.this.health_check[0].path == "/ping" && aws_lb_target_group.this.port == 8080 && aws_lb_target_group.this.name == "fraud-detection-prd-api-8080"
    error_message = "Health is asked for where the hosts answer."
  }
}

run "public" {
  command = apply

  variables {
    public          = true
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    domain          = { name = "api.example.com", zone_id = "Z0123456789ABCDEFGHIJ" }
    protect         = false
  }

  assert {
    condition     = !aws_lb.this.internal && !aws_lb.this.enable_deletion_protection
    error_message = "A public balancer has public addresses; protection is up to the caller."
  }

  assert {
    condition     = { for door, rule in aws_vpc_security_group_ingress_rule.world : door => rule.from_port } == { https = 443 }
    error_message = "The world comes in by TLS alone."
  }

  assert {
    condition     = aws_lb_listener.https["tls"].ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06" && aws_lb_listener.https["tls"].certificate_arn == var.certificate_arn && length(aws_lb_listener.plain) == 0
    error_message = "TLS 1.2 and 1.3, and nothing else answers."
  }

  assert {
    condition     = toset([for r in aws_wafv2_web_acl.this["this"].rule : r.name]) == toset(["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAnonymousIpList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"]) && aws_wafv2_web_acl_association.this["this"].resource_arn == aws_lb.this.arn
    error_message = "The firewall stands before the balancer."
  }

  assert {
    condition     = startswith(aws_cloudwatch_log_group.waf["this"].name, "aws-waf-logs-") && aws_cloudwatch_log_group.waf["this"].kms_key_id == var.key_arn
    error_message = "WAF logs to no other group, and under the key."
  }

  assert {
    condition     = toset([for f in aws_wafv2_web_acl_logging_configuration.this["this"].redacted_fields : one(f.single_header).name]) == toset(["authorization", "cookie"])
    error_message = "Credentials of callers are in no log."
  }

  assert {
    condition     = aws_route53_record.this["plain"].name == "api.example.com" && length(aws_route53_record.this["plain"].latency_routing_policy) == 0 && length(aws_route53_health_check.this) == 0
    error_message = "In one region a plain alias leads to the balancer."
  }

  assert {
    condition     = output.url == "https://api.example.com" && output.caller_port == 443
    error_message = "Callers are told the domain."
  }
}

run "in_many_regions" {
  command = apply

  variables {
    public          = true
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    domain          = { name = "api.example.com", zone_id = "Z0123456789ABCDEFGHIJ", latency = true }
  }

  assert {
    condition     = aws_route53_record.this["latency"].set_identifier == "us-east-1" && one(aws_route53_record.this["latency"].latency_routing_policy).region == "us-east-1" && one(aws_route53_record.this["latency"].alias).evaluate_target_health
    error_message = "Whoever asks gets the nearest region that is well."
  }

  assert {
    condition     = aws_route53_health_check.this["latency"].type == "HTTPS" && aws_route53_health_check.this["latency"].resource_path == "/ping" && aws_route53_record.this["latency"].health_check_id == aws_route53_health_check.this["latency"].id
    error_message = "A region that does not answer the world is left out."
  }
}

run "in_a_second_region_for_when_the_first_is_gone" {
  command = apply

  variables {
    public          = true
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    domain          = { name = "api.example.com", zone_id = "Z0123456789ABCDEFGHIJ", failover = "SECONDARY" }
  }

  assert {
    condition     = one(aws_route53_record.this["failover"].failover_routing_policy).type == "SECONDARY" && aws_route53_record.this["failover"].set_identifier == "us-east-1" && length(aws_route53_record.this["failover"].latency_routing_policy) == 0
    error_message = "Another record than the second one."
  }

  assert {
    condition     = aws_route53_record.this["failover"].health_check_id == aws_route53_health_check.this["failover"].id
    error_message = "Nobody looks whether it answers."
  }
}

run "refuses_two_ways_to_be_found" {
  command = plan

  variables {
    domain = { name = "api.example.com", zone_id = "Z0123456789ABCDEFGHIJ", latency = true, failover = "PRIMARY" }
  }

  expect_failures = [var.domain]
}

run "inside_in_many_regions" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    domain          = { name = "api.example.com", zone_id = "Z0123456789ABCDEFGHIJ", latency = true }
  }

  assert {
    condition     = length(aws_route53_health_check.this) == 0 && length(aws_lb_listener.https) == 1
    error_message = "Route 53 reaches nothing inside."
  }
}

run "follows_the_cpu" {
  command = plan

  variables {
    target = { metric = "cpu", value = 60 }
  }

  assert {
    condition     = aws_autoscaling_policy.this["cpu"].target_tracking_configuration[0].target_value == 60 && aws_autoscaling_policy.this["cpu"].target_tracking_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ASGAverageCPUUtilization"
    error_message = "The group follows the CPU of its hosts."
  }
}

run "follows_the_requests" {
  command = apply

  variables {
    target         = { metric = "requests", value = 1000 }
    spot_percent   = 80
    on_demand_base = 2
  }

  assert {
    condition     = aws_autoscaling_policy.this["requests"].target_tracking_configuration[0].predefined_metric_specification[0].resource_label == "app/fraud-detection-prd-api/0123456789abcdef/targetgroup/fraud-detection-prd-api-8080/0123456789abcdef"
    error_message = "Requests are those that this balancer sends to these hosts."
  }

  assert {
    condition     = aws_autoscaling_group.this.capacity_rebalance && aws_autoscaling_group.this.mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity == 20
    error_message = "80 percent of spot are 20 percent of on-demand above the base."
  }
}

run "the_size_of_the_day_stays" {
  command = apply

  variables {
    size = { min = 5, max = 12 }
  }

  assert {
    condition     = aws_autoscaling_group.this.desired_capacity == 3
    error_message = "What the load asked for is not undone by an apply."
  }
}

run "calls_and_mounts" {
  command = apply

  variables {
    services = { explain = { security_group_id = "sg-0123456789abcdef0", port = 80 } }
    file_systems = {
      homes = {
        security_group_id = "sg-0123456789abcdef1"
        ports             = [{ from = 2049, to = 2049 }]
      }
    }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.calls["explain"].security_group_id == "sg-0123456789abcdef0" && aws_vpc_security_group_ingress_rule.calls["explain"].referenced_security_group_id == aws_security_group.this.id && aws_vpc_security_group_egress_rule.calls["explain"].from_port == 80
    error_message = "Both ends of a call stand here."
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.mounts) == ["homes 2049"] && keys(aws_vpc_security_group_ingress_rule.mounts) == ["homes 2049"]
    error_message = "Both ends of a mount stand here."
  }
}

run "refuses_the_world_without_a_certificate" {
  command = plan

  variables {
    public = true
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_a_certificate_of_another_region" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_a_balancer_in_one_zone" {
  command = plan

  variables {
    balancer_subnets = { use1-az1 = "subnet-0123456789abcdef2" }
  }

  expect_failures = [var.balancer_subnets]
}

run "refuses_sizes_and_targets_that_are_none" {
  command = plan

  variables {
    size   = { min = 0, max = 12 }
    target = { metric = "cpu", value = 120 }
  }

  expect_failures = [var.size, var.target]
}

run "refuses_names_that_aws_would_refuse" {
  command = plan

  variables {
    balancer_name     = "internal-api"
    target_group_name = "a-target-group-with-a-name-of-more-than-32"
    health_path       = "ping"
    port              = 0
    domain            = { name = "api", zone_id = "zone" }
    access_logs       = { bucket = "b", prefix = "serve/" }
  }

  expect_failures = [var.balancer_name, var.target_group_name, var.health_path, var.port, var.domain, var.access_logs]
}
