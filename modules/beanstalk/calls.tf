# Services inside that are called: the rules of both ends stand here, since a service knows nothing of who calls it.

resource "aws_vpc_security_group_egress_rule" "calls" {
  for_each = var.services

  security_group_id            = aws_security_group.this.id
  description                  = "Calls ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = each.value.security_group_id
  tags                         = { Name = "${var.name} ${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "calls" {
  for_each = var.services

  security_group_id            = each.value.security_group_id
  description                  = "Called by ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} ${each.key}" }
}
