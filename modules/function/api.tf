# An API before a service: callers sign their requests, and nobody passes it whose own policy does not name the route.

locals {
  apis = var.api == null ? {} : { live = var.api }

  # An answer that comes later than Lambda would end the function is none.
  api_timeout_ms = min(30000, var.timeout_seconds * 1000)

  # Who asked what, from where, and what came of it; of a refusal the reason. Nothing of bodies and headers.
  request_log = {
    request     = "$context.requestId"
    time        = "$context.requestTime"
    caller      = "$context.identity.userArn"
    from        = "$context.identity.sourceIp"
    method      = "$context.httpMethod"
    route       = "$context.routeKey"
    status      = "$context.status"
    length      = "$context.responseLength"
    latency_ms  = "$context.responseLatency"
    function    = "$context.integrationStatus"
    error       = "$context.error.message"
    unanswered  = "$context.integrationErrorMessage"
    not_allowed = "$context.authorizer.error"
  }
}

resource "aws_apigatewayv2_api" "this" {
  for_each = local.apis

  name          = var.name
  description   = "${var.description} (landform)"
  protocol_type = "HTTP"
  tags          = { Name = var.name }

  # Beside a name of its own as well: both ask for a signature, and callers hold AWS's URL until the name stands.
  disable_execute_api_endpoint = false
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.apis

  api_id                 = aws_apigatewayv2_api.this[each.key].id
  description            = "The version of ${var.name} that is in force"
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.this[each.key].invoke_arn
  payload_format_version = "2.0" # what a URL of a function hands over too
  timeout_milliseconds   = local.api_timeout_ms
}

resource "aws_apigatewayv2_route" "this" {
  for_each = toset(try(var.api.routes, []))

  api_id             = aws_apigatewayv2_api.this["live"].id
  route_key          = each.key
  authorization_type = "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.this["live"].id}"
}

# The stage that is served at the root: paths are those of the routes, as with a URL of the function.
resource "aws_apigatewayv2_stage" "this" {
  for_each = local.apis

  api_id      = aws_apigatewayv2_api.this[each.key].id
  name        = "$default"
  description = "What is called of ${var.name}"
  auto_deploy = true

  # Without figures here the provider would write zeros, which turn everybody away.
  default_route_settings {
    throttling_rate_limit  = each.value.requests_per_second
    throttling_burst_limit = each.value.requests_per_second
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api[each.key].arn
    format          = jsonencode(local.request_log)
  }

  tags = { Name = var.name }
}

resource "aws_cloudwatch_log_group" "api" {
  for_each = local.apis

  name              = each.value.log_group
  retention_in_days = var.log_group.retention_days
  kms_key_id        = var.key_arn
}

# One for all routes: the function answers this API at its stage, and no other. An API calls it for the routes that it
# has alone, and a permission for each would fill the function's policy, of 20,480 bytes, before there are 60. The ARN of
# an API has the account in it.
resource "aws_lambda_permission" "api" {
  for_each = local.apis

  statement_id  = "api"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.this[each.key].name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this[each.key].execution_arn}/$default/*"
}
