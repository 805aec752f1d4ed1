variable "name" {
  description = "The name of the function, its security group and its schedule, unique in account and region."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\". A function takes 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "description" {
  description = "What the function is in the spec, such as functions.ingest."
  type        = string
}

variable "account" {
  description = "The account that owns the function: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account is \"${var.account}\". An AWS account id has twelve digits: quote it, so that leading zeros stay."
  }
}

variable "region" {
  description = "The region that the provider of this module works in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is \"${var.region}\". Give a region's code, such as eu-west-1."
  }
}

variable "vpc_id" {
  description = "The VPC that the function's interfaces stand in."
  type        = string
}

variable "subnets" {
  description = "The private subnets that the function's interfaces stand in: zone => subnet id."
  type        = map(string)

  validation {
    condition     = length(var.subnets) > 0
    error_message = "subnets is empty. A function stands in at least one."
  }
}

variable "egress" {
  description = "Where the function may connect to, by name: a TCP port, to blocks or prefix lists."
  type = map(object({
    port            = number
    cidrs           = optional(list(string), [])
    prefix_list_ids = optional(list(string), [])
  }))
  default = {}
}

variable "key_arn" {
  description = "The KMS key that encrypts environment and logs."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "role_name" {
  description = "The name of the function's role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "role_name is \"${var.role_name}\". IAM takes 1 to 64 letters, digits and +=,.@_-."
  }
}

variable "statements" {
  description = "What the function may do."
  type = list(object({
    sid        = string
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))
}

variable "log_group" {
  description = "The log group of the function, and how long it keeps what is written."
  type        = object({ name = string, retention_days = number })
}

variable "code" {
  description = "The zip file with the code, and the SHA-256 of its content in Base64."
  type        = object({ file = string, hash = string })

  validation {
    condition     = can(regex("^[A-Za-z0-9+/]{43}=$", var.code.hash))
    error_message = "code.hash is \"${var.code.hash}\". Give the SHA-256 in Base64, as filebase64sha256() does."
  }
}

variable "runtime" {
  description = "What runs the code, such as python3.13."
  type        = string
}

variable "architecture" {
  description = "The processors that the code runs on."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is \"${var.architecture}\". Lambda has x86_64 and arm64."
  }
}

variable "handler" {
  description = "Module and function that an event is handed to, such as app.handler."
  type        = string
}

variable "memory_mib" {
  description = "Memory in MiB; processors come with it."
  type        = number

  validation {
    condition     = var.memory_mib >= 128 && var.memory_mib <= 10240
    error_message = "memory_mib is ${var.memory_mib}. Lambda has 128 to 10240."
  }
}

variable "timeout_seconds" {
  description = "When an invocation is ended."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds is ${var.timeout_seconds}. Lambda takes 1 to 900."
  }
}

variable "environment" {
  description = "The environment variables of the code."
  type        = map(string)
  default     = {}
}

variable "concurrency" {
  description = "How many invocations run at once at most, reserved from the account's; null shares what the account has."
  type        = number
  default     = null
}

variable "trigger" {
  description = "What runs the function: a bucket that notifies it, a queue that Lambda reads for it, records of a stream or of a table's changes, or a schedule. The one resource named may, and no other."
  type = object({
    bucket   = optional(object({ arn = string }))
    queue    = optional(object({ arn = string, batch = number, wait_seconds = number }))
    records  = optional(object({ arn = string, batch = number, wait_seconds = number }))
    schedule = optional(string)
  })
  default = {}
}

variable "on_failure" {
  description = "The queue that takes what the function could not work off: events that it is handed asynchronously, and where records lie."
  type        = object({ arn = string })
  default     = null
}

variable "service" {
  description = "What makes the function a service: the alias of its version in force, whether it has a URL for signed requests, and how many instances are always ready."
  type        = object({ alias = string, url = bool, ready = number })
  default     = null

  validation {
    condition     = var.service == null || try(var.service.ready >= 0 && (var.service.ready == 0 || var.service.ready <= coalesce(var.concurrency, 1000)), false)
    error_message = "service.ready is not between 0 and the concurrency of the function."
  }
}

variable "api" {
  description = "An API before the service: its routes; what the ARNs end with (stage, method and path) that callers are to be allowed; how many requests pass in a second; the log group of what was asked; and a name of its own, in a hosted zone, with a certificate of the region."
  type = object({
    routes              = list(string)
    invoked             = list(string)
    requests_per_second = number
    log_group           = string
    domain = optional(object({
      name            = string
      zone            = string
      certificate_arn = string
    }))
  })
  default = null

  validation {
    condition     = try(var.api.domain, null) == null || can(regex("^arn:aws:acm:${var.region}:", var.api.domain.certificate_arn))
    error_message = "api.domain.certificate_arn is of another region than the API, which takes its own alone."
  }

  validation {
    condition     = var.api == null || try(!var.service.url, false)
    error_message = "api stands before a service, and in the place of the function's own URL: give service, with url = false."
  }

  validation {
    condition     = alltrue([for end in try(var.api.invoked, []) : startswith(end, "$default/")])
    error_message = "The ARN of a route ends with $default/<method>/<path>: the stage that is served at the root."
  }

  validation {
    condition     = var.api == null || try(length(var.api.routes) > 0 && length(var.api.invoked) > 0, false)
    error_message = "api.routes or api.invoked is empty. An API without a route answers nobody."
  }

  validation {
    condition     = var.api == null || try(var.api.requests_per_second >= 1 && var.api.requests_per_second <= 10000, false)
    error_message = "api.requests_per_second is not between 1 and 10000."
  }

  validation {
    condition     = var.api == null || try(startswith(var.api.log_group, "/aws/vendedlogs/"), false)
    error_message = "api.log_group does not begin with /aws/vendedlogs/, to which alone API Gateway delivers without a policy of its own."
  }
}

variable "iam_path" {
  description = "Path of the roles here, and of what goes with them."
  type        = string
  default     = "/"

  # IAM API, CreateRole: Path.
  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.iam_path)) && length(var.iam_path) <= 512
    error_message = "A path begins and ends with a slash and has at most 512 characters."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the roles here may ever do. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "A boundary is given by the ARN of a policy."
  }
}
