# What the world sends is looked at before an instance sees it. Rule groups of AWS, which keeps them current.

locals {
  firewalls = var.public ? { this = var.name } : {}

  # Priority => rule group, and the rules of it that only count. The size of a body says nothing of a model's input.
  rule_groups = {
    AWSManagedRulesAmazonIpReputationList = { priority = 10, counted = [] }
    # Providers of cloud hosts are callers too: an API is called by machines.
    AWSManagedRulesAnonymousIpList       = { priority = 15, counted = ["HostingProviderIPList"] }
    AWSManagedRulesKnownBadInputsRuleSet = { priority = 20, counted = [] }
    AWSManagedRulesCommonRuleSet         = { priority = 30, counted = ["SizeRestrictions_BODY"] }
  }
}

resource "aws_wafv2_web_acl" "this" {
  for_each = local.firewalls

  name        = each.value
  description = "What may not reach ${each.value}"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = local.rule_groups

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"

          dynamic "rule_action_override" {
            for_each = rule.value.counted

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = false # the log has all of them, without their credentials
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = each.value
    sampled_requests_enabled   = false
  }

  tags = { Name = each.value }
}

resource "aws_wafv2_web_acl_association" "this" {
  for_each = local.firewalls

  resource_arn = one(aws_elastic_beanstalk_environment.this.load_balancers)
  web_acl_arn  = aws_wafv2_web_acl.this[each.key].arn
}

resource "aws_cloudwatch_log_group" "waf" {
  for_each = local.firewalls

  name              = "aws-waf-logs-${each.value}" # WAF writes to groups of this prefix alone
  retention_in_days = var.logs.retention_days
  kms_key_id        = var.key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  for_each = local.firewalls

  resource_arn            = aws_wafv2_web_acl.this[each.key].arn
  log_destination_configs = [aws_cloudwatch_log_group.waf[each.key].arn]

  dynamic "redacted_fields" {
    for_each = toset(["authorization", "cookie"])

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }
}
