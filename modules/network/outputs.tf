output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "The VPC's IPv4 block."
  value       = aws_vpc.this.cidr_block
}

output "subnets" {
  description = "The subnets by tier (public, private, isolated) and zone id, once traffic flows through them."
  value = {
    public   = { for zone, subnet in aws_subnet.public : zone => subnet.id }
    private  = { for zone, subnet in aws_subnet.private : zone => subnet.id }
    isolated = { for zone, subnet in aws_subnet.isolated : zone => subnet.id }
  }

  # A machine runs its setup once, at first boot: it must find its routes, lists and endpoints there. On destroy the
  # machines go first.
  depends_on = [
    aws_network_acl.tier,
    aws_route.private_nat,
    aws_route.public_internet,
    aws_route_table_association.isolated,
    aws_route_table_association.private,
    aws_route_table_association.public,
    aws_vpc_endpoint.gateway,
    aws_vpc_endpoint.interface,
    aws_vpc_security_group_ingress_rule.endpoints_https,
  ]
}

output "zone_names" {
  description = "What this account calls each zone, by zone id: disks take no ids."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.availability_zone }
}

output "prefix_lists" {
  description = "The prefix list of each gateway endpoint's service, for security-group rules."
  value       = { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.prefix_list_id }
}

output "endpoint_security_group_id" {
  description = "The security group of the interface endpoints; null where there are none."
  value       = one([for group in aws_security_group.endpoints : group.id])
}

output "nat_public_ips" {
  description = "The public address of each NAT gateway by zone id: what partners see as the caller."
  value       = { for zone, address in aws_eip.nat : zone => address.public_ip }
}

output "nat_gateways" {
  description = "The id of each NAT gateway by zone id: what its metrics go by."
  value       = { for zone, gateway in aws_nat_gateway.this : zone => gateway.id }
}
