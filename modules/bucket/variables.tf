variable "name" {
  description = "The bucket's whole name, unique among all buckets of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is \"${var.name}\". A bucket takes 3 to 63 lower-case letters, digits and hyphens, none at the ends; dots break TLS."
  }
}

variable "account" {
  description = "The account that owns the bucket: twelve digits."
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

variable "key_arn" {
  description = "The KMS key that encrypts the objects; null for SSE-S3, the only encryption under which S3 and load balancers deliver logs."
  type        = string
  default     = null

  validation {
    condition     = var.key_arn == null || can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "versioned" {
  description = "Whether overwritten and deleted objects stay as older versions for a while."
  type        = bool
  default     = true
}

variable "retention_days" {
  description = "Days after which an object expires; null keeps objects for ever."
  type        = number
  default     = null

  validation {
    condition     = var.retention_days == null || try(var.retention_days >= 1 && floor(var.retention_days) == var.retention_days, false)
    error_message = "retention_days is not a whole number of days. Give 1 or more, or null to keep objects for ever."
  }
}

variable "protect" {
  description = "Whether AWS is to refuse the loss of the bucket: its deletion is denied, and Terraform does not empty it."
  type        = bool
}

variable "access_logs" {
  description = "Where S3 writes the access log of this bucket: a bucket with SSE-S3 in the same region, and a prefix in it. Null for buckets that receive logs, which would log their own log."
  type = object({
    bucket = string
    prefix = string
  })
  default = null

  validation {
    condition     = var.access_logs == null || try(endswith(var.access_logs.prefix, "/"), false)
    error_message = "The prefix of access_logs does not end with a slash. Add it: S3 glues prefix and file name together."
  }

  validation {
    condition     = var.access_logs == null || try(var.access_logs.bucket != var.name, true)
    error_message = "The bucket would log to itself, without end. Name another bucket in access_logs."
  }
}

variable "log_sources" {
  description = "ARNs of the buckets whose access logs arrive here. Literals, since they stand in the bucket policy only: a reference would close a circle with access_logs."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.log_sources : startswith(arn, "arn:aws:s3:::")])
    error_message = "An entry of log_sources is not the ARN of a bucket. Write arn:aws:s3:::<bucket>."
  }

  validation {
    condition     = length(var.log_sources) == 0 || var.key_arn == null
    error_message = "S3 delivers access logs to buckets with SSE-S3 only. Leave key_arn null, or log_sources empty."
  }
}

variable "balancer_logs" {
  description = "Prefixes under which load balancers of this region deliver their access logs, without a slash at the end."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for prefix in var.balancer_logs : can(regex("[^/]$", prefix)) && !strcontains(prefix, "AWSLogs")])
    error_message = "An entry of balancer_logs ends with a slash, is empty, or holds AWSLogs. Write a prefix like serve/api."
  }

  validation {
    condition     = length(var.balancer_logs) == 0 || var.key_arn == null
    error_message = "Load balancers deliver access logs to buckets with SSE-S3 only. Leave key_arn null, or balancer_logs empty."
  }
}

variable "receives_config" {
  description = "Whether AWS Config delivers here what it records in this account, from whichever region."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.receives_config || var.key_arn == null
    error_message = "Recorders of several regions deliver here, under SSE-S3. Leave key_arn null."
  }
}

variable "replication" {
  description = "Copies of new objects in other regions, by region: the role that S3 copies with, and for each destination its bucket and the key of its region. Null for none."
  type = object({
    role_name = string
    destinations = map(object({
      bucket_arn = string
      key_arn    = string
    }))
  })
  default = null

  validation {
    condition     = var.replication == null || var.versioned
    error_message = "S3 replicates versioned buckets only. Set versioned, or drop the replication."
  }

  validation {
    condition     = var.replication == null || var.key_arn != null
    error_message = "A bucket with SSE-S3 would be replicated. Give it a key_arn: copies lie under keys that you control, the original should too."
  }

  validation {
    condition     = var.replication == null || try(length(var.replication.destinations) > 0 && !contains(keys(var.replication.destinations), var.region), false)
    error_message = "The destinations of a replication are one or more regions other than ${var.region}. Name them, or make replication null."
  }

  validation {
    condition     = var.replication == null || try(length(var.replication.role_name) <= 64, false)
    error_message = "The role_name of the replication is longer than IAM's 64 characters. Shorten it."
  }
}

variable "objects" {
  description = "Files that Terraform puts into the bucket, by object key: the path of the file, and a hash of its content that says when it changed."
  type = map(object({
    source = string
    hash   = string
  }))
  default = {}
}

variable "queues" {
  description = "Queues that are told of each new object, by a name of their own: a queue whose policy lets the bucket write to it, and the beginning of the keys that it is told of."
  type = map(object({
    queue_arn = string
    prefix    = optional(string)
  }))
  default = {}
}

variable "notifications" {
  description = "Functions that are told of each new object, by a name of their own: a function's trigger_arn, and the beginning and end of the keys that it is told of."
  type = map(object({
    function_arn = string
    prefix       = optional(string)
    suffix       = optional(string)
  }))
  default = {}
}

variable "uploads_from" {
  description = "Origins of pages that post files to the bucket from a browser; a star at the beginning of the host stands for whatever comes before the rest."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.uploads_from : can(regex("^https://(\\*\\.([a-z0-9-]+\\.){2,}|([a-z0-9-]+\\.)+)[a-z]{2,}$", origin))])
    error_message = "Origins are like https://*.studio.example.com: by TLS, with one star at most, and not everybody's."
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
