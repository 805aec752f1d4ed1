# A name of its own before an API: TLS 1.2 and later, by a certificate of the region.

locals {
  named = var.api == null ? {} : { for name, domain in { live = var.api.domain } : name => domain if domain != null }
}

resource "aws_apigatewayv2_domain_name" "this" {
  for_each = local.named

  domain_name = each.value.name

  domain_name_configuration {
    certificate_arn = each.value.certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }

  tags = { Name = var.name }
}

resource "aws_apigatewayv2_api_mapping" "this" {
  for_each = local.named

  api_id      = aws_apigatewayv2_api.this[each.key].id
  domain_name = aws_apigatewayv2_domain_name.this[each.key].id
  stage       = aws_apigatewayv2_stage.this[each.key].id
}

resource "aws_route53_record" "this" {
  for_each = local.named

  zone_id = each.value.zone
  name    = each.value.name
  type    = "A"

  alias {
    name                   = one(aws_apigatewayv2_domain_name.this[each.key].domain_name_configuration).target_domain_name
    zone_id                = one(aws_apigatewayv2_domain_name.this[each.key].domain_name_configuration).hosted_zone_id
    evaluate_target_health = false # of an API, Route 53 takes none
  }

  # Who finds the name finds the API behind it.
  depends_on = [aws_apigatewayv2_api_mapping.this]
}
