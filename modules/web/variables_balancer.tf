variable "port" {
  description = "TCP port on which the hosts answer."
  type        = number

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "A port is 1 to 65535."
  }
}

variable "health_path" {
  description = "Path that a host answers with 200 to 299 as long as it is well."
  type        = string

  validation {
    condition     = can(regex("^/[!-~]*$", var.health_path)) && length(var.health_path) <= 1024
    error_message = "A path begins with / and has at most 1024 printable characters."
  }
}

variable "public" {
  description = "Let the world in, by TLS and through a firewall; else callers inside the VPC alone, each named."
  type        = bool
  default     = false
}

variable "certificate_arn" {
  description = "ACM certificate of this region for TLS. null: plain HTTP, inside the VPC only."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:aws[a-z-]*:acm:${var.region}:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "A balancer takes certificates of its own region alone."
  }

  validation {
    condition     = var.certificate_arn != null || !var.public
    error_message = "A public service has a certificate."
  }
}

variable "balancer_name" {
  description = "Name of the load balancer."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", var.balancer_name)) && !startswith(var.balancer_name, "internal-")
    error_message = "A balancer's name has at most 32 lower-case letters, digits and hyphens, and does not begin with internal-."
  }
}

variable "target_group_name" {
  description = "Name of the target group. Must be another one for another port: two stand side by side while one replaces the other."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", var.target_group_name))
    error_message = "A target group's name has at most 32 lower-case letters, digits and hyphens."
  }
}

variable "balancer_subnets" {
  description = "Subnets of the balancer: zone id => subnet id, public ones where the service is. A host in another zone gets no request."
  type        = map(string)

  # AWS: "You must specify subnets from at least two Availability Zones."
  validation {
    condition     = length(var.balancer_subnets) >= 2
    error_message = "A load balancer lies in two zones at least."
  }
}

variable "domain" {
  description = "Name under which the service is found, or null: its hosted zone, and whether other regions answer to the same name: the nearest (latency), or a second one where the first does not (failover: PRIMARY or SECONDARY)."
  type = object({
    name     = string
    zone_id  = string
    latency  = optional(bool, false)
    failover = optional(string)
  })
  default = null

  validation {
    condition     = try(var.domain.failover, null) == null ? true : contains(["PRIMARY", "SECONDARY"], var.domain.failover) && !var.domain.latency
    error_message = "failover is PRIMARY or SECONDARY, and no name goes by latency as well."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^([a-z0-9_*]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain.name))
    error_message = "A domain looks like api.example.com."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^Z[A-Z0-9]{4,31}$", var.domain.zone_id))
    error_message = "A hosted zone's id looks like Z0123456789ABCDEFGHIJ."
  }
}

variable "access_logs" {
  description = "Bucket of this region for the balancer's access logs, under SSE-S3 and open to their delivery, and the prefix there."
  type = object({
    bucket = string
    prefix = string
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9/_.-]*[A-Za-z0-9_.-]$", var.access_logs.prefix)) && !strcontains(var.access_logs.prefix, "AWSLogs")
    error_message = "A prefix ends without a slash, and leaves the word AWSLogs to AWS."
  }
}
