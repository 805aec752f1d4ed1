mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/demo-prd-console/1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mock" }
  }
  mock_resource "aws_elastic_beanstalk_environment" {
    defaults = { cname = "demo.eu-west-1.elasticbeanstalk.com", load_balancers = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/awseb/1"] }
  }
}

variables {
  name             = "demo-prd-console"
  description      = "serve.console"
  region           = "eu-west-1"
  vpc_id           = "vpc-1"
  subnets          = { euw1-az1 = "subnet-2", euw1-az2 = "subnet-1" }
  balancer_subnets = { euw1-az1 = "subnet-2", euw1-az2 = "subnet-1" }
  egress           = { https = { port = 443, cidrs = ["0.0.0.0/0"] }, s3 = { port = 443, prefix_list_ids = ["pl-1"] } }
  cname_prefix     = "demo-prd-console-123456789012"
  role_name        = "demo-prd-console-eu-west-1"
  statements       = [{ sid = "Report", actions = ["elasticbeanstalk:PutInstanceStatistics"], resources = ["arn:aws:elasticbeanstalk:eu-west-1:123456789012:environment/demo-prd-console/demo-prd-console"] }]
  service_role = {
    name       = "demo-prd-console-service-eu-west-1"
    statements = [{ sid = "Look", actions = ["ec2:DescribeInstances"], resources = ["*"] }]
  }
  stack         = { default = { name = "64bit Amazon Linux 2023 v4.13.7 running Python 3.12", recorded = "2126-01-01" } }
  code          = { bucket = "demo-prd-artifacts", key = "code/console.zip", hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  instance_type = "t3.small"
  scale         = { min = 2, max = 4, cpu_percent = 60 }
  environment   = { TEAM = "risk" }
  logs          = { groups = ["/aws/elasticbeanstalk/demo-prd-console/var/log/web.stdout.log"], retention_days = 365, keep = true }
  key_arn       = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
}

run "inside_the_network_and_nowhere_else" {
  command = apply

  assert {
    condition = alltrue([
      for name, value in { VPCId = "vpc-1", Subnets = "subnet-1,subnet-2", ELBSubnets = "subnet-1,subnet-2", ELBScheme = "internal", AssociatePublicIpAddress = "false" } :
      local.settings["aws:ec2:vpc ${name}"].value == value
    ])
    error_message = "not in the subnets given, or reached from outside"
  }

  assert {
    condition     = local.settings["aws:autoscaling:launchconfiguration SecurityGroups"].value == aws_security_group.this.id && local.settings["aws:autoscaling:launchconfiguration DisableDefaultEC2SecurityGroup"].value == "true"
    error_message = "the instances have a group that Beanstalk made, which lets SSH in"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.this.referenced_security_group_id == aws_security_group.balancer.id && aws_vpc_security_group_ingress_rule.this.from_port == 80
    error_message = "the instances take requests that did not come by the balancer"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.world) + length(aws_vpc_security_group_ingress_rule.calls) == 0
    error_message = "somebody may call whom no edge names"
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.this) == 2
    error_message = "a rule is missing, or one too many"
  }

  assert {
    condition     = output.url == "http://demo.eu-west-1.elasticbeanstalk.com"
    error_message = "callers are told of another URL"
  }

  assert {
    condition     = output.balancer_arn == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/awseb/1"
    error_message = "the balancer is another"
  }
}

run "every_setting_reaches_the_environment" {
  command = plan

  assert {
    condition     = length(aws_elastic_beanstalk_environment.this.setting) == length(local.settings)
    error_message = "a setting is lost on the way"
  }

  assert {
    condition     = local.settings["aws:elasticbeanstalk:application:environment TEAM"].value == "risk"
    error_message = "the code is not told its variables"
  }
}

