# Each of these exists once in an account and region: what this module makes here nobody else can make.

resource "aws_guardduty_detector" "this" {
  #checkov:skip=CKV2_AWS_3:a system lives in one account and speaks for no organization; it has a detector in each of its regions
  for_each = toset(setintersection(["guardduty"], var.detectors))

  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
  tags                         = { Name = var.name }
}

resource "aws_guardduty_detector_feature" "this" {
  for_each = { for name in ["LAMBDA_NETWORK_LOGS", "S3_DATA_EVENTS"] : name => name if contains(var.detectors, "guardduty") }

  detector_id = aws_guardduty_detector.this["guardduty"].id
  name        = each.value
  status      = "ENABLED"
}

resource "aws_accessanalyzer_analyzer" "this" {
  for_each = toset(setintersection(["access-analyzer"], var.detectors))

  analyzer_name = var.name
  type          = "ACCOUNT"
  tags          = { Name = var.name }
}

# The standards are Security Hub's own choice, Foundational Security Best Practices among them.
resource "aws_securityhub_account" "this" {
  for_each = toset(setintersection(["securityhub"], var.detectors))

  enable_default_standards  = true
  control_finding_generator = "SECURITY_CONTROL"
  auto_enable_controls      = true
}

# --- what they find is told

resource "aws_cloudwatch_event_rule" "finding" {
  for_each = var.findings

  name          = each.key
  description   = each.value.description
  event_pattern = each.value.pattern
  state         = var.maintenance ? "DISABLED" : "ENABLED"
}

resource "aws_cloudwatch_event_target" "finding" {
  for_each = merge([
    for name, finding in var.findings : { for who, topic in var.topic_arns : "${name} ${who}" => { rule = name, topic = topic } }
  ]...)

  rule = aws_cloudwatch_event_rule.finding[each.value.rule].name
  arn  = each.value.topic
}
