terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "ingress" {
  description = "Who may connect: a name, and the port and blocks of addresses behind it."
  type        = map(object({ port = number, protocol = string, cidrs = list(string) }))
}

variable "role_name" {
  description = "Name of the role."
  type        = string
}

variable "statements" {
  description = "Policy of the role, as JSON."
  type        = string
}

variable "vpc_id" {
  description = "VPC that the worker runs in."
  type        = string
}

variable "subnet_id" {
  description = "Subnet that the worker runs in."
  type        = string
}

variable "key_arn" {
  description = "Key of the disk."
  type        = string
}

resource "aws_iam_role" "this" {
  name = var.role_name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Machine"
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "worker_edges" {
  name   = "edges"
  role   = aws_iam_role.this.name
  policy = var.statements
}

resource "aws_iam_instance_profile" "this" {
  name = var.role_name
  role = aws_iam_role.this.name
}

resource "aws_security_group" "this" {
  name        = var.role_name
  description = "Worker"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id = aws_security_group.this.id
  description       = "SSH from the office"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = var.ingress.ssh.cidrs[0]
}

resource "aws_instance" "this" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "m7g.large"
  subnet_id              = var.subnet_id
  vpc_security_group_ids = [aws_security_group.this.id]
  iam_instance_profile   = aws_iam_instance_profile.this.name
  ebs_optimized          = true
  monitoring             = true
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  root_block_device {
    encrypted  = true
    kms_key_id = var.key_arn
  }
}