run "watched_and_hardened" {
  command = plan

  assert {
    condition     = local.settings["aws:elasticbeanstalk:healthreporting:system SystemType"].value == "enhanced" && local.settings["aws:elasticbeanstalk:healthreporting:system EnhancedHealthAuthEnabled"].value == "true"
    error_message = "health is basic, or anybody may report it"
  }

  assert {
    condition     = local.settings["aws:autoscaling:launchconfiguration DisableIMDSv1"].value == "true"
    error_message = "a request that the code is tricked into gets the role's credentials"
  }

  assert {
    condition     = local.settings["aws:elasticbeanstalk:cloudwatch:logs StreamLogs"].value == "true" && local.settings["aws:elasticbeanstalk:cloudwatch:logs RetentionInDays"].value == "365" && local.settings["aws:elasticbeanstalk:cloudwatch:logs DeleteOnTerminate"].value == "false"
    error_message = "logs are lost with the instance, or with the environment"
  }

  assert {
    condition     = { for name, group in aws_cloudwatch_log_group.environment : name => "${group.retention_in_days} ${group.skip_destroy} ${group.kms_key_id}" } == { "/aws/elasticbeanstalk/demo-prd-console/var/log/web.stdout.log" = "365 true ${var.key_arn}" }
    error_message = "what is streamed is not under the key, or goes with the environment"
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0
    error_message = "a firewall where nobody comes from outside"
  }

  assert {
    condition     = local.settings["aws:elasticbeanstalk:managedactions ManagedActionsEnabled"].value == "false" && local.settings["aws:elasticbeanstalk:xray XRayEnabled"].value == "false"
    error_message = "Beanstalk does by itself what its role has no permission for"
  }
}

run "new_beside_old" {
  command = plan

  assert {
    condition     = local.settings["aws:elasticbeanstalk:command DeploymentPolicy"].value == "Immutable" && local.settings["aws:autoscaling:updatepolicy:rollingupdate RollingUpdateType"].value == "Immutable"
    error_message = "a deployment takes the service down, or half of it"
  }

  assert {
    condition     = aws_elastic_beanstalk_application_version.this.name == "demo-prd-console-e3b0c44298fc1c14" && aws_elastic_beanstalk_environment.this.version_label == aws_elastic_beanstalk_application_version.this.name
    error_message = "new code would be put in the place of the version that runs"
  }
}

run "scales_by_its_processors" {
  command = plan

  assert {
    condition = alltrue([
      for name, value in { MeasureName = "CPUUtilization", Unit = "Percent", UpperThreshold = "60", LowerThreshold = "30", BreachDuration = "5", Period = "1", EvaluationPeriods = "5" } :
      local.settings["aws:autoscaling:trigger ${name}"].value == value
    ])
    error_message = "scales by something else"
  }

  assert {
    condition     = local.settings["aws:autoscaling:asg MinSize"].value == "2" && local.settings["aws:autoscaling:asg MaxSize"].value == "4"
    error_message = "the bounds are others"
  }
}

run "roles_of_their_own" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role.this["service"].assume_role_policy).Statement[0].Condition.StringEquals["sts:ExternalId"] == "elasticbeanstalk"
    error_message = "the service role is Beanstalk's for anybody who names it"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.beanstalk["instance"].policy).Statement[0].Action == ["elasticbeanstalk:PutInstanceStatistics"] && jsondecode(aws_iam_role_policy.beanstalk["service"].policy).Statement[0].Action == ["ec2:DescribeInstances"]
    error_message = "a role has what the other one needs"
  }
}

run "public_by_tls_alone" {
  command = apply

  variables {
    public           = true
    balancer_subnets = { euw1-az1 = "subnet-8", euw1-az2 = "subnet-9" }
    certificate_arn  = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    domain           = { name = "console.example.com", zone = "Z1", alias_zone = "Z2NYPWQ7DFZAZH", nearest = true }
  }

  assert {
    condition     = local.settings["aws:elbv2:listener:default ListenerEnabled"].value == "false" && local.settings["aws:elbv2:listener:443 Protocol"].value == "HTTPS" && local.settings["aws:elbv2:listener:443 SSLPolicy"].value == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    error_message = "takes plain text, or old ciphers"
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.world : tostring(rule.from_port)] == ["443"]
    error_message = "another port is open than the one that listens"
  }

  assert {
    condition     = local.settings["aws:ec2:vpc ELBSubnets"].value == "subnet-8,subnet-9" && local.settings["aws:ec2:vpc Subnets"].value == "subnet-1,subnet-2"
    error_message = "the instances moved out with the balancer"
  }

  assert {
    condition     = output.url == "https://console.example.com" && aws_route53_record.this["domain"].latency_routing_policy[0].region == "eu-west-1"
    error_message = "the name leads elsewhere"
  }

  assert {
    condition     = aws_route53_record.this["domain"].type == "A" && aws_route53_record.this["domain"].alias[0].evaluate_target_health && aws_route53_record.this["domain"].alias[0].zone_id == "Z2NYPWQ7DFZAZH"
    error_message = "the name leads to a region that is not well, or cannot be a zone's own"
  }
}

