output "name" {
  description = "The name of the environment, once it is ready."
  value       = aws_elastic_beanstalk_environment.this.name
}

output "url" {
  description = "The URL of the service, once it is ready."
  value       = "${local.scheme}://${try(aws_route53_record.this["domain"].name, aws_elastic_beanstalk_environment.this.cname)}"
}

output "balancer_arn" {
  description = "The ARN of the load balancer."
  value       = one(aws_elastic_beanstalk_environment.this.load_balancers)
}

output "security_group_id" {
  description = "The security group of the load balancer, which takes the requests."
  value       = aws_security_group.balancer.id
}

output "role_arn" {
  description = "The ARN of the instances' role."
  value       = aws_iam_role.this["instance"].arn
}

output "balancer" {
  description = "The load balancer as CloudWatch's metrics know it: the end of its ARN."
  value       = split("loadbalancer/", one(aws_elastic_beanstalk_environment.this.load_balancers))[1]
}
