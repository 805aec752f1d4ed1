locals {
  # Literal, not aws_lambda_function.this.arn: policies stay readable in the plan, by people and by scanners.
  arn = "arn:aws:lambda:${var.region}:${var.account}:function:${var.name}"

  # One rule resource for each block or prefix list: adding one never touches another. Ids of prefix lists are not
  # known before the first apply, so they cannot be keys.
  egress = merge([
    for name, rule in var.egress : merge(
      { for cidr in rule.cidrs : "${name} ${cidr}" => { name = name, port = rule.port, cidr = cidr, list = null } },
      { for i, list in rule.prefix_list_ids : "${name} list ${i}" => { name = name, port = rule.port, cidr = null, list = list } },
    )
  ]...)

  policies = {
    edges = jsonencode({
      Version = "2012-10-17"
      Statement = [
        for s in var.statements : merge(
          { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources },
          length(s.conditions) > 0 ? { Condition = s.conditions } : {},
        )
      ]
    })

    # Lambda makes the interfaces with the function's role. The code itself has no business with them: a call that it
    # makes carries the function's ARN, one that Lambda makes does not.
    interfaces = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid    = "InterfacesAreNotForTheCode"
        Effect = "Deny"
        Action = [
          "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
        ]
        Resource  = "*"
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = local.arn } }
      }]
    })
  }
}

# --- whom it may talk to; nobody talks to it

resource "aws_security_group" "this" {
  # A changed description would replace the group, which AWS refuses while it is in use: it says nothing that changes.
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.egress

  security_group_id = aws_security_group.this.id
  description       = "${each.value.name} to ${each.value.cidr == null ? "a prefix list" : each.value.cidr}"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  prefix_list_id    = each.value.list
  tags              = { Name = "${var.name} ${each.value.name}" }
}

# --- what it may do

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "What ${var.name} may do in ${var.region}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = local.policies

  name   = each.key
  role   = aws_iam_role.this.name
  policy = each.value

  lifecycle {
    precondition {
      condition     = length(join("", values(local.policies))) <= 10240
      error_message = "The permissions of ${var.name} make policies of ${length(join("", values(local.policies)))} characters; IAM allows a role 10240."
    }
  }
}

# --- what it writes down

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group.name
  retention_in_days = var.log_group.retention_days
  kms_key_id        = var.key_arn
}

# --- the function

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:What fails goes to a destination (on_failure) or to the queue's own dead letters: they carry the reason as well, a dead-letter queue of the function does not
  #checkov:skip=CKV_AWS_272:The code comes with the plan, whose hash Terraform compares; a signer would be one more identity that may change it
  function_name    = var.name
  description      = "${var.description} (landform)"
  role             = aws_iam_role.this.arn
  runtime          = var.runtime
  architectures    = [var.architecture]
  handler          = var.handler
  filename         = var.code.file
  source_code_hash = var.code.hash
  memory_size      = var.memory_mib
  timeout          = var.timeout_seconds
  kms_key_arn      = var.key_arn
  publish          = var.service != null

  reserved_concurrent_executions = coalesce(var.concurrency, -1)

  # An empty environment is none at all: said again and again, it would publish a version at every apply.
  dynamic "environment" {
    for_each = length(var.environment) > 0 ? [var.environment] : []

    content {
      variables = environment.value
    }
  }

  vpc_config {
    subnet_ids         = values(var.subnets)
    security_group_ids = [aws_security_group.this.id]
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  tracing_config {
    mode = "Active"
  }

  tags = { Name = var.name }

  # Lambda tries whether the role lets it make interfaces, and the first call may come at once.
  depends_on = [aws_iam_role_policy.function, aws_iam_role_policy.function_apis, aws_vpc_security_group_egress_rule.this]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = var.on_failure == null || var.trigger.records != null ? {} : { failure = var.on_failure }

  function_name = aws_lambda_function.this.function_name

  destination_config {
    on_failure {
      destination = each.value.arn
    }
  }
}

# --- what runs it

# The ARN of a bucket does not say whose it is: the account does.
resource "aws_lambda_permission" "bucket" {
  for_each = var.trigger.bucket == null ? {} : { bucket = var.trigger.bucket }

  statement_id   = "bucket"
  function_name  = aws_lambda_function.this.function_name
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = each.value.arn
  source_account = var.account
}

resource "aws_lambda_permission" "schedule" {
  for_each = aws_cloudwatch_event_rule.this

  statement_id   = "schedule"
  function_name  = aws_lambda_function.this.function_name
  action         = "lambda:InvokeFunction"
  principal      = "events.amazonaws.com"
  source_arn     = each.value.arn
  source_account = var.account
}

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = var.trigger.queue == null ? {} : { queue = var.trigger.queue }

  function_name                      = aws_lambda_function.this.arn
  event_source_arn                   = each.value.arn
  batch_size                         = each.value.batch
  maximum_batching_window_in_seconds = each.value.wait_seconds
  # The handler names the messages that failed; the others are done.
  function_response_types = ["ReportBatchItemFailures"]

  # Without it, Lambda fetches messages that a function with reserved concurrency has no room for, and they wear out. It
  # takes two at least.
  dynamic "scaling_config" {
    for_each = var.concurrency == null ? [] : [max(2, var.concurrency)]

    content {
      maximum_concurrency = scaling_config.value
    }
  }

  tags = { Name = var.name }
}

# Records come in order: one that fails again and again would hold up all behind it. A batch is halved until it stands
# alone, tried five times more, and then let go; where it lies is said to the queue for failures.
resource "aws_lambda_event_source_mapping" "records" {
  for_each = var.trigger.records == null ? {} : { records = var.trigger.records }

  function_name                      = aws_lambda_function.this.arn
  event_source_arn                   = each.value.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = each.value.batch
  maximum_batching_window_in_seconds = each.value.wait_seconds
  maximum_retry_attempts             = 5
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]

  dynamic "destination_config" {
    for_each = var.on_failure[*]

    content {
      on_failure {
        destination_arn = destination_config.value.arn
      }
    }
  }

  tags = { Name = var.name }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.trigger.schedule == null ? {} : { schedule = var.trigger.schedule }

  name                = var.name
  description         = "Runs ${var.name}"
  schedule_expression = each.value
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = aws_cloudwatch_event_rule.this

  rule = each.value.name
  arn  = aws_lambda_function.this.arn
  # An event that the function cannot take goes to nobody without its permission.
  depends_on = [aws_lambda_permission.schedule]
}

# --- how it is called, where it is a service: the version in force, by an alias that deployments move

resource "aws_lambda_alias" "this" {
  for_each = var.service == null ? {} : { live = var.service }

  name             = each.value.alias
  description      = "The version of ${var.name} that is in force"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "this" {
  for_each = try(var.service.ready, 0) > 0 ? aws_lambda_alias.this : {}

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = each.value.name
  provisioned_concurrent_executions = var.service.ready
}

# No permission lets anybody in: callers sign their requests, and their own policies name this function.
resource "aws_lambda_function_url" "this" {
  for_each = try(var.service.url, false) ? aws_lambda_alias.this : {}

  function_name      = aws_lambda_function.this.function_name
  qualifier          = each.value.name
  authorization_type = "AWS_IAM"
}