run "the_world_passes_a_firewall" {
  command = apply

  variables {
    public          = true
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this["this"].resource_arn == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/awseb/1" && aws_wafv2_web_acl_association.this["this"].web_acl_arn == aws_wafv2_web_acl.this["this"].arn
    error_message = "the firewall stands before nothing"
  }

  assert {
    condition     = [for rule in aws_wafv2_web_acl.this["this"].rule : rule.name if length(rule.override_action[0].none) != 1] == [] && length(aws_wafv2_web_acl.this["this"].rule) == 4
    error_message = "a group of rules is not in force"
  }

  assert {
    condition     = aws_cloudwatch_log_group.waf["this"].name == "aws-waf-logs-demo-prd-console" && aws_cloudwatch_log_group.waf["this"].kms_key_id == var.key_arn
    error_message = "the firewall logs nowhere, or not under the key"
  }
}

run "logs_that_go_with_the_system_outlive_an_environment" {
  command = plan

  variables {
    logs = { groups = ["/aws/elasticbeanstalk/demo-prd-console/var/log/web.stdout.log"], retention_days = 30, keep = false }
  }

  assert {
    condition     = local.settings["aws:elasticbeanstalk:cloudwatch:logs DeleteOnTerminate"].value == "false" && [for group in aws_cloudwatch_log_group.environment : group.skip_destroy] == [false]
    error_message = "Beanstalk deletes Terraform's log groups with an environment, or Terraform never does"
  }
}

run "refuses_logs_that_beanstalk_does_not_stream_to" {
  command = plan

  variables {
    logs = { groups = ["/aws/elasticbeanstalk/demo-prd-other/var/log/web.stdout.log"], retention_days = 365, keep = true }
  }

  expect_failures = [var.logs]
}

run "says_when_a_stack_is_old" {
  command = plan

  variables {
    stack = { default = { name = "64bit Amazon Linux 2023 v4.13.7 running Python 3.12", recorded = "2026-01-01" } }
  }

  expect_failures = [check.stack]
}

run "of_a_stack_that_the_user_names_nobody_knows_the_age" {
  command = plan

  variables {
    stack = {
      name    = "64bit Amazon Linux 2023 v4.1.1 running Python 3.12"
      default = { name = "64bit Amazon Linux 2023 v4.13.7 running Python 3.12", recorded = "2026-01-01" }
    }
  }

  assert {
    condition     = aws_elastic_beanstalk_environment.this.solution_stack_name == "64bit Amazon Linux 2023 v4.1.1 running Python 3.12"
    error_message = "the stack is another"
  }
}

run "waits_longer_than_an_update_takes" {
  command = plan

  assert {
    condition     = tonumber(trimsuffix(aws_elastic_beanstalk_environment.this.wait_for_ready_timeout, "m")) * 60 > tonumber(local.settings["aws:elasticbeanstalk:command Timeout"].value)
    error_message = "Terraform gives up before Beanstalk does"
  }
}

run "refuses_to_be_public_in_plain_text" {
  command = plan

  variables {
    public = true
  }

  expect_failures = [var.public]
}

run "refuses_a_balancer_in_one_zone" {
  command = plan

  variables {
    balancer_subnets = { euw1-az1 = "subnet-2" }
  }

  expect_failures = [var.balancer_subnets]
}

run "refuses_bounds_the_wrong_way_round" {
  command = plan

  variables {
    scale = { min = 3, max = 2, cpu_percent = 60 }
  }

  expect_failures = [var.scale]
}

run "calls_a_service_inside_by_a_rule_at_both_ends" {
  command = apply

  variables {
    services = { serve_api = { security_group_id = "sg-callee", port = 8443 } }
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_egress_rule.calls["serve_api"].referenced_security_group_id == "sg-callee",
      aws_vpc_security_group_ingress_rule.calls["serve_api"].security_group_id == "sg-callee",
      aws_vpc_security_group_ingress_rule.calls["serve_api"].referenced_security_group_id == aws_security_group.this.id,
      aws_vpc_security_group_ingress_rule.calls["serve_api"].from_port == 8443,
    ])
    error_message = "one end of the call is closed, or open for others"
  }
}
