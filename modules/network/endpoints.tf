locals {
  statements = merge(
    { for service, endpoint in var.gateway_endpoints : service => endpoint.statements },
    { for service, endpoint in var.interface_endpoints : service => endpoint.statements if endpoint.statements != null },
  )

  endpoint_policies = {
    for service, statements in local.statements : service => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for statement in statements : merge(
          {
            Sid       = statement.sid
            Effect    = "Allow"
            Principal = "*"
            Action    = statement.actions
            Resource  = statement.resources
          },
          length(statement.conditions) > 0 ? { Condition = statement.conditions } : {},
        )
      ]
    })
  }
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = var.gateway_endpoints

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  policy            = local.endpoint_policies[each.key]

  # All tables: traffic to S3 then never goes the way that is paid for, from whichever tier it comes.
  route_table_ids = concat(
    [for table in aws_route_table.private : table.id],
    [aws_route_table.isolated.id, aws_route_table.public.id],
  )

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Interface"
  # Apps of Studio are reached under a name of SageMaker's own.
  service_name       = each.key == "studio" ? "aws.sagemaker.${var.region}.studio" : "com.amazonaws.${var.region}.${each.key}"
  policy             = lookup(local.endpoint_policies, each.key, null)
  subnet_ids         = [for zone in each.value.zones : aws_subnet.private[zone].id]
  security_group_ids = [for group in aws_security_group.endpoints : group.id]

  # Clients find the endpoint under the service's public name, without knowing of it.
  private_dns_enabled = true

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  for_each = length(var.interface_endpoints) > 0 ? { this = var.cidr } : {}

  name        = "${var.name}-endpoints"
  description = "Interface endpoints: HTTPS from the network"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-endpoints" }
}

# No egress rule: endpoints answer, they never call.
resource "aws_vpc_security_group_ingress_rule" "endpoints_https" {
  for_each = aws_security_group.endpoints

  security_group_id = each.value.id
  description       = "HTTPS from the network"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.cidr

  tags = { Name = "${var.name}-endpoints-https" }
}
