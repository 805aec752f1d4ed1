variable "name" {
  description = "The trail's name."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9._-]{1,126}[a-zA-Z0-9]$", var.name))
    error_message = "name is \"${var.name}\". A trail takes 3 to 128 letters, digits, dots, underscores and hyphens, letters or digits at the ends."
  }
}

variable "account" {
  description = "The account whose calls are recorded: twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account is \"${var.account}\". An AWS account id has twelve digits: quote it, so that leading zeros stay."
  }
}

variable "region" {
  description = "The trail's home region, in which the provider of this module works; calls in all regions are recorded."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is \"${var.region}\". Give a region's code, such as eu-west-1."
  }
}

variable "bucket_name" {
  description = "The whole name of the bucket that keeps the record, unique among all buckets of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name is \"${var.bucket_name}\". A bucket takes 3 to 63 lower-case letters, digits and hyphens, none at the ends; dots break TLS."
  }
}

variable "key_arn" {
  description = "The KMS key of the record, in the bucket and in the log group. Its policy must admit CloudTrail for this trail, and CloudWatch Logs for this log group."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "log_group" {
  description = "The name of the log group that alarms on the record read from."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_/.#-]{1,512}$", var.log_group))
    error_message = "log_group is \"${var.log_group}\". A log group takes up to 512 letters, digits and _ / . # -."
  }
}

variable "log_role_name" {
  description = "The name of the role that CloudTrail writes to the log group with."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.log_role_name))
    error_message = "log_role_name is \"${var.log_role_name}\". IAM takes up to 64 letters, digits and _ + = , . @ -."
  }
}

variable "retention_days" {
  description = "Days that the record is kept in S3; where it is locked, days within which it cannot be deleted."
  type        = number

  validation {
    # Object lock holds for a hundred years at most.
    condition     = var.retention_days >= 1 && var.retention_days <= 36500 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is ${var.retention_days}. Keep the record for 1 to 36500 whole days."
  }
}

variable "log_retention_days" {
  description = "Days that the copy in CloudWatch Logs is kept, which alarms read and which ends after ten years."
  type        = number

  validation {
    # The periods that CloudWatch Logs knows (PutRetentionPolicy).
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}, a period that CloudWatch Logs does not know. Take the next longer one: 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "locked" {
  description = "Who may shorten the time that the record is kept: with governance those with a permission of its own, with compliance nobody, not even AWS. Null for no lock; it cannot be taken off a bucket later."
  type        = string
  default     = null

  validation {
    condition     = var.locked == null || try(contains(["governance", "compliance"], var.locked), false)
    error_message = "locked is neither governance nor compliance. Take governance, unless a law asks that nobody can delete; or null for no lock."
  }
}

variable "protect" {
  description = "Whether AWS is to refuse the loss of the bucket: its deletion is denied, and Terraform does not empty it."
  type        = bool

  validation {
    condition     = var.protect || var.locked != "compliance"
    error_message = "A record under a compliance lock is to be deletable. Nobody can delete it before its time: set protect, or take governance."
  }
}

variable "data_event_bucket_arns" {
  description = "ARNs of the buckets whose every read and write of an object is recorded."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.data_event_bucket_arns : can(regex("^arn:aws:s3:::[^/*]+$", arn))])
    error_message = "An entry of data_event_bucket_arns is not the ARN of a bucket. Write arn:aws:s3:::<bucket>."
  }

  validation {
    condition     = !contains(var.data_event_bucket_arns, "arn:aws:s3:::${var.bucket_name}")
    error_message = "The trail would record its own writing to ${var.bucket_name}, without end. Take the bucket out of data_event_bucket_arns."
  }
}

variable "data_events" {
  description = "Uses of other stores that are recorded, by CloudTrail's type of resource: the ARNs of the stores, and what stands behind them in the ARN of what is used where that is a part of the store."
  type        = map(object({ arns = list(string), inside = optional(string, "") }))
  default     = {}

  validation {
    # For each, not for any: a list with no ARN would otherwise select what everybody has of that type.
    condition     = alltrue([for each in var.data_events : length(each.arns) > 0])
    error_message = "A type of data_events names no store. Leave the type out."
  }

  validation {
    condition     = alltrue([for type, each in var.data_events : startswith(type, "AWS::") && type != "AWS::S3::Object" && alltrue([for arn in each.arns : startswith(arn, "arn:aws:")])])
    error_message = "data_events takes types such as AWS::DynamoDB::Table with ARNs; buckets go into data_event_bucket_arns."
  }
}

variable "access_logs" {
  description = "Where S3 writes the access log of the trail's bucket, so that it is known who read the record: a bucket with SSE-S3 in the home region, and a prefix in it. Null for none."
  type = object({
    bucket = string
    prefix = string
  })
  default = null

  validation {
    condition     = var.access_logs == null || try(endswith(var.access_logs.prefix, "/"), false)
    error_message = "The prefix of access_logs does not end with a slash. Add it: S3 glues prefix and file name together."
  }
}

variable "watched" {
  description = "What the record is watched for, by the name of filter and alarm: the pattern, the metric that counts, and what it means."
  type        = map(object({ metric = string, pattern = string, description = string }))
  default     = {}

  validation {
    condition     = alltrue([for each in var.watched : length(each.pattern) <= 1024])
    error_message = "A pattern has more than the 1024 characters that CloudWatch Logs takes. Make two of it."
  }

  validation {
    condition     = length(distinct([for each in var.watched : each.metric])) == length(var.watched)
    error_message = "Two filters count with one metric, and their alarms would ring together. Give each its own."
  }
}

variable "metric_namespace" {
  description = "The namespace of the metrics that filters count with."
  type        = string
  default     = "audit"

  validation {
    condition     = can(regex("^[A-Za-z0-9._/#:-]{1,255}$", var.metric_namespace)) && !startswith(var.metric_namespace, "AWS/")
    error_message = "metric_namespace is \"${var.metric_namespace}\". Take up to 255 letters, digits and . _ / # : -; AWS/ belongs to AWS."
  }
}

variable "topic_arns" {
  description = "The topics of those who are told when an alarm rings."
  type        = list(string)
  default     = []
}

variable "maintenance" {
  description = "Whether the system is being worked on: alarms change their state then and tell nobody."
  type        = bool
  default     = false
  nullable    = false
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
