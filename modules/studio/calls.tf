# Services inside that are called: the rules of both ends stand here, since a service knows nothing of who calls it.

variable "services" {
  description = "Services inside the VPC that are called: name => the security group of their balancer, and its port."
  type = map(object({
    security_group_id = string
    port              = number
  }))
  default = {}

  validation {
    condition     = alltrue([for s in values(var.services) : s.port >= 1 && s.port <= 65535])
    error_message = "A port is 1 to 65535."
  }
}

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
