mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:mock" }
  }
}

variables {
  name            = "demo-prd-ingest"
  description     = "functions.ingest"
  account         = "123456789012"
  region          = "eu-west-1"
  vpc_id          = "vpc-1"
  subnets         = { euw1-az1 = "subnet-1", euw1-az2 = "subnet-2" }
  egress          = { https = { port = 443, cidrs = ["0.0.0.0/0"] }, s3 = { port = 443, prefix_list_ids = ["pl-1"] } }
  key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  role_name       = "demo-prd-ingest-eu-west-1"
  statements      = [{ sid = "Logs", actions = ["logs:PutLogEvents"], resources = ["arn:aws:logs:eu-west-1:123456789012:log-group:/x:*"] }]
  log_group       = { name = "/landform/demo/production/functions/ingest", retention_days = 365 }
  code            = { file = "ingest.zip", hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  runtime         = "python3.13"
  handler         = "app.handler"
  memory_mib      = 512
  timeout_seconds = 30
  environment     = { TEAM = "risk" }
}

run "an_api_stands_before_a_service" {
  command = apply

  variables {
    timeout_seconds = 10
    service         = { alias = "live", url = false, ready = 0 }
    api = {
      routes              = ["ANY /notes", "GET /notes/{id}"]
      invoked             = ["$default/*/notes", "$default/GET/notes/*"]
      requests_per_second = 50
      log_group           = "/aws/vendedlogs/landform/demo/development/serve/explain"
    }
  }

  override_resource {
    target = aws_apigatewayv2_api.this
    values = { id = "a1b2c3", execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3" }
  }

  override_resource {
    target = aws_apigatewayv2_stage.this
    values = { invoke_url = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/" }
  }

  assert {
    condition     = [for route in aws_apigatewayv2_route.this : "${route.route_key} ${route.authorization_type}"] == ["ANY /notes AWS_IAM", "GET /notes/{id} AWS_IAM"]
    error_message = "a route asks nobody who he is, or there is another one"
  }

  assert {
    condition     = [for permission in aws_lambda_permission.api : "${permission.principal} ${permission.qualifier} ${permission.source_arn}"] == ["apigateway.amazonaws.com live arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/$default/*"]
    error_message = "the function answers more than its own API, or its policy grows with the routes until Lambda refuses it"
  }

  assert {
    condition     = output.invoked == { "$default/*/notes" = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/$default/*/notes", "$default/GET/notes/*" = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/$default/GET/notes/*" }
    error_message = "callers are told other ARNs than those of the routes"
  }

  assert {
    condition     = output.url == "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/" && output.api_id == "a1b2c3" && length(aws_lambda_function_url.this) == 0
    error_message = "callers are not told the API's URL, or the function has one of its own"
  }

  assert {
    condition     = aws_apigatewayv2_stage.this["live"].name == "$default" && aws_apigatewayv2_stage.this["live"].default_route_settings[0].throttling_rate_limit == 50 && aws_apigatewayv2_stage.this["live"].default_route_settings[0].throttling_burst_limit == 50
    error_message = "requests are not limited as asked, or not served at the root"
  }

  assert {
    condition     = aws_apigatewayv2_integration.this["live"].integration_uri == aws_lambda_alias.this["live"].invoke_arn && aws_apigatewayv2_integration.this["live"].timeout_milliseconds == 10000 && aws_apigatewayv2_integration.this["live"].payload_format_version == "2.0"
    error_message = "the API leads past the alias, or waits for another time than the function has"
  }

  assert {
    condition     = aws_cloudwatch_log_group.api["live"].kms_key_id == var.key_arn && aws_cloudwatch_log_group.api["live"].retention_in_days == var.log_group.retention_days && strcontains(aws_apigatewayv2_stage.this["live"].access_log_settings[0].format, "$context.identity.userArn")
    error_message = "what was asked, and by whom, is not kept under the key"
  }
}

run "an_api_answers_by_a_name_of_its_own" {
  command = apply

  variables {
    service = { alias = "live", url = false, ready = 0 }
    api = {
      routes              = ["ANY /"]
      invoked             = ["$default/*/"]
      requests_per_second = 50
      log_group           = "/aws/vendedlogs/x"
      domain = {
        name            = "notes.example.com"
        zone            = "Z0123456789ABCDEFGHIJ"
        certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
      }
    }
  }

  override_resource {
    target = aws_apigatewayv2_api.this
    values = { id = "a1b2c3", execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3" }
  }

  override_resource {
    target = aws_apigatewayv2_domain_name.this
    values = {
      id                        = "notes.example.com"
      domain_name_configuration = { target_domain_name = "d-1.execute-api.eu-west-1.amazonaws.com", hosted_zone_id = "ZLY8HYME6SFDD" }
    }
  }

  override_resource {
    target = aws_apigatewayv2_stage.this
    values = { invoke_url = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/" }
  }

  assert {
    condition     = output.url == "https://notes.example.com/" && !aws_apigatewayv2_api.this["live"].disable_execute_api_endpoint
    error_message = "callers are not told the name, or who holds AWS's URL is turned away before the name stands"
  }

  assert {
    condition     = [for own in aws_apigatewayv2_domain_name.this["live"].domain_name_configuration : "${own.endpoint_type} ${own.security_policy} ${own.certificate_arn}"] == ["REGIONAL TLS_1_2 arn:aws:acm:eu-west-1:123456789012:certificate/1"]
    error_message = "the name is served by older TLS, from elsewhere or by another certificate"
  }

  assert {
    condition     = aws_apigatewayv2_api_mapping.this["live"].domain_name == "notes.example.com" && aws_apigatewayv2_api_mapping.this["live"].api_id == "a1b2c3" && aws_apigatewayv2_api_mapping.this["live"].stage == aws_apigatewayv2_stage.this["live"].id
    error_message = "the name leads to another API or stage"
  }

  assert {
    condition     = aws_route53_record.this["live"].zone_id == "Z0123456789ABCDEFGHIJ" && aws_route53_record.this["live"].name == "notes.example.com" && aws_route53_record.this["live"].type == "A"
    error_message = "the name stands in another zone, or is another"
  }

  assert {
    condition     = [for own in aws_route53_record.this["live"].alias : "${own.name} ${own.zone_id} ${own.evaluate_target_health}"] == ["d-1.execute-api.eu-west-1.amazonaws.com ZLY8HYME6SFDD false"]
    error_message = "the record leads elsewhere than to what AWS made for the name"
  }

  assert {
    condition     = aws_route53_record.this["live"].set_identifier == null && length(aws_route53_record.this["live"].latency_routing_policy) == 0
    error_message = "regions share the name, and signatures are of one"
  }
}

run "refuses_a_certificate_of_another_region" {
  command = plan

  variables {
    service = { alias = "live", url = false, ready = 0 }
    api = {
      routes              = ["ANY /"]
      invoked             = ["$default/*/"]
      requests_per_second = 50
      log_group           = "/aws/vendedlogs/x"
      domain = {
        name            = "notes.example.com"
        zone            = "Z0123456789ABCDEFGHIJ"
        certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
      }
    }
  }

  expect_failures = [var.api]
}

run "refuses_an_api_beside_a_url" {
  command = plan

  variables {
    service = { alias = "live", url = true, ready = 0 }
    api     = { routes = ["ANY /"], invoked = ["$default/*/"], requests_per_second = 50, log_group = "/aws/vendedlogs/x" }
  }

  expect_failures = [var.api]
}

run "refuses_an_api_before_no_service" {
  command = plan

  variables {
    api = { routes = ["ANY /"], invoked = ["$default/*/"], requests_per_second = 50, log_group = "/aws/vendedlogs/x" }
  }

  expect_failures = [var.api]
}

run "refuses_an_api_of_another_stage" {
  command = plan

  variables {
    service = { alias = "live", url = false, ready = 0 }
    api     = { routes = ["ANY /"], invoked = ["prod/*/"], requests_per_second = 50, log_group = "/aws/vendedlogs/x" }
  }

  expect_failures = [var.api]
}

run "refuses_an_api_that_turns_everybody_away" {
  command = plan

  variables {
    service = { alias = "live", url = false, ready = 0 }
    api     = { routes = ["ANY /"], invoked = ["$default/*/"], requests_per_second = 0, log_group = "/aws/vendedlogs/x" }
  }

  expect_failures = [var.api]
}

run "refuses_an_api_that_cannot_log" {
  command = plan

  variables {
    service = { alias = "live", url = false, ready = 0 }
    api     = { routes = ["ANY /"], invoked = ["$default/*/"], requests_per_second = 50, log_group = "/landform/x" }
  }

  expect_failures = [var.api]
}

run "calls_an_api_by_identity" {
  command = apply

  variables {
    apis = { serve_notes = { statements = [{ sid = "ServeNotesApi", actions = ["execute-api:Invoke"], resources = ["arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/$default/GET/"] }] } }
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.function_apis["serve_notes"].policy).Statement[0].Resource == ["arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/$default/GET/"]
    error_message = "the role may call something else"
  }
}

run "refuses_every_action_on_an_api" {
  command = plan

  variables {
    apis = { serve_notes = { statements = [{ sid = "ServeNotesApi", actions = ["execute-api:*"], resources = ["arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/*"] }] } }
  }

  expect_failures = [var.apis]
}
